"""Rate limits while things fail: the authority is away, slow, mad or has forgotten; replicas are killed or stopped."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import GatewayFault
from deployments.rates_link import RETRY_S
from deployments.rates_remote import RouterAuthority, answer
from deployments.rates_rules import LimitRow
from storage.rates import Answer, Ask, Authority, AuthorityAwayError, MemoryAuthority, RedisAuthority
from storage.rates.memory import MemoryCore
from tests.deployments.gateway import until
from tests.deployments.rates import SUBJECT, Fleet, limit
from tests.deployments.virtual import VirtualLoop, virtual
from tests.redis_server import RedisServer

BACK_S = RETRY_S + 0.3


@pytest.fixture
async def fleet(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Fleet]]:
    """A function that makes a fleet on an authority."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop):  # leases, ticks and windows are on a clock that no pause of the machine moves
        loop.rule(monkeypatch)
    made: list[Fleet] = []

    def make(authority: Authority, *rows: LimitRow, size: int = 2, **outage: Any) -> Fleet:
        made.append(Fleet(authority, rows, size, **outage))
        return made[-1]

    yield make
    for each in made:
        await each.close()


@pytest.fixture
def redis_server(pick_port: Callable[[], int], tmp_path: Path) -> Iterator[RedisServer]:
    """A running Redis that the test may kill and start again."""
    server = RedisServer(pick_port(), tmp_path)
    server.start()
    yield server
    server.kill()


async def admitted(fleet: Fleet, replica: int, times: int, tokens: int = 0) -> int:
    """How many of so many requests at once pass."""
    results = await asyncio.gather(*(fleet.admit(replica, tokens) for _ in range(times)))
    return sum(admission is not None for admission in results)


@virtual
async def test_a_killed_replicas_slots_come_back(fleet: Callable[..., Fleet]) -> None:
    authority = MemoryAuthority(MemoryCore(ttl_s=1.0))
    two = fleet(authority, limit(4, metric="concurrent"))
    assert await admitted(two, 0, 4) == 4
    assert await admitted(two, 1, 1) == 0
    killed = two.books[0].link
    killed._closed = True  # it says nothing more
    for task in (killed._flight, killed._probe):
        if task is not None:
            task.cancel()
    since = time.monotonic()
    while not await admitted(two, 1, 1):
        await asyncio.sleep(0.05)
        assert time.monotonic() - since < 5
    print(f"\nfree again {time.monotonic() - since:.2f} s after the kill (time to live 1 s)")
    assert time.monotonic() - since > 0.5
    assert await admitted(two, 1, 10) == 3


@virtual
async def test_a_living_replica_keeps_its_slots(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(MemoryCore(ttl_s=10.0)), limit(2, metric="concurrent"))
    for book in two.books:
        book.link._lease_s = 1.5
    two.authority.real.core._ttl = 1_500_000  # type: ignore[attr-defined]
    assert await admitted(two, 0, 2) == 2
    for _ in range(20):
        assert await admitted(two, 1, 1) == 0
        await asyncio.sleep(0.15)


@virtual
async def test_a_killed_replicas_units_count_as_used(fleet: Callable[..., Fleet]) -> None:
    core = MemoryCore(ttl_s=0.5)
    gone = core.take("gone", [Ask("1:minute:key=1", 5, 60_000_000, need=1, want=3)])
    assert gone.grants[0].granted == 3
    two = fleet(MemoryAuthority(core), limit(5))
    assert await admitted(two, 0, 9) == 2
    await asyncio.sleep(1.2)
    assert await admitted(two, 1, 9) == 0


@virtual
async def test_a_stopped_replica_gives_back_what_it_held(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(1000, id=1), limit(100, metric="concurrent", id=2))
    for _ in range(3):
        assert await admitted(two, 0, 5) == 5
        await asyncio.sleep(0.05)
    core: MemoryCore = two.authority.real.core  # type: ignore[attr-defined]
    [minute] = core.peek([("1:minute:key=1", 60_000_000)])
    assert minute.used + minute.held > 15
    await two.books[0].close()
    [minute] = core.peek([("1:minute:key=1", 60_000_000)])
    assert (minute.used, minute.held) == (15, 0)


