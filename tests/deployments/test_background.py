"""Background requests: what they used beyond the estimate is booked once, by a client's fetch or by the Admin."""

import asyncio
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from admin.sessions import Sessions
from admin.task_watch import look
from deployments.channel_calls import ChannelCalls
from storage.models import Account, Task, Usage
from storage.repositories import tasks
from tests.admin.services import make_services
from tests.deployments import speakers
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream, answers, streams
from tests.deployments.test_responses_kept import about, ask

USAGE = {
    "input_tokens": 500,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 70,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 570,
}


class Provider:
    """Works in the background."""

    def __init__(self) -> None:
        self.status = "queued"

    async def behave(self, call: Call) -> None:
        if call.target.endswith("/input_items"):
            await call.answer(200, b'{"object":"list","data":[]}')
            return
        if call.target.endswith("/cancel"):
            self.status = "cancelled"
        ended = self.status in ("completed", "cancelled")
        answer: dict[str, Any] = {**speakers.ANSWERS["responses"], "id": "resp_bg", "status": self.status}
        answer |= {"usage": USAGE if ended else None, "output": answer["output"] if ended else []}
        await call.answer(200, speakers._encode(answer))


@pytest.fixture
async def provider(gateway: Gateway, upstream: Upstream) -> Provider:
    """One channel that keeps responses and works in the background."""
    found = Provider()
    upstream.behave = found.behave
    settings = {"protocols": ["responses"], "capabilities": {"stored": True, "background": True}}
    await gateway.add_price(speakers.MODEL, 1_000_000_000, 10_000_000_000)
    await gateway.add_channel("only", upstream.url, models={"x": speakers.MODEL}, settings=settings)
    return found


@pytest.mark.parametrize("end", ["completed", "cancelled"])
async def test_what_it_used_is_booked_once(gateway: Gateway, provider: Provider, end: str) -> None:
    answer = await ask(gateway, "hi there", background=True)
    assert (answer.status, answer.json["status"]) == (200, "queued")
    (first,) = await gateway.records(1)
    assert (first.usage_source, first.output_tokens) == ("estimate", 0)
    for _ in range(2):  # not ended yet
        assert (await about(gateway, "resp_bg")).json["status"] == "queued"
    if end == "cancelled":
        assert (await about(gateway, "resp_bg/cancel", "POST")).json["status"] == "cancelled"
    else:
        provider.status = "completed"
        assert (await about(gateway, "resp_bg/input_items")).status == 200
    await asyncio.gather(*(about(gateway, "resp_bg") for _ in range(5)))
    records = await gateway.records(2)
    rest = records[1]
    assert first.input_tokens + rest.input_tokens == 500
    assert (rest.output_tokens, rest.reasoning_tokens, rest.usage_source) == (70, 20, "upstream")
    assert (rest.plan, rest.model, rest.key_id) == ("background, fetched", speakers.MODEL, first.key_id)
    assert rest.cost == rest.input_tokens * 1000 + 70 * 10_000
    assert (await about(gateway, "resp_bg")).status == 200
    assert len(await gateway.records()) == 2


async def test_what_was_counted_at_once_is_not_booked_again(gateway: Gateway, provider: Provider) -> None:
    provider.status = "completed"
    await ask(gateway, "hi there", background=True)
    assert (await about(gateway, "resp_bg")).status == 200
    (only,) = await gateway.records()
    assert (only.usage_source, only.input_tokens, only.output_tokens) == ("upstream", 500, 70)


async def test_others_get_nothing_and_pay_nothing(gateway: Gateway, provider: Provider) -> None:
    await ask(gateway, "hi there", background=True)
    provider.status = "completed"
    other = await gateway.add_key("other")
    assert (await about(gateway, "resp_bg", key=other)).status == 404
    assert len(await gateway.records()) == 1


async def poll(gateway: Gateway, *, cancel: bool = False) -> Task | None:
    """What the Admin does by the clock with the only task."""
    calls = ChannelCalls(Sessions(gateway.sessions), gateway.box, gateway.replica.direct, gateway.settings.timeouts)
    await gateway.drainer.drain_once()
    async with gateway.sessions() as session:
        (task,) = await tasks.due(session, 2**40, 10)
    services = make_services(gateway.sessions, gateway.box, task=calls.task)
    return await look(services, task, cancel=cancel)


