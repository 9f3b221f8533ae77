"""Several replicas on one database: reading along elsewhere, owners that die, claims that two want."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from deployments.idempotency_key import claim_id
from deployments.idempotency_view import MARK, PATH
from storage.models import IdempotentAnswer, Usage
from storage.repositories import usage
from storage.repositories.usage_search import Wanted, search
from tests.deployments.client import Client, request
from tests.deployments.gateway import Gateway, until
from tests.deployments.idempotent import SHORT_S, Replicas, ask, begin, end_leases, kill, rest, settled
from tests.deployments.mock import DONE, STREAM, UNARY_BYTES, WORDS, Call, Upstream, event, normal
from tests.stopwatch import Stopwatch

STREAMED = {"stream": True}


@pytest.fixture
async def replicas() -> AsyncIterator[Replicas]:
    """What a test has started, stopped after it."""
    running = Replicas()
    yield running
    await running.stop()


class Gate:
    """A streamed answer that goes on when it is told to."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def __call__(self, call: Call) -> None:
        """The behaviour."""
        await call.begin()
        await call.chunk(WORDS[0])
        await self.open.wait()
        for piece in (*WORDS[1:], event(finish="stop"), DONE):
            await call.chunk(piece)
        await call.end()


async def row(gateway: Gateway) -> IdempotentAnswer:
    """The only stored claim."""
    async with gateway.sessions() as session:
        return (await session.scalars(select(IdempotentAnswer))).one()


async def test_another_replica_reads_along_and_replays(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, tmp_path: Path
) -> None:
    one = await replicas.guard(gateway)
    other, two = await replicas.twin(gateway, tmp_path / "two")
    upstream.behave = gate = Gate()
    async with Client(gateway.port) as first, Client(other.port) as second:
        began = await begin(gateway, first, body=STREAMED)
        along = await begin(other, second, body=STREAMED)
        assert await second.piece() == WORDS[0]
        assert along.headers["idempotent-replayed"] == "true"
        assert along.headers["x-request-id"] == began.headers["x-request-id"]
        assert along.headers["content-type"] == "text/event-stream"
        assert MARK not in along.headers
        refused = await ask(other, body={"stream": True, "temperature": 1})
        assert refused.status == 422
        first.writer.close()
        gate.open.set()
        assert await rest(second) == STREAM[len(WORDS[0]) :]
    await settled(one)
    replayed = await ask(other, body=STREAMED)
    assert replayed.body == STREAM
    assert replayed.headers["x-request-id"] == began.headers["x-request-id"]
    assert two.running == 0
    assert len(upstream.calls) == 1
    assert (await gateway.record()).end == "complete"
    assert other.journal.appended == 0
    assert [list(part._replica.telemetry.counters["gateway_idempotent_total"]) for part in (one, two)] == [
        [("run",)],
        [("relayed",), ("replayed",)],
    ]