@virtual
@pytest.mark.parametrize("metric", ["requests", "tokens", "concurrent"])
async def test_open_means_each_replica_counts_for_itself(fleet: Callable[..., Fleet], metric: str) -> None:
    two = fleet(MemoryAuthority(), limit(5, metric=metric))
    two.authority.away = True
    assert await admitted(two, 0, 20, tokens=1) == 5
    assert await admitted(two, 1, 20, tokens=1) == 5
    assert not two.books[0].up
    assert two.counted["gateway_rate_outage_total", (metric, "through")] == 10
    assert two.counted["gateway_rate_limited_total", ("limit-1", metric)] == 30


@virtual
@pytest.mark.parametrize("metric", ["requests", "tokens", "concurrent"])
async def test_closed_means_503(fleet: Callable[..., Fleet], metric: str) -> None:
    two = fleet(MemoryAuthority(), limit(5, metric=metric), **{metric: "closed"})
    two.authority.away = True
    with pytest.raises(GatewayFault) as caught:
        await two.admit(0, tokens=1)
    assert (caught.value.status, caught.value.code) == (503, "rate_limits_unavailable")
    assert two.counted["gateway_rate_outage_total", (metric, "refused")] == 1
    two.authority.away = False
    await asyncio.sleep(BACK_S)
    assert await two.admit(0, tokens=1) is not None


@virtual
async def test_what_was_used_before_the_outage_counts_in_it(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(5))
    assert await admitted(two, 0, 3) == 3
    assert await admitted(two, 1, 1) == 1
    two.authority.away = True
    await asyncio.sleep(0.6)  # the tick that reports finds it away
    assert await admitted(two, 1, 9) == 1


@virtual
async def test_what_was_used_in_the_outage_counts_after_it(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(8))
    two.authority.away = True
    assert await admitted(two, 0, 3) == 3
    two.authority.away = False
    await asyncio.sleep(BACK_S)
    assert two.books[0].up
    assert await admitted(two, 1, 20) == 5
    assert await admitted(two, 0, 20) == 0


@virtual
async def test_slots_taken_in_the_outage_count_after_it(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(4, metric="concurrent"))
    two.authority.away = True
    running = [await two.admit(0) for _ in range(3)]
    two.authority.away = False
    await asyncio.sleep(BACK_S)
    assert await admitted(two, 1, 5) == 1
    for admission in running:
        assert admission is not None
        admission.release()
    await asyncio.sleep(0.1)
    assert await admitted(two, 1, 5) == 3


@virtual
async def test_nothing_waits_for_an_authority_that_hangs(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(5))
    two.books[0].link._timeout_s = 0.2
    two.authority.delay = 60.0
    since = time.monotonic()
    assert await admitted(two, 0, 20) == 5
    assert time.monotonic() - since < 0.4
    since = time.monotonic()
    assert await admitted(two, 0, 20) == 0
    assert time.monotonic() - since < 0.05


@virtual
async def test_an_answer_that_makes_no_sense_is_an_outage(fleet: Callable[..., Fleet]) -> None:
    class Mad(MemoryAuthority):
        async def take(self, replica: str, asks: Any) -> Answer:
            if len(asks) == 1:
                raise ValueError("mad")
            return Answer("x", [])

    two = fleet(Mad(), limit(5, id=1), limit(5, id=2, metric="tokens"))
    assert await admitted(two, 0, 9, tokens=1) == 5


@virtual
async def test_a_client_that_leaves_while_waiting_leaves_nothing(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(3))
    two.authority.delay = 0.1
    task = asyncio.get_running_loop().create_task(two.admit(0))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.sleep(0.4)
    two.authority.delay = 0.0
    assert await admitted(two, 1, 9) == 3


@virtual
async def test_who_waits_while_the_replica_stops_gets_an_answer(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(3))
    two.authority.delay = 0.1
    waiting = [asyncio.get_running_loop().create_task(two.admit(0)) for _ in range(5)]
    await asyncio.sleep(0.05)
    await two.books[0].close()
    results = await asyncio.gather(*waiting)
    assert sum(admission is not None for admission in results) == 3
    [level] = two.authority.real.core.peek([("1:minute:key=1", 60_000_000)])  # type: ignore[attr-defined]
    assert (level.used, level.held) == (3, 0)