@pytest.mark.parametrize("fetches", ["never", "before", "after"])
async def test_what_nobody_fetches_is_asked_for_and_booked_once(
    gateway: Gateway, provider: Provider, fetches: str
) -> None:
    await ask(gateway, "hi there", background=True)
    found = await poll(gateway)
    assert found is not None
    assert (found.state, found.settlement, found.upstream_id) == ("queued", "open", "resp_bg")
    provider.status = "completed"
    if fetches == "before":
        await about(gateway, "resp_bg")
        await gateway.records(2)
    found = await poll(gateway)
    assert found is not None
    assert (found.state, found.settlement, found.input_tokens, found.output_tokens) == ("completed", "exact", 500, 70)
    assert found.cost == 500 * 1000 + 70 * 10_000
    if fetches == "after":
        assert (await about(gateway, "resp_bg")).status == 200
    await gateway.drainer.drain_once()
    async with gateway.sessions() as session:
        rows = (await session.scalars(select(Usage).order_by(Usage.started_at))).all()
        (account,) = await session.scalars(select(Account).where(Account.kind == "channel"))
    assert [(row.plan, row.request_id == found.reference) for row in rows[1:]] == [
        ("background, fetched" if fetches == "before" else "background, asked", True)
    ]
    assert -account.balance == found.cost


async def test_a_cancelled_task_is_booked(gateway: Gateway, provider: Provider, upstream: Upstream) -> None:
    await ask(gateway, "hi there", background=True)
    found = await poll(gateway, cancel=True)
    assert found is not None
    assert (found.state, found.settlement, found.output_tokens) == ("cancelled", "exact", 70)
    assert (upstream.calls[-1].method, upstream.calls[-1].target) == ("POST", "/v1/responses/resp_bg/cancel")


async def test_what_is_deleted_is_booked_before(gateway: Gateway, provider: Provider) -> None:
    await ask(gateway, "hi there", background=True)
    provider.status = "completed"
    assert (await about(gateway, "resp_bg", "DELETE")).status == 200
    assert [record.output_tokens for record in await gateway.records(2)] == [0, 70]


async def test_what_goes_on_is_cancelled_before_it_is_deleted(
    gateway: Gateway, provider: Provider, upstream: Upstream
) -> None:
    await ask(gateway, "hi there", background=True)
    answer = await about(gateway, "resp_bg", "DELETE")
    assert (answer.status, answer.json["error"]["code"]) == (409, "response_in_progress")
    assert "DELETE" not in [call.method for call in upstream.calls]
    assert (await about(gateway, "resp_bg/cancel", "POST")).status == 200
    assert (await about(gateway, "resp_bg", "DELETE")).status == 200
    assert [record.output_tokens for record in await gateway.records(2)] == [0, 70]


@pytest.mark.parametrize("status", [404, 500])
async def test_a_provider_that_says_nothing(
    gateway: Gateway, provider: Provider, upstream: Upstream, status: int
) -> None:
    await ask(gateway, "hi there", background=True)
    upstream.behave = answers(status, b'{"error":{"message":"no"}}')
    found = await poll(gateway)
    assert found is not None
    assert (found.settlement, found.missing, found.note) == (
        "open", int(status == 404), "" if status == 404 else "The provider answered with HTTP 500.",
    )  # fmt: skip
    upstream.behave = answers(200, b"[]")
    found = await poll(gateway)
    assert found is not None
    assert found.note == "The provider's answer is no response."


async def test_what_has_ended_at_once_is_no_task(gateway: Gateway, provider: Provider) -> None:
    provider.status = "completed"
    await ask(gateway, "hi there", background=True)
    await ask(gateway, "hi there")
    await gateway.records(2)
    async with gateway.sessions() as session:
        assert (await session.scalars(select(Task))).all() == []


CREATED = {"type": "response.created", "response": {"id": "resp_bg", "status": "queued"}}
DELTA = {"type": "response.output_text.delta", "delta": "Hi"}


@pytest.mark.parametrize("events", [[CREATED], [CREATED, DELTA]], ids=["begun", "said something"])
async def test_a_background_stream_that_breaks_off_is_a_task(
    gateway: Gateway, provider: Provider, upstream: Upstream, events: list[dict[str, Any]]
) -> None:
    pieces = [f"event: {one['type']}\ndata: {msgspec.json.encode(one).decode()}\n\n".encode() for one in events]
    upstream.behave = streams(*pieces, end="reset")
    await ask(gateway, "hi there", background=True, stream=True)
    (first,) = await gateway.records(1)
    assert (first.usage_source, first.input_tokens > 0) == ("estimate", True)
    upstream.behave, provider.status = provider.behave, "completed"
    found = await poll(gateway)
    assert found is not None
    assert (found.settlement, found.cost) == ("exact", 500 * 1000 + 70 * 10_000)
