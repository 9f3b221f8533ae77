"""Rate limits over two replicas on Redis: exact at 5 a minute, within 2 % at high rates."""

import asyncio
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import islice
from statistics import median
from typing import Any

from tests.chaos.clients import Load, Seen, chat, volley
from tests.chaos.truth import Row, Truth
from tests.chaos.world import World

SETTINGS: dict[str, Any] = {}
MINUTE_S = 60.0
HIGH = 6_000
PER_SECOND = 400


async def run(world: World, *, short: bool) -> None:
    """Each limit with a user of its own."""
    await world.both_serve()
    await low(world, wait=not short)
    await high(world, 1_000 if short else HIGH, 45)
    await by_second(world, 200 if short else PER_SECOND, 4 if short else 15, least=0.9 if short else 0.98)


async def _limited(world: World, name: str, window: str, amount: int) -> str:
    def make() -> str:
        world.gateway.call("POST", "/users", {"name": name})
        limit = {"name": name, "metric": "requests", "window": window, "amount": amount, "match": {"user": name}}
        world.in_force(lambda: world.gateway.call("PUT", "/limits", limit))
        return world.gateway.add_key(f"{name}-key", user=name)

    return await asyncio.to_thread(make)


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
    rows, _ = await _settled(world, name, load.seen)
    passed = len(rows)
    world.say(
        f"{amount}/minute: {load.seen.sent} requests in {took:.1f} s, {passed} passed ({passed / amount:.2%}); "
        f"by replica {_shares(rows)}"
    )
    world.must(0.98 * amount <= passed <= amount, f"{passed} of {amount} a minute passed")
    _refusals(world, [load.seen])


async def by_second(world: World, amount: int, seconds: int, least: float) -> None:
    """A sliding second at full load: how full it was when requests were refused, and what passed in any.

    Known is when requests began and ended: they were counted in between. A machine that stands still for a moment makes
    that long, and leaves some of the limit unused; what is judged here does not depend on either.
    """
    name = f"second-{amount}"
    key = await _limited(world, name, "second", amount)
    async with Load(world.url, [chat(world.url, key, "mock-unary-100")], connections=32) as load:
        await asyncio.sleep(seconds)
    rows, refused = await _settled(world, name, load.seen)
    begun = sorted(row.started_at / 1e6 for row in rows)
    full = [bisect_left(begun, at) - bisect_left(begun, at - 1.0) for at in (row.started_at / 1e6 for row in refused)]
    share = median(full) / amount if full else 0.0
    most = max(bisect_left(begun, at + 1.0) - place for place, at in enumerate(begun))
    within = _most_within(rows)
    world.say(
        f"{amount}/s: {load.seen.sent} requests in {seconds} s, {len(rows)} passed; {share:.2%} of the limit in the "
        f"second before a refusal, at most {most} begun in any second, {within} begun and ended; by replica "
        f"{_shares(rows)}"
    )
    world.must(least <= share, f"refused at {share:.2%} of the limit of {amount} a second")
    world.must(within <= amount * 1.02, f"{within} in a second of at most {amount}")
    _refusals(world, [load.seen])


def _most_within(rows: list[Row]) -> int:
    """The most requests that began and ended within any one second."""
    ordered = sorted(rows, key=lambda row: row.started_at)
    most = 0
    for place, first in enumerate(ordered):
        last = first.started_at + 1_000_000
        later = bisect_right(ordered, last, place, key=lambda row: row.started_at)
        most = max(most, sum(row.started_at + row.total_us <= last for row in islice(ordered, place, later)))
    return most


async def _settled(world: World, user: str, seen: Seen) -> tuple[list[Row], list[Row]]:
    """What passed, and what did not."""
    async with Truth(world.database) as truth:
        rows = await truth.settled(user, seen, 60)
    passed = [row for row in rows if row.status == 200]
    world.must(len(passed) == len(seen.complete), f"{len(seen.complete)} answers, {len(passed)} rows")
    return passed, [row for row in rows if row.status != 200]


def _shares(rows: list[Row]) -> list[int]:
    return sorted(Counter(row.replica for row in rows).values())


def _refusals(world: World, seen: list[Seen]) -> None:
    strange = [code for one in seen for code in one.refused if not code.startswith("429 ")]
    world.must(not strange, f"refused with {strange}")
    world.must(not any(one.failures for one in seen), f"failures: {[one.failures[:3] for one in seen]}")