@virtual
async def test_an_authority_that_forgot_is_told_again(fleet: Callable[..., Fleet]) -> None:
    two = fleet(MemoryAuthority(), limit(10), limit(1000, id=2, metric="tokens"))
    assert await admitted(two, 0, 4, tokens=100) == 4
    assert await admitted(two, 1, 3, tokens=100) == 3
    await asyncio.sleep(0.7)
    two.authority.real = MemoryAuthority()  # the Router was killed: another one, with an empty memory
    await asyncio.sleep(3.5)
    assert await admitted(two, 0, 20, tokens=100) == 3


@virtual
async def test_the_router_as_authority(fleet: Callable[..., Fleet]) -> None:
    core = MemoryCore()
    dead = False

    async def call(data: bytes) -> bytes:
        if dead:
            raise RuntimeError("the actor died")
        return answer(core, data)

    two = fleet(RouterAuthority(call), limit(5))
    assert await admitted(two, 0, 3) == 3
    assert await admitted(two, 1, 9) == 2
    since, before = time.monotonic(), two.authority.calls
    for key in range(40):
        assert await two.admit(0, subject=SUBJECT._replace(key_id=1000 + key)) is not None
    assert (two.authority.calls - before) * 0.01 <= time.monotonic() - since + 0.02
    dead = True
    # Two: it has not heard what the other one used since. None: the machine was busy, and it had time to hear.
    assert await admitted(two, 0, 9) in {0, 2}
    assert await admitted(two, 1, 9) == 0
    with pytest.raises(AuthorityAwayError):
        await two.authority.peek([("x", 0)])


def told(fleet: Fleet, before: str = "") -> bool:
    """Whether all replicas have told all they used to one authority, which is not that of before."""
    links = [book.link for book in fleet.books]
    buckets = [bucket for link in links for bucket in link._live]
    epochs = {link._epoch for link in links}
    rest = [bucket for bucket in buckets if bucket._uses or bucket._told]
    return len(epochs) == 1 and before not in epochs and not rest and all(link.up for link in links)


async def test_redis_killed_and_back(fleet: Callable[..., Fleet], redis_server: RedisServer) -> None:
    # A killed Redis refuses connections: no timeout is needed to know, and a short one would be met on a slow machine.
    authority, second = [RedisAuthority(redis_server.url, timeout_s=10.0) for _ in range(2)]
    two = fleet(authority, limit(6, id=1), limit(1_000_000, id=2, per=("group",)), timeout_s=10.0)
    # One connection each, as replicas have: a second one of a pool would be found dead long after Redis is back.
    two.books[1].link._authority = second
    assert await admitted(two, 0, 2) == 2
    assert await admitted(two, 1, 2) == 2
    await until(lambda: told(two))
    before = two.books[0].link._epoch
    redis_server.kill()
    since = time.monotonic()
    assert await admitted(two, 0, 9) <= 2
    slowest = time.monotonic() - since
    assert two.books[0].link.up is False
    redis_server.start()
    await until(lambda: told(two, before))
    assert await admitted(two, 0, 9) + await admitted(two, 1, 9) <= 2
    print(f"\nslowest decision while Redis was away: {slowest * 1000:.0f} ms")
    other = SUBJECT._replace(key_id=77)
    assert sum([await two.admit(turn % 2, subject=other) is not None for turn in range(9)]) == 6
    for each in (authority, second):
        await each.close()


async def test_a_script_that_redis_lost_is_loaded_again(redis_server: RedisServer) -> None:
    authority = RedisAuthority(redis_server.url, timeout_s=10.0)
    ask = Ask("b", 5, 60_000_000, need=1, want=1)
    first = await authority.take("r", [ask, ask])
    await authority._client.script_flush()
    second = await authority.take("r", [ask, ask])
    assert [grant.granted for grant in first.grants + second.grants] == [1, 1, 1, 1]
    assert first.epoch == second.epoch
    await authority.close()


async def test_a_redis_that_refuses_is_an_outage(redis_server: RedisServer) -> None:
    authority = RedisAuthority(redis_server.url, timeout_s=10.0)
    await authority.take("r", [])
    await authority._client.config_set("maxmemory", "1")
    with pytest.raises(AuthorityAwayError):
        await authority.take("r", [Ask("b", 5, 60_000_000, need=1, want=1)])
    await authority._client.config_set("maxmemory", "0")
    assert (await authority.peek([("b", 60_000_000)]))[0].used == 0
    await authority.close()
