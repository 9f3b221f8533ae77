"""The live view: one look for all who watch, each told what is within reach; bounded, and over with the session."""

import asyncio
from typing import Any

import pytest

from admin import live
from admin.caller import Caller
from admin.permissions import ORGANISATION_ROLES, ROLES, reaches
from admin.problems import Problem
from storage.models import Announcement, Channel, Settlement
from storage.records import UsageRecord
from storage.repositories import channels
from storage.repositories.usage_batch import insert_new


def caller(name: str, role: str = "member", inside: str = "member", **fields: Any) -> Caller:
    return Caller(name, "session", reaches(ROLES[role], ORGANISATION_ROLES[inside]), **fields)


class Looks:
    """The Router's answers."""

    def __init__(self) -> None:
        self.requests = 0
        self.away = False

    async def __call__(self, _services: Any) -> dict[str, Any] | None:
        if self.away:
            return None
        traffic = {"requests": self.requests, "failures": 0, "open_requests": 3, "open_streams": 2}
        return {"traffic": traffic, "resting": {"7": 1}}


@pytest.fixture
def looks() -> Looks:
    return Looks()


class Hub(live.Hub):
    """Looks when a test says so: its own first look would come before a test's, between two of them or after."""

    async def _run(self) -> None:
        return


@pytest.fixture
def hub(world, looks: Looks) -> live.Hub:
    return Hub(world.services(), looks)


async def settle(world, batch: str, *owners: tuple[int, int]) -> None:
    async with world.sessions.begin() as session:
        records = [
            UsageRecord(f"{batch}-{number}", 10**15, user_id=user, organisation_id=home)
            for number, (user, home) in enumerate(owners)
        ]
        await insert_new(session, records, batch)
        session.add(Settlement(id=batch, at=1, records=len(records), oldest=10**15))


async def told(watcher: live.Watcher) -> dict[str, dict[str, Any]]:
    return dict(await watcher.next(0.01))


async def test_each_is_told_what_is_theirs(world, hub: live.Hub, looks: Looks) -> None:
    root, boss = caller("root", "root"), caller("boss", inside="admin", user_id=5, organisation_id=3)
    ann, bob = caller("ann", user_id=1, organisation_id=3), caller("bob", user_id=2)
    with hub.watch(root) as r, hub.watch(boss) as o, hub.watch(ann) as a, hub.watch(bob) as b:
        await hub.tick()
        first = await told(r)
        assert first["state"] == {
            "router": True, "requests_per_s": None, "failures_per_s": None, "open_requests": 3, "open_streams": 2,
        }  # fmt: skip
        assert first["health"] == {"total": 0, "enabled": 0, "off_by_failures": 0, "resting": [7], "routes": 0}
        assert [set(await told(one)) for one in (o, a, b)] == [{"announcements"}] * 3
        looks.requests = 100
        await settle(world, "b1", (1, 3))
        await hub.tick()
        found = await told(r)
        assert found["state"]["requests_per_s"] > 0
        assert found["logs"] == {"batch": "b1"}
        assert [set(await told(one)) for one in (o, a, b)] == [{"logs"}, {"logs"}, set()]
        await settle(world, "b2", (2, 0))
        await hub.tick()
        assert [set(await told(one)) for one in (o, a, b)] == [set(), set(), {"logs"}]


async def test_changes_of_channels_and_announcements(world, hub: live.Hub) -> None:
    with hub.watch(caller("root", "root")) as root:
        await hub.tick()
        await told(root)
        async with world.sessions.begin() as session:
            await channels.create(session, Channel(name="one", provider="openai", models={}))
            session.add(Announcement(kind="notice", title="Hello"))
        await hub.tick()
        found = await told(root)
        assert (found["health"]["total"], found["announcements"]["count"]) == (1, 1)
        await hub.tick()
        assert not (await told(root)).keys() & {"health", "announcements"}


async def test_the_router_is_away(hub: live.Hub, looks: Looks) -> None:
    looks.away = True
    with hub.watch(caller("root", "root")) as root:
        await hub.tick()
        assert (await told(root))["state"]["router"] is False


async def test_bounded(hub: live.Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_PER_CALLER", 1)
    monkeypatch.setattr(live, "MOST", 2)
    ann, bob, eve = caller("ann"), caller("bob"), caller("eve")
    with hub.watch(ann):
        with pytest.raises(Problem):
            hub.check(ann)
        hub.check(bob)
        with hub.watch(bob), pytest.raises(Problem):
            hub.check(eve)
    assert hub.watching == 0


async def test_over_with_the_session() -> None:
    over = asyncio.Event()

    async def still() -> bool:
        return not over.is_set()

    watcher = live.Watcher(caller("ann", user_id=1))
    watcher.tell("announcements", {"count": 1})
    told = live.stream(watcher, still, check_s=0.02, last_s=60)
    assert await anext(told) == ("announcements", {"count": 1})
    assert await anext(told) == ("", {})
    over.set()
    rest = [event async for event in told]
    assert rest[-1] == ("end", {"reason": "session"})
    late = [event async for event in live.stream(watcher, still, check_s=60, last_s=0)]
    assert late == [("end", {"reason": "time"})]


async def test_over_the_wire(anyone, api, app, monkeypatch: pytest.MonkeyPatch) -> None:
    async def until_told(*_: Any) -> bool:
        (watcher,) = app.state.live_hub._watchers
        return not (watcher._told.keys() >= everything and not watcher._events)

    everything = {"state", "health", "announcements"}
    # Over when all was told, however long that takes.
    monkeypatch.setattr("admin.endpoints.live.LAST_S", 60.0)
    monkeypatch.setattr("admin.endpoints.live.CHECK_S", 0.02)
    monkeypatch.setattr("admin.endpoints.live._still", until_told)
    assert (await anyone.get("/api/v1/live")).status_code == 401
    answer = await api.get("/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    events = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    assert everything <= set(events)
    assert events[-1] == "end"
    assert 'data: {"reason":"session"}' in answer.text
    assert app.state.live_hub.watching == 0
