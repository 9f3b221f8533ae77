"""One replica: what a retry with an Idempotency-Key gets, and what is charged for it."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest

from deployments.idempotency import Idempotency
from storage.models import IdempotentAnswer
from tests.deployments.client import Client
from tests.deployments.gateway import CHAT, Gateway, until
from tests.deployments.idempotent import Replicas, ask, begin, rest, settled
from tests.deployments.mock import DONE, STREAM, UNARY_BYTES, WORDS, Call, Upstream, answers, event, normal, streams

STREAMED = {"stream": True}


@pytest.fixture
async def replicas() -> AsyncIterator[Replicas]:
    """What a test has started, stopped after it."""
    running = Replicas()
    yield running
    await running.stop()


@pytest.fixture
async def part(gateway: Gateway, replicas: Replicas) -> Idempotency:
    """The idempotency of `gateway`."""
    return await replicas.guard(gateway)


class Gate:
    """A streamed answer that goes on when it is told to."""

    def __init__(self, *, end: bool = True) -> None:
        self.open = asyncio.Event()
        self._end = end

    async def __call__(self, call: Call) -> None:
        """The behaviour."""
        await call.begin()
        await call.chunk(WORDS[0])
        await self.open.wait()
        for piece in (*WORDS[1:], event(finish="stop"), DONE)[: None if self._end else 1]:
            await call.chunk(piece)
        if self._end:
            await call.end()


async def rows(gateway: Gateway) -> list[IdempotentAnswer]:
    """What is stored."""
    from sqlalchemy import select

    async with gateway.sessions() as session:
        return list((await session.scalars(select(IdempotentAnswer))).all())


async def test_a_whole_answer_is_replayed(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    first = await ask(gateway)
    await settled(part)
    second = await ask(gateway)
    assert first.status == second.status == 200
    assert first.body == second.body == UNARY_BYTES
    assert first.headers["x-request-id"] == second.headers["x-request-id"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert len(upstream.calls) == 1
    assert (await gateway.record()).request_id == first.headers["x-request-id"]


async def test_a_stream_is_replayed(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    first = await ask(gateway, body=STREAMED)
    await settled(part)
    second = await ask(gateway, body=STREAMED)
    assert first.body == second.body == STREAM
    assert first.whole
    assert second.whole
    assert second.headers["content-type"] == "text/event-stream"
    assert first.headers["x-request-id"] == second.headers["x-request-id"]
    assert len(upstream.calls) == 1
    assert (await gateway.record()).end == "complete"


async def test_a_retry_reads_along_from_the_beginning(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    upstream.behave = gate = Gate()
    async with Client(gateway.port) as one, Client(gateway.port) as two:
        first = await begin(gateway, one, body=STREAMED)
        assert await one.piece() == WORDS[0]
        second = await begin(gateway, two, body=STREAMED)
        assert await two.piece() == WORDS[0]
        assert second.headers["idempotent-replayed"] == "true"
        assert first.headers["x-request-id"] == second.headers["x-request-id"]
        gate.open.set()
        assert await rest(one) == await rest(two) == STREAM[len(WORDS[0]) :]
    await settled(part)
    assert len(upstream.calls) == 1
    await gateway.record()


async def test_many_at_once_run_once(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    async def slow(call: Call) -> None:
        await asyncio.sleep(0.1)
        await normal(call)

    upstream.behave = slow
    got = await asyncio.gather(*[ask(gateway) for _ in range(20)])
    assert {(one.status, one.body) for one in got} == {(200, UNARY_BYTES)}
    assert len({one.headers["x-request-id"] for one in got}) == 1
    assert sum("idempotent-replayed" not in one.headers for one in got) == 1
    await settled(part)
    assert len(upstream.calls) == 1
    await gateway.record()


@pytest.mark.parametrize("body", [{}, STREAMED], ids=["whole", "stream"])
async def test_it_is_finished_without_a_client(
    gateway: Gateway, upstream: Upstream, part: Idempotency, body: dict[str, Any]
) -> None:
    release = asyncio.Event()

    async def slow(call: Call) -> None:
        await release.wait()
        await normal(call)

    upstream.behave = slow
    async with Client(gateway.port) as client:
        client.send(gateway.raw(body, headers={"idempotency-key": "k-1"}))
        await until(lambda: len(upstream.calls) == 1)
    await until(lambda: not gateway.server.open_requests)
    assert part.running == 1
    release.set()
    await settled(part)
    second = await ask(gateway, body=body)
    assert second.body == (STREAM if body else UNARY_BYTES)
    assert second.headers["idempotent-replayed"] == "true"
    assert len(upstream.calls) == 1
    assert (await gateway.record()).end == "complete"
    assert gateway.server.buffered_bytes == 0


async def test_another_body_is_refused_while_it_runs_and_after(
    gateway: Gateway, upstream: Upstream, part: Idempotency
) -> None:
    upstream.behave = gate = Gate()
    async with Client(gateway.port) as client:
        await begin(gateway, client, body=STREAMED)
        running = await ask(gateway, body={"stream": True, "temperature": 1})
        gate.open.set()
        await rest(client)
    await settled(part)
    after = await ask(gateway, body={"stream": True, "temperature": 1})
    for refused in (running, after):
        assert refused.status == 422
        assert refused.error["code"] == "idempotency_key_reused"
    assert len(upstream.calls) == 1


async def test_the_scope_is_the_api_key_and_the_path(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    other = await gateway.add_key("other")
    assert (await ask(gateway)).status == 200
    await settled(part)
    assert "idempotent-replayed" not in (await ask(gateway, headers={"authorization": f"Bearer {other}"})).headers
    assert "idempotent-replayed" not in (await ask(gateway, key="k-2")).headers
    embed = await ask(gateway, body={"model": "embed-x", "input": "x"}, path="/v1/embeddings")
    assert embed.status == 200
    assert len(upstream.calls) == 4


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ü"])
async def test_a_key_that_cannot_be(gateway: Gateway, upstream: Upstream, part: Idempotency, key: str) -> None:
    assert part.url
    refused = await ask(gateway, key=key)
    assert refused.status == 400
    assert refused.error["code"] == "invalid_idempotency_key"
    assert (await ask(gateway, key="x" * 255)).status == 200
    assert len(upstream.calls) == 1


async def test_a_request_without_a_valid_api_key(gateway: Gateway, part: Idempotency) -> None:
    refused = await ask(gateway, headers={"authorization": "Bearer no"})
    assert refused.status == 401
    assert part.running == 0
    assert await rows(gateway) == []


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
async def test_failures_that_cost_nothing_are_not_kept(
    gateway: Gateway, upstream: Upstream, part: Idempotency, status: int
) -> None:
    upstream.behave = answers(status)
    failed = await ask(gateway)
    assert failed.status >= 400
    await settled(part)
    assert await rows(gateway) == []
    upstream.behave = normal
    again = await ask(gateway)
    assert again.status == 200
    assert "idempotent-replayed" not in again.headers
    assert [record.status for record in await gateway.records(2)] == [failed.status, 200]


async def test_a_refused_request_is_not_kept(gateway: Gateway, part: Idempotency) -> None:
    assert (await ask(gateway, body={"model": "no"})).status == 404
    await settled(part)
    assert await rows(gateway) == []


async def test_a_charged_stream_that_broke_off_is_kept(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    upstream.behave = streams(WORDS[0], end="cut")
    first = await ask(gateway, body=STREAMED)
    await settled(part)
    upstream.behave = normal
    second = await ask(gateway, body=STREAMED)
    assert first.body == second.body
    assert first.body.startswith(WORDS[0])
    assert b'"error"' in first.body
    assert second.headers["idempotent-replayed"] == "true"
    assert (await gateway.record()).end == "upstream_cut"


async def test_an_answer_too_large_to_keep(gateway: Gateway, upstream: Upstream, replicas: Replicas) -> None:
    part = await replicas.guard(gateway, answer=100)
    upstream.behave = gate = Gate()
    async with Client(gateway.port) as one, Client(gateway.port) as two:
        await begin(gateway, one, body=STREAMED)
        await begin(gateway, two, body=STREAMED)
        gate.open.set()
        assert await rest(one) == await rest(two) == STREAM
    await settled(part)
    lost = await ask(gateway, body=STREAMED)
    assert lost.status == 409
    assert lost.error["code"] == "idempotent_answer_lost"
    assert (await gateway.record()).request_id in lost.error["message"]
    assert len(upstream.calls) == 1


async def test_it_expires(gateway: Gateway, upstream: Upstream, replicas: Replicas) -> None:
    part = await replicas.guard(gateway, keep_s=1.0)
    await ask(gateway)
    await settled(part)
    await asyncio.sleep(2.0)
    assert "idempotent-replayed" not in (await ask(gateway)).headers
    await settled(part)
    assert len(upstream.calls) == 2
    await asyncio.sleep(2.0)
    await part._claims.purge()
    assert await rows(gateway) == []


async def test_answers_are_sealed(gateway: Gateway, part: Idempotency) -> None:
    await ask(gateway, key="secret-key")
    await settled(part)
    (row,) = await rows(gateway)
    assert row.state == "kept"
    assert row.sealed is not None
    assert b"Hello" not in row.sealed
    data = (gateway.folder / "gateway.db").read_bytes() + (gateway.folder / "gateway.db-wal").read_bytes()
    assert b"secret-key" not in data
    assert b"Hello!" not in data


async def test_a_body_packed_differently_is_the_same(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    body = msgspec.json.encode(CHAT)
    plain = await ask(gateway)
    await settled(part)
    packed = await gateway.post(
        gzip.compress(body, mtime=1), headers={"idempotency-key": "k-1", "content-encoding": "gzip"}
    )
    assert packed.body == plain.body
    first = await gateway.post(
        gzip.compress(body, mtime=2), headers={"idempotency-key": "k-2", "content-encoding": "gzip"}
    )
    assert first.status == 200
    assert len(upstream.calls) == 2
    assert upstream.calls[1].json["messages"] == CHAT["messages"]
    assert gateway.server.buffered_bytes == 0


async def test_a_slow_reader_holds_up_nobody(gateway: Gateway, upstream: Upstream, replicas: Replicas) -> None:
    part = await replicas.guard(gateway, memory=65536, answer=8 << 20)
    word = event("x" * 8000)
    count = 1200
    upstream.behave = streams(*[word] * count, event(finish="stop"), DONE)
    async with Client(gateway.port) as slow:
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
        slow.send(gateway.raw(STREAMED, headers={"idempotency-key": "k-1"}))
        await until(lambda: part.running == 1)
        (sink,) = part._running.values()
        second = await ask(gateway, body=STREAMED)
        assert second.body == word * count + event(finish="stop") + DONE
        assert sink.spool is not None
        assert sink.spool.in_memory < 2 * 65536
        slow.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert (await slow.answer()).body == second.body


async def test_a_stream_without_end_is_cut(
    make_gateway: Callable[..., Awaitable[Gateway]], upstream: Upstream, replicas: Replicas
) -> None:
    gateway = await make_gateway(sizes={"answer": 20_000})
    await gateway.add_channel("one", upstream.url)
    part = await replicas.guard(gateway)
    upstream.behave = streams(*[event("x" * 1000)] * 100, pause=0.001)
    got = await ask(gateway, body=STREAMED)
    assert not got.whole
    assert 15_000 < len(got.body) <= 20_000
    await settled(part)
    again = await ask(gateway, body=STREAMED)
    assert (again.body, again.whole) == (got.body, False)
    assert (await gateway.record()).error == "answer_not_buffered"


async def test_draining_waits_for_it_and_then_cuts_it(gateway: Gateway, upstream: Upstream, part: Idempotency) -> None:
    upstream.behave = Gate(end=False)
    async with Client(gateway.port) as client, Client(gateway.port) as leaves:
        await begin(gateway, leaves, key="k-2", body=STREAMED)
        await begin(gateway, client, body=STREAMED)
        leaves.writer.close()
        await until(lambda: gateway.server.open_requests == 1)
        assert await gateway.server.drain(0.2, 30.0) == 3
        body = await rest(client)
    assert body.startswith(WORDS[0])
    assert b'"code":"drained"' in body
    await settled(part)
    assert {row.state for row in await rows(gateway)} == {"kept"}
    assert [record.end for record in await gateway.records(2)] == ["drained", "drained"]


@pytest.mark.parametrize("on_outage", ["closed", "open"])
async def test_the_database_is_away(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, monkeypatch: pytest.MonkeyPatch, on_outage: str
) -> None:
    part = await replicas.guard(gateway, on_outage=on_outage)

    async def away(*_: object, **__: object) -> None:
        raise OSError("away")

    assert (await gateway.post()).status == 200
    monkeypatch.setattr(part._claims, "claim", away)
    got = await ask(gateway)
    assert got.status == (503 if on_outage == "closed" else 200)
    assert len(upstream.calls) == (1 if on_outage == "closed" else 2)
    if on_outage == "closed":
        assert got.error["code"] == "idempotency_away"


async def test_an_answer_waits_for_the_database(
    gateway: Gateway, upstream: Upstream, part: Idempotency, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.repositories import idempotent_answers

    real = idempotent_answers.finish
    failures = 3

    async def finish(*arguments: Any) -> bool:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise OSError("away")
        return await real(*arguments)

    monkeypatch.setattr("deployments.idempotency_claims.RETRIES_S", (0.05,) * 20)
    monkeypatch.setattr(idempotent_answers, "finish", finish)
    await ask(gateway)
    assert (await ask(gateway)).headers["idempotent-replayed"] == "true"
    await settled(part)
    assert failures < 0
    assert [row.state for row in await rows(gateway)] == ["kept"]
    assert len(upstream.calls) == 1


async def test_a_master_key_that_does_not_fit(gateway: Gateway, part: Idempotency) -> None:
    await ask(gateway)
    await settled(part)
    async with gateway.sessions.begin() as session:
        row = (await rows(gateway))[0]
        row.sealed = b"\x01" + b"x" * 40
        await session.merge(row)
    lost = await ask(gateway)
    assert lost.status == 409
    assert lost.error["code"] == "idempotent_answer_lost"
