"""Rate limits over two replicas on Redis: exact at 5 a minute, within 2 % at high rates."""

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from typing import Any

from tests.chaos.clients import Load, Seen, chat, volley
from tests.chaos.truth import Row, Truth
from tests.chaos.world import World

SETTINGS: dict[str, Any] = {}
MINUTE_S = 60.0
HIGH = 6_000
PER_SECOND = 400
BEGAN_S = 0.02


async def run(world: World, *, short: bool) -> None:
    """Each limit with a user of its own."""
    await world.both_serve()
    await low(world, wait=not short)
    await high(world, 1_000 if short else HIGH, 20 if short else 45)
    # A machine that stands still for a moment in so short a run leaves some of the limit unused.
    await by_second(world, 200 if short else PER_SECOND, 4 if short else 15, least=0.9 if short else 0.98)


async def _limited(world: World, name: str, window: str, amount: int) -> str:
    def make() -> str:
        world.gateway.call("POST", "/users", {"name": name})
        limit = {"name": name, "metric": "requests", "window": window, "amount": amount, "match": {"user": name}}
        world.gateway.call("PUT", "/limits", limit)
        return world.gateway.add_key(f"{name}-key", user=name)

    key = await asyncio.to_thread(make)
    await asyncio.sleep(1.5)  # the limit is pushed within a second
    return key


async def low(world: World, *, wait: bool) -> None:
    """5 a minute: 5 of 100 at the same time, and 5 more when the minute is over."""
    key = await _limited(world, "five", "minute", 5)
    request = chat(world.url, key, "mock-unary-100")
    first = await volley(world.url, request, 100)
    began = time.monotonic()
    later = await volley(world.url, request, 100)
    passed = [len(first.complete), len(later.complete)]
    seen = [first, later]
    if wait:
        await asyncio.sleep(MINUTE_S - 3 - (time.monotonic() - began))
        seen.append(await volley(world.url, request, 100))
        await asyncio.sleep(MINUTE_S + 0.7 - (time.monotonic() - began))
        seen.append(await volley(world.url, request, 100))
        passed = [len(one.complete) for one in seen]
    world.say(f"5/minute: volleys of 100 at 0, 0{', 57 and 61 s' if wait else ' s'}: {passed} passed")
    world.must(passed == ([5, 0, 0, 5] if wait else [5, 0]), f"5 a minute let {passed} through")
    _refusals(world, seen)


async def high(world: World, amount: int, seconds: float) -> None:
    """More than a minute's amount within the minute: between 98 % of it and all of it."""
    name = f"high-{amount}"
    key = await _limited(world, name, "minute", amount)
    began = time.monotonic()
    request = chat(world.url, key, "mock-unary-100")
    async with Load(world.url, [request], connections=32, count=amount * 3) as load:
        await asyncio.wait_for(load.done(), seconds)
    took = time.monotonic() - began
    rows = await _passed(world, name, load.seen)
    passed = len(rows)
    world.say(
        f"{amount}/minute: {load.seen.sent} requests in {took:.1f} s, {passed} passed ({passed / amount:.2%}); "
        f"by replica {_shares(rows)}"
    )
    world.must(0.98 * amount <= passed <= amount, f"{passed} of {amount} a minute passed")
    _refusals(world, [load.seen])


async def by_second(world: World, amount: int, seconds: int, least: float) -> None:
    """A sliding second at full load. Known is when requests began, some milliseconds before they were counted."""
    name = f"second-{amount}"
    key = await _limited(world, name, "second", amount)
    async with Load(world.url, [chat(world.url, key, "mock-unary-100")], connections=32) as load:
        await asyncio.sleep(seconds)
    rows = await _passed(world, name, load.seen)
    begun = sorted(row.started_at / 1e6 for row in rows)
    whole = seconds - 2
    first = begun[0] + 1.0
    share = (bisect_left(begun, first + whole) - bisect_left(begun, first)) / whole / amount
    most = max(bisect_left(begun, at + 1.0) - place for place, at in enumerate(begun))
    counted = max(bisect_left(begun, at + 1.0 - BEGAN_S) - place for place, at in enumerate(begun))
    world.say(
        f"{amount}/s: {load.seen.sent} requests in {seconds} s, {len(rows)} passed; {share:.2%} of the limit over "
        f"{whole} s, at most {most} begun in any second, {counted} in any {1 - BEGAN_S} s; by replica {_shares(rows)}"
    )
    world.must(least <= share <= 1.02, f"{share:.2%} of the limit of {amount} a second")
    world.must(counted <= amount * 1.02, f"{counted} in a second of at most {amount}")
    _refusals(world, [load.seen])


async def _passed(world: World, user: str, seen: Seen) -> list[Row]:
    async with Truth(world.database) as truth:
        rows = await truth.settled(user, seen, 60)
    passed = [row for row in rows if row.status == 200]
    world.must(len(passed) == len(seen.complete), f"{len(seen.complete)} answers, {len(passed)} rows")
    return passed


def _shares(rows: list[Row]) -> list[int]:
    return sorted(Counter(row.replica for row in rows).values())


def _refusals(world: World, seen: list[Seen]) -> None:
    strange = [code for one in seen for code in one.refused if not code.startswith("429 ")]
    world.must(not strange, f"refused with {strange}")
    world.must(not any(one.failures for one in seen), f"failures: {[one.failures[:3] for one in seen]}")
