"""Asynchronous tasks: asked about by the clock until they end or are given up; listed, shown, exported, cancelled."""

from typing import Any

import httpx
import pytest

from admin import task_watch
from admin.background import tasks as background
from admin.jobs import Run
from admin.services import ChannelAskError, TaskSeen
from storage import crypto, ledger
from storage.models import AuditEntry, AutomationToken, Organisation, Price, Task, User
from storage.pricing import Counted, Tariff, rate
from storage.pricing.entry import entry_of
from storage.records import UsageRecord
from storage.repositories import prices, tasks
from tests.admin.conftest import World

GOES_ON = TaskSeen(known=True, state="in_progress")
DONE = TaskSeen(known=True, state="completed", ended=True, counts=Counted(500, 70), model="m-1")
UNKNOWN = TaskSeen(known=False)


@pytest.fixture
async def tariff(world: World) -> Tariff:
    """Two tasks: 1 of ann, of an organisation, 2 of bob, of another; the channel is gone."""
    world.now = 1_800_000_000
    async with world.sessions.begin() as session:
        price = Price(provider="openai", model="m", input=10**9, output=4 * 10**9, source="operator")
        tariff = Tariff(entry_of(await prices.create(session, price)))
        charge = rate(tariff, Counted(100))
        records = []
        for number, name in enumerate(("ann", "bob"), 1):
            home = Organisation(name=f"{name}-org")
            session.add(home)
            await session.flush()
            user = User(name=name, organisation_id=home.id)
            session.add(user)
            await session.flush()
            session.add(
                AutomationToken(name=name, digest=crypto.digest(f"gwt-{name}"), hint="", user_id=user.id, scopes=["*"])
            )
            begun = tasks.Begun(tasks.RESPONSE, f"resp_{name}", f"req_task{number}", world.now + number - 1, 4)
            records.append(UsageRecord(
                f"req_{number}", world.now * 1_000_000, key_id=9, channel_id=7, provider="openai", model="gpt",
                upstream_model="m", user_id=user.id, organisation_id=home.id, input_tokens=100, cost=charge.amount,
                price_id=tariff.id, price_detail=charge.detail, usage_source="estimate", status=200, end="complete",
                task=tasks.packed(begun),
            ))  # fmt: skip
        await ledger.settle(session, records)
    return tariff


async def turn(world: World) -> None:
    async def save(_progress: dict[str, Any]) -> None:
        return

    await background.ask(Run(world.services(), "tasks.ask", save))


async def first(world: World) -> Task:
    async with world.sessions() as session:
        row = await tasks.get(session, 1)
        assert row is not None
        return row


async def test_it_is_asked_about_seldom_and_booked_at_its_end(
    world: World, api: httpx.AsyncClient, tariff: Tariff
) -> None:
    await turn(world)
    assert world.asked == []
    world.now += 10
    world.seen = [GOES_ON]
    await turn(world)
    assert world.asked == [{"kind": "response", "channel": 7, "key": 4, "id": "resp_ann", "cancel": False}]
    found = (await api.get("/tasks/1")).json()
    assert (found["state"], found["settlement"], found["polls"], found["cost"]) == ("in_progress", "open", 1, 100_000)
    await turn(world)
    assert len(world.asked) == 1
    world.now += 600
    world.seen = [DONE, ChannelAskError("The provider answered with HTTP 503.")]  # 2, then 1
    await turn(world)
    assert ((await first(world)).note, (await first(world)).next_at) == (
        "The provider answered with HTTP 503.", world.now + 610 // 6,
    )  # fmt: skip
    assert (await api.get("/tasks/2")).json()["settlement"] == "exact"
    world.now += 600
    world.seen = [DONE]
    await turn(world)
    found = (await api.get("/tasks/1")).json()
    assert (found["state"], found["settlement"], found["next_at"], found["note"]) == ("completed", "exact", None, "")
    assert found["cost"] == rate(tariff, Counted(500, 70)).amount
    rest = (await api.get(f"/usage/{found['settled_by']}")).json()["request"]
    assert (rest["input_tokens"], rest["output_tokens"], rest["plan"]) == (400, 70, "background, asked")
    async with world.sessions() as session:
        assert not await background._any_due(session, world.now + 10**6)