async def test_many_at_once_on_two_replicas_run_once(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.idempotency.DATABASE_S", 60.0)  # one SQLite file, many writers, a slow machine
    await replicas.guard(gateway)
    other, _ = await replicas.twin(gateway, tmp_path / "two")

    async def slow(call: Call) -> None:
        await asyncio.sleep(0.2)
        await normal(call)

    upstream.behave = slow
    got = await asyncio.gather(*[ask(each) for _ in range(10) for each in (gateway, other)])
    assert {(one.status, one.body) for one in got} == {(200, UNARY_BYTES)}
    assert len({one.headers["x-request-id"] for one in got}) == 1
    assert len(upstream.calls) == 1


async def test_a_failure_elsewhere_reaches_who_reads_along_and_is_not_kept(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, tmp_path: Path
) -> None:
    one = await replicas.guard(gateway)
    other, _ = await replicas.twin(gateway, tmp_path / "two")
    release = asyncio.Event()

    async def fails(call: Call) -> None:
        await release.wait()
        await call.answer(500, b"{}")

    upstream.behave = fails
    first = asyncio.ensure_future(ask(gateway))
    await until(lambda: one.running == 1 and len(upstream.calls) == 1)
    second = asyncio.ensure_future(ask(other))
    assert one._listener is not None
    listener = one._listener
    await until(lambda: listener.open_requests == 1)
    release.set()
    assert [(await each).status for each in (first, second)] == [502, 502]
    upstream.behave = normal
    assert (await ask(other)).status == 200
    assert [record.status for record in await gateway.records(1)] == [502]


async def test_a_dead_owner_is_replaced_when_its_lease_ends(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, tmp_path: Path
) -> None:
    one = await replicas.guard(gateway)
    other, two = await replicas.twin(gateway, tmp_path / "two")
    upstream.behave = Gate()
    async with Client(gateway.port) as first, Client(other.port) as second:
        await begin(gateway, first, body=STREAMED)
        along = await begin(other, second, body=STREAMED)
        assert await second.piece() == WORDS[0]
        kill(one)
        upstream.behave = normal
        with pytest.raises(asyncio.IncompleteReadError):
            await rest(second)  # cut, so that it cannot be taken for complete
    await end_leases(gateway)
    watch = Stopwatch()
    again = await ask(other, body=STREAMED)
    assert again.body == STREAM
    assert watch.s < 2.0
    assert again.headers["x-request-id"] != along.headers["x-request-id"]
    assert "idempotent-replayed" not in again.headers
    await settled(two)
    assert (await row(gateway)).url == two.url
    assert len(upstream.calls) == 2


async def test_a_dead_owner_that_had_charged(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = await replicas.guard(gateway)
    other, _ = await replicas.twin(gateway, tmp_path / "two")

    async def never(_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(one._claims, "settle", never)
    first = await ask(gateway)
    kill(one)
    record = await gateway.record()
    assert record.request_id == first.headers["x-request-id"] == (await row(gateway)).request_id
    await end_leases(gateway)
    lost = await ask(other)
    assert lost.status == 409
    assert lost.error["code"] == "idempotent_answer_lost"
    assert record.request_id in lost.error["message"]
    async with gateway.sessions.begin() as session:  # had it failed before anything was counted, it would run anew
        await session.execute(update(Usage).values(end="upstream_error", usage_source="none"))
        assert await usage.get(session, record.request_id) is not None
    assert (await ask(other)).body == UNARY_BYTES
    assert len(upstream.calls) == 2


async def test_an_owner_that_only_was_slow_keeps_its_claim(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = await replicas.guard(gateway, lease_s=SHORT_S)
    other, _ = await replicas.twin(gateway, tmp_path / "two")

    async def away(_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(one._claims, "renew", away)
    upstream.behave = gate = Gate()
    async with Client(gateway.port) as first:
        await begin(gateway, first, body=STREAMED)
        await asyncio.sleep(0.8)
        assert (await row(gateway)).lease_until < time.time() * 1000
        async with Client(other.port) as second:
            await begin(other, second, body=STREAMED)
            gate.open.set()
            assert await rest(second) == STREAM
    assert len(upstream.calls) == 1


async def test_leases_are_renewed(gateway: Gateway, upstream: Upstream, replicas: Replicas) -> None:
    part = await replicas.guard(gateway, lease_s=SHORT_S)
    upstream.behave = gate = Gate()
    async with Client(gateway.port) as client:
        await begin(gateway, client, body=STREAMED)
        before = (await row(gateway)).lease_until
        async with asyncio.timeout(20):
            while (await row(gateway)).lease_until <= before:  # noqa: ASYNC110  # the database tells nobody
                await asyncio.sleep(0.02)
        gate.open.set()
        await rest(client)
    await settled(part)
    assert part.alive


async def test_a_restarted_replica_finds_the_claim_of_the_one_before(
    gateway: Gateway, upstream: Upstream, replicas: Replicas
) -> None:
    one = await replicas.guard(gateway)
    upstream.behave = Gate()
    async with Client(gateway.port) as client:
        await begin(gateway, client, body=STREAMED)
    kill(one)
    await end_leases(gateway)
    upstream.behave = normal
    await replicas.guard(gateway)
    assert (await ask(gateway, body=STREAMED)).body == STREAM
    assert len(upstream.calls) == 2


async def test_two_that_want_the_claim_of_a_dead_owner(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, tmp_path: Path
) -> None:
    one = await replicas.guard(gateway)
    other, _ = await replicas.twin(gateway, tmp_path / "two")
    third, _ = await replicas.twin(gateway, tmp_path / "three")
    upstream.behave = Gate()
    async with Client(gateway.port) as client:
        await begin(gateway, client, body=STREAMED)
    kill(one)
    await end_leases(gateway)
    upstream.behave = normal
    got = await asyncio.gather(*[ask(each, body=STREAMED) for _ in range(3) for each in (other, third)])
    assert {each.body for each in got} == {STREAM}
    assert len({each.headers["x-request-id"] for each in got}) == 1
    assert len(upstream.calls) == 2


async def test_each_key_is_charged_once_whatever_happens(
    gateway: Gateway, upstream: Upstream, replicas: Replicas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three replicas, clients that leave, a provider that fails: one complete record for each key, one answer."""
    chance = random.Random(7)
    monkeypatch.setattr("deployments.idempotency.DATABASE_S", 60.0)  # one SQLite file, many writers, a slow machine

    async def moody(call: Call) -> None:
        await asyncio.sleep(chance.random() * 0.05)
        if chance.random() < 0.3:
            await call.answer(400, b'{"error":{"message":"no"}}')  # no other attempt, no rest for the channel
        else:
            await normal(call)

    upstream.behave = moody
    parts = [await replicas.guard(gateway)]
    gateways = [gateway]
    for name in ("two", "three"):
        other, part = await replicas.twin(gateway, tmp_path / name)
        gateways.append(other)
        parts.append(part)
    seen: dict[int, set[str]] = defaultdict(set)

    async def one(number: int) -> None:
        await asyncio.sleep(chance.random() * 1.5)
        at = chance.choice(gateways)
        body = STREAMED if number % 2 else {}
        if chance.random() < 0.2:
            async with Client(at.port) as client:
                client.send(at.raw(body, headers={"idempotency-key": f"k-{number}"}))
                await asyncio.sleep(chance.random() * 0.05)
            return
        got = await ask(at, f"k-{number}", body)
        if got.status == 200:
            assert got.body == (STREAM if body else UNARY_BYTES)
            seen[number].add(got.headers["x-request-id"])
        else:
            assert got.status == 400

    await asyncio.gather(*[one(number % 20) for number in range(300)])
    for part in parts:
        await settled(part)
    assert {len(ids) for ids in seen.values()} == {1}
    for each in gateways:
        await each.drainer.drain_once()
        assert each.server.buffered_bytes == 0
    async with gateway.sessions() as session:
        complete = [record for record in await search(session, Wanted(), limit=1000) if record.end == "complete"]
    assert {record.request_id for record in complete} == set.union(*seen.values())
    assert len(complete) == len(seen) == 20


async def test_the_internal_listener_wants_the_token(gateway: Gateway, replicas: Replicas) -> None:
    part = await replicas.guard(gateway)
    port = int(part.url.rsplit(":", 1)[1])
    token = gateway.replica.internal_token
    for path, headers, status in (
        (PATH + "00", {}, 403),
        (PATH + "00", {"x-gateway-internal": "no"}, 403),
        (PATH + "00", {"x-gateway-internal": token}, 404),
        (PATH + "zz", {"x-gateway-internal": token}, 404),
        (PATH + claim_id(1, "/", b"k").hex(), {"x-gateway-internal": token}, 404),
    ):
        async with Client(port) as client:
            client.send(request("POST", path, headers, b""))
            assert (await client.answer()).status == status
