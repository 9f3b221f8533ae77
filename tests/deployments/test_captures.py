"""Captured bodies: whose, what of them, what is taken out, what it costs where nothing is captured."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from deployments import capture, capture_store
from deployments.capture import Body
from storage import crypto
from storage.captured import Bodies, unseal
from storage.models import Capture, CaptureRule
from storage.repositories import captures, keys
from tests.deployments.client import Client
from tests.deployments.gateway import Gateway, until
from tests.deployments.idempotent import Replicas
from tests.deployments.mock import DONE, Call, CutError, Upstream, event

Make = Callable[..., Awaitable[Gateway]]


@pytest.fixture
async def gateway(make_gateway: Make, upstream: Upstream) -> Gateway:
    made = await make_gateway()
    await made.add_channel("only", upstream.url)
    return made


async def capture_key(gateway: Gateway, secret: str, **fields: Any) -> CaptureRule:
    """Store a rule for a key and push the table."""
    async with gateway.sessions.begin() as session:
        row = await keys.find_by_digest(session, crypto.digest(secret))
        assert row is not None
        usual = {"scope": "key", "scope_id": row.id, "max_bytes": 1 << 20, "keep_s": 3600, "redact": {}}
        rule = await captures.create_rule(session, CaptureRule(**{**usual, **fields}))
    await gateway.push()
    return rule


async def kept(gateway: Gateway, count: int = 1) -> list[tuple[Capture, Bodies]]:
    """What was captured, once there is so much."""
    store = gateway.replica.capture_store
    assert store is not None
    await until(lambda: store.held == 0 and not store._waiting)
    async with gateway.sessions() as session:
        rows = (await session.scalars(select(Capture).order_by(Capture.started_at, Capture.request_id))).all()
    assert len(rows) == count
    return [(row, unseal(gateway.box, row.request_id, row.sealed)) for row in rows]


async def test_without_a_rule_there_is_no_tap(gateway: Gateway) -> None:
    assert gateway.replica.captures is None
    assert (await gateway.post()).status == 200
    await kept(gateway, 0)
    store = gateway.replica.capture_store
    assert store is not None
    assert store._task is None


async def test_both_bodies_of_a_key_are_kept_and_of_no_other(gateway: Gateway) -> None:
    await capture_key(gateway, gateway.key)
    answer = await gateway.post()
    await gateway.post(key=gateway.admin_key)
    ((row, bodies),) = await kept(gateway)
    (first, _) = await gateway.records(2)
    assert (row.request_id, row.started_at, row.key_id) == (first.request_id, first.started_at, first.key_id)
    assert row.expires_at == first.started_at // 1_000_000 + 3600
    assert bodies.request.body == gateway.raw().partition(b"\r\n\r\n")[2]
    assert bodies.response.body == answer.body
    assert bodies.response.kind == "application/json"
    assert not bodies.request.cut
    assert row.sealed.find(b"Hello") < 0
    with pytest.raises(crypto.SealError):
        unseal(gateway.box, "req_another", row.sealed)


async def test_a_stream_is_kept_as_the_client_got_it(gateway: Gateway) -> None:
    await capture_key(gateway, gateway.key)
    answer = await gateway.post({"stream": True})
    ((row, bodies),) = await kept(gateway)
    assert bodies.response.body == answer.body
    assert bodies.response.kind.startswith("text/event-stream")
    assert row.response_bytes == len(answer.body)


async def test_failures_are_kept_too(gateway: Gateway) -> None:
    await capture_key(gateway, gateway.key)
    answer = await gateway.post({"model": "nobody-has-this"})
    assert answer.status == 404
    ((_, bodies),) = await kept(gateway)
    assert bodies.response.body == answer.body
    (record,) = await gateway.records(1)
    assert "nobody-has-this" in record.error_text


async def test_a_client_that_leaves_leaves_what_had_passed(gateway: Gateway, upstream: Upstream) -> None:
    gone = asyncio.Event()

    async def slow(call: Call) -> None:
        await call.begin()
        await call.chunk(event("Hel"))
        await gone.wait()

    upstream.behave = slow
    await capture_key(gateway, gateway.key)
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": True}))
        await client.head()
        assert b"Hel" in await client.piece()
    gone.set()
    ((_, bodies),) = await kept(gateway)
    assert b"Hel" in bodies.response.body


async def test_bodies_are_cut_and_say_so(gateway: Gateway) -> None:
    await capture_key(gateway, gateway.key, max_bytes=10)
    answer = await gateway.post()
    ((row, bodies),) = await kept(gateway)
    assert bodies.response.body == answer.body[:10]
    assert bodies.response.cut
    assert bodies.response.size == row.response_bytes == len(answer.body)
    assert row.size == 20


async def test_an_organisation_and_the_end_of_a_rule(gateway: Gateway) -> None:
    rule = await capture_key(gateway, gateway.key, until=1)
    await gateway.post()
    await kept(gateway, 0)
    async with gateway.sessions.begin() as session:
        stored = await captures.get_rule(session, rule.id)
        assert stored is not None
        # The keys of these tests belong to no organisation, which has the number 0.
        await captures.update_rule(session, stored, {"scope": "organisation", "scope_id": 0, "until": 0})
    await gateway.push()
    await gateway.post()
    await kept(gateway, 1)
    async with gateway.sessions.begin() as session:
        stored = await captures.get_rule(session, rule.id)
        assert stored is not None
        await captures.remove_rule(session, stored)
    await gateway.push()
    assert gateway.replica.captures is None


REDACT = {"fields": ["user"], "patterns": [r"[a-z]+@[a-z]+\.example", "Hello"]}


async def test_what_is_to_go_is_gone_before_anything_is_stored(gateway: Gateway) -> None:
    await capture_key(gateway, gateway.key, redact=REDACT)
    message = {"role": "user", "content": b"I am ann\\u0040mail.example".decode("unicode_escape")}
    await gateway.post({"messages": [message], "user": "ann"})
    ((_, bodies),) = await kept(gateway)
    assert b"I am [redacted]" in bodies.request.body
    assert b"ann" not in bodies.request.body
    assert bodies.request.redacted == 2
    assert b"Hello" not in bodies.response.body
    assert b"[redacted]!" in bodies.response.body


async def test_a_pattern_across_the_pieces_of_a_stream_is_found(gateway: Gateway, upstream: Upstream) -> None:
    await capture_key(gateway, gateway.key, redact={"patterns": ["Hello, w"]})
    await gateway.post({"stream": True})
    ((_, bodies),) = await kept(gateway)
    assert b"[redacted]" in bodies.response.body
    assert "örld".encode() in bodies.response.body

    async def broken(call: Call) -> None:
        await call.begin()
        await call.chunk(event("Hel"))
        raise CutError

    upstream.behave = broken
    await gateway.post({"stream": True})
    _, (_, bodies) = await kept(gateway, 2)
    assert bodies.response.body == b""
    assert bodies.response.note


async def test_named_members_go_out_of_each_event(gateway: Gateway) -> None:
    await capture_key(gateway, gateway.key, redact={"fields": ["content"]})
    answer = await gateway.post({"stream": True})
    ((_, bodies),) = await kept(gateway)
    assert b"Hel" in answer.body
    assert b"Hel" not in bodies.response.body
    assert bodies.response.body.endswith(DONE)


async def test_there_is_a_bound_for_all(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_store, "MAX_HELD_BYTES", 30)
    await capture_key(gateway, gateway.key)
    await gateway.post()
    ((_, bodies),) = await kept(gateway)
    assert len(bodies.request.body) + len(bodies.response.body) == 30
    assert bodies.request.cut
    monkeypatch.setattr(capture_store, "MAX_WAITING", 0)
    await gateway.post()
    await kept(gateway, 1)
    assert gateway.replica.telemetry.counters["gateway_captures_total"] == {("kept",): 1, ("lost",): 1}


async def test_a_rule_that_cannot_be_followed_captures_nothing(gateway: Gateway) -> None:
    await capture_key(gateway, gateway.key, redact={"patterns": ["("]})
    assert gateway.replica.captures is None
    assert (await gateway.post()).status == 200


async def test_a_request_with_an_idempotency_key_is_captured_once(gateway: Gateway) -> None:
    replicas = Replicas()
    await replicas.guard(gateway)
    await capture_key(gateway, gateway.key)
    headers = {"idempotency-key": "one"}
    first = await gateway.post(headers=headers)
    again = await gateway.post(headers=headers)
    assert first.body == again.body
    ((row, bodies),) = await kept(gateway)
    (record,) = await gateway.records(1)
    assert (row.request_id, bodies.response.body) == (record.request_id, first.body)
    await replicas.stop()


def test_a_body_takes_no_more_than_there_is_room_for() -> None:
    body = Body(5)
    taken = [(body.add(piece, room), body.whole) for piece, room in ((b"abc", 100), (b"", 0), (b"def", 1))]
    assert taken == [(3, True), (0, True), (1, False)]
    assert body.add(b"def", 100) == 1
    assert body.add(b"g", 100) == 0
    assert (b"".join(body.pieces), body.size) == (b"abcdd", 10)
    assert capture.READABLE_BYTES <= capture_store.MAX_HELD_BYTES