@pytest.mark.parametrize(
    ("answers", "times"),
    [([UNKNOWN] * 3, 3), ([ChannelAskError("No.")] * 2, 2), ([GOES_ON], 1)],
    ids=["unknown", "silent", "endless"],
)
async def test_it_is_given_up_and_the_estimate_stays(
    world: World, api: httpx.AsyncClient, tariff: Tariff, answers: list[TaskSeen | ChannelAskError], times: int
) -> None:
    async with world.sessions.begin() as session:
        other = await tasks.get(session, 2)
        assert other is not None
        await session.delete(other)
    for number in range(times):
        assert (await first(world)).settlement == "open"
        world.now += tasks.LONGEST_S if times == 3 else tasks.GIVE_UP_S // times
        world.seen = [answers[number]]
        await turn(world)
    row = (await api.get("/tasks/1")).json()
    assert (row["state"], row["settlement"], row["cost"]) == ("lost", "estimate", 100_000)
    assert row["note_said"]["code"] == ("" if times == 2 else "task-unknown" if times == 3 else "task-endless")


async def test_one_that_fails_here_holds_up_no_other(
    world: World, tariff: Tariff, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = task_watch.look

    async def look(services: Any, task: Task) -> None:
        if task.id == 1:
            raise ValueError
        await looked(services, task)

    monkeypatch.setattr(task_watch, "look", look)
    world.now += 60
    world.seen = [DONE]
    await turn(world)
    row = await first(world)
    assert (row.settlement, row.polls) == ("open", 1)
    assert row.next_at > world.now
    async with world.sessions() as session:
        other = await tasks.get(session, 2)
        assert other is not None
        assert other.settlement == "exact"


async def test_lists_filters_orders_and_files(world: World, api: httpx.AsyncClient, tariff: Tariff) -> None:
    async def ids(query: str = "", who: str = "") -> list[int]:
        headers = {"authorization": f"Bearer gwt-{who}"} if who else {}
        answer = await api.get(f"/tasks?{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await ids() == [2, 1]
    assert await ids("sort=made_at") == [1, 2]
    page = (await api.get("/tasks?limit=1")).json()
    assert await ids(f"limit=1&cursor={page['next']}") == [1]
    for query, found in {
        "q=resp_a": [1], "q=req_2": [2], "q=GP": [2, 1], "user=ann": [1], "organisation=bob-org": [2],
        "channel=7": [2, 1],
        "state=queued": [2, 1], "state=lost": [], "settlement=exact": [], "kind=response": [2, 1], "model=gpt": [2, 1],
        "request_id=req_1": [1], "since=2027-01-15T08:00:01Z": [2], "until=2027-01-15T08:00:01Z": [1], "key=9": [2, 1],
        "provider=openai": [2, 1], "provider=other": [],
    }.items():  # fmt: skip
        assert await ids(query) == found, query
    assert (await api.get("/tasks?sort=model")).status_code == 422
    assert (await api.get("/tasks?state=odd")).status_code == 422
    assert await ids(who="ann") == [1]
    headers = {"authorization": "Bearer gwt-ann"}
    own = (await api.get("/tasks/1", headers=headers)).json()
    assert (own["user"], own["channel_id"], own["provider"], own["upstream_id"]) == ("ann", 0, "", "resp_ann")
    assert (await api.get("/tasks/2", headers=headers)).status_code == 404
    assert (await api.get("/tasks?channel=7", headers=headers)).status_code == 403
    lines = (await api.get("/tasks/export?q=resp_ann")).text.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("1,response,resp_ann,req_1,req_task1,")
    assert len((await api.get("/tasks/export?format=jsonl&limit=1")).text.splitlines()) == 1


async def test_cancelling(world: World, api: httpx.AsyncClient, tariff: Tariff) -> None:
    headers = {"authorization": "Bearer gwt-ann"}
    assert (await api.post("/tasks/2/cancel", headers=headers)).status_code == 404
    world.seen = [ChannelAskError("The provider answered with HTTP 400.")]
    refused = await api.post("/tasks/1/cancel", headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (409, "The provider answered with HTTP 400.")
    world.seen = [TaskSeen(known=True, state="cancelled", ended=True, counts=Counted(90, 5))]
    done = (await api.post("/tasks/1/cancel", headers=headers)).json()
    assert world.asked[-1]["cancel"]
    assert (done["state"], done["settlement"], done["cost"]) == (
        "cancelled", "exact", rate(tariff, Counted(90, 5)).amount,
    )  # fmt: skip
    assert (await api.post("/tasks/1/cancel")).status_code == 409
    assert (await api.post("/tasks/99/cancel")).status_code == 404
    async with world.sessions() as session:
        rows = (await session.scalars(AuditEntry.__table__.select().with_only_columns(AuditEntry.action))).all()
    assert rows == ["tasks.cancel"] * 2
