"""The replica's side by itself: tables that change, channels, bounded memory, long outages, quiet when idle."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from deployments import rates
from deployments.rates_answers import RateLimited
from deployments.rates_bucket import GRAINS, Bucket
from deployments.rates_link import TICK_S
from deployments.rates_remote import RouterAuthority, open_authority
from deployments.rates_rules import LimitRow, Rule, Subject
from storage.rates import Grant, MemoryAuthority, RedisAuthority
from storage.rates.memory import MemoryCore
from tests.deployments.rates import SUBJECT, Fleet, limit
from tests.deployments.virtual import VirtualLoop, virtual


@pytest.fixture
async def fleet(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Fleet]]:
    """A function that makes a fleet on a memory of its own."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop), "ticks and windows are on a clock that no pause of the machine moves"
    loop.rule(monkeypatch)
    made: list[Fleet] = []

    def make(*rows: LimitRow, size: int = 1, **more: Any) -> Fleet:
        made.append(Fleet(MemoryAuthority(), rows, size, **more))
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def passing(fleet: Fleet, times: int, subject: Subject = SUBJECT) -> int:
    """How many of so many requests pass, one after the other."""
    return sum([await fleet.admit(0, subject=subject) is not None for _ in range(times)])


@virtual
async def test_a_new_amount_counts_at_once_and_keeps_the_counts(fleet: Callable[..., Fleet]) -> None:
    one = fleet(limit(3))
    assert await passing(one, 5) == 3
    one.books[0].load([limit(5)])
    assert await passing(one, 5) == 2
    one.books[0].load([limit(2)])
    assert await passing(one, 5) == 0
    one.books[0].load([])
    assert await passing(one, 5) == 5


@virtual
async def test_limits_of_channels_are_asked_for_channels_only(fleet: Callable[..., Fleet]) -> None:
    one = fleet(limit(10, id=1), limit(1, id=2, per=("channel",)))
    assert one.books[0].by_channel
    assert not fleet(limit(1)).books[0].by_channel
    request = await one.admit(0)
    first = await one.admit(0, subject=SUBJECT._replace(channel_id=1))
    assert request is not None
    assert first is not None
    assert await one.admit(0, subject=SUBJECT._replace(channel_id=1)) is None
    assert await one.admit(0, subject=SUBJECT._replace(channel_id=2)) is not None
    both = request.join(first)
    assert len(both.buckets) == 2
    free = await one.admit(0, subject=SUBJECT._replace(channel_id=0, key_id=2))
    assert free is not None


@virtual
async def test_joining_with_nothing_is_nothing_new(fleet: Callable[..., Fleet]) -> None:
    one = fleet(limit(5, key_id=1))
    free = await one.admit(0, subject=SUBJECT._replace(key_id=2))
    counted = await one.admit(0)
    assert free is not None
    assert counted is not None
    assert counted.join(free) is counted
    assert free.join(counted) is counted
    free.cancel()


@virtual
async def test_memory_of_subjects_is_bounded(fleet: Callable[..., Fleet], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MAX_REMEMBERED", 10)
    one = fleet(limit(2))
    for key in range(1, 26):
        assert await passing(one, 3, SUBJECT._replace(key_id=key)) == 2
    await asyncio.sleep(TICK_S * 2.5)
    assert await passing(one, 1, SUBJECT._replace(key_id=99)) == 1
    book = one.books[0]
    assert len(book._matching) <= 10
    assert len(book._buckets) <= 11
    assert await passing(one, 3, SUBJECT._replace(key_id=25)) == 0  # forgotten here, not at the authority


@virtual
async def test_nothing_runs_when_there_is_nothing_to_tell(fleet: Callable[..., Fleet]) -> None:
    one = fleet(limit(5, "second"))
    assert await passing(one, 2) == 2
    await asyncio.sleep(2.5)
    link = one.books[0].link
    calls = one.authority.calls
    await asyncio.sleep(1.2)
    assert one.authority.calls == calls
    assert link._tick is None
    assert not link._live
    assert not link._remembering


@virtual
async def test_one_round_trip_carries_all_that_wait(fleet: Callable[..., Fleet]) -> None:
    one = fleet(limit(5, id=1), limit(5, "hour", id=2), limit(5, "day", id=3))
    subjects = [SUBJECT._replace(key_id=key) for key in range(1, 51)]
    results = await asyncio.gather(*(one.admit(0, subject=subject) for subject in subjects))
    assert all(results)
    assert one.authority.calls == 1
    assert one.authority.asks == 150


async def test_who_always_comes_too_late_is_refused_in_the_end() -> None:
    class Thief(MemoryAuthority):
        """Grants what is wanted, and somebody else uses it."""

        async def take(self, replica: str, asks: Any) -> Any:
            answer = await super().take(replica, asks)
            answer.grants = [Grant(ask.want, 5) for ask in asks]
            for bucket in list(one.books[0].link._live):
                bucket.left = -ask_wanted(asks)
            return answer

    def ask_wanted(asks: Any) -> int:
        return int(sum(ask.want for ask in asks))

    one = Fleet(Thief(), [limit(5)], 1)
    with pytest.raises(RateLimited):
        await one.books[0].admit(SUBJECT)
    assert one.authority.calls >= rates.MAX_TRIES
    await one.close()


@pytest.mark.parametrize(("window", "step"), [("minute", 0.16), ("day", 217.0), ("second", 0.0026), ("minute", 0.01)])
def test_a_long_outage_does_not_fill_the_memory(window: str, step: float) -> None:
    bucket = Bucket("b", Rule(limit(10**9, window)))
    now, times = 1000.0, []
    for _ in range(20_000):
        now += step
        bucket.note(1, now)
        times.append(now)
    assert len(bucket._uses) <= GRAINS + 50
    core = MemoryCore(clock=lambda: int(now * 1e6))
    core.take("r", [bucket.ask(now)])
    seconds = bucket.rule.window_s
    [level] = core.peek([("b", seconds * 1_000_000)])
    inside = sum(at > now - seconds for at in times)
    assert inside <= level.used <= inside * 1.01 + 1


async def test_uses_are_counted_once_however_often_they_are_told() -> None:
    core = MemoryCore()
    bucket = Bucket("b", Rule(limit(100)))
    bucket.note(7, time.monotonic())
    for _ in range(3):  # the answers are lost
        core.take("r", [bucket.ask(time.monotonic())])
        bucket.failed()
        bucket.note(1, time.monotonic())
    ask = bucket.ask(time.monotonic())
    bucket.granted(core.take("r", [ask]).grants[0], ask, time.monotonic(), 10.0)
    assert core.peek([("b", 60_000_000)])[0].used == 7
    core.take("r", [bucket.ask(time.monotonic())])
    assert core.peek([("b", 60_000_000)])[0].used == 10


async def test_the_settings_name_the_authority() -> None:
    async def call(data: bytes) -> bytes:
        return data

    assert isinstance(open_authority("", 0.5, call), RouterAuthority)
    redis = open_authority("redis://127.0.0.1:1/0", 0.5, call)
    assert isinstance(redis, RedisAuthority)
    await redis.close()
