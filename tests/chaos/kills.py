"""Ingress replicas are killed again and again while PostgreSQL, Redis, Router and settler are, under full load."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from tests.chaos.clients import Failure, Load, chat
from tests.chaos.truth import Truth, balanced, compare
from tests.chaos.world import Killed, World

SETTINGS: dict[str, Any] = {"quota": {"lease_ttl_s": 30}}
"""Leases of the dead are to be seen going back within the run."""

BALANCE_USD = 10_000
NANO = 10**9
CONNECTIONS = 32
EVERY_S = 4.0
CUT_S = 2.0
"""How long after a kill a client may notice."""


async def run(world: World, *, short: bool) -> None:
    """20,000 requests and more: until everything planned has died."""
    key = world.limited_user("chaos", str(BALANCE_USD))
    limit = {"metric": "requests", "window": "minute", "amount": 1_000_000, "per": ["user"]}
    world.gateway.call("PUT", "/limits", {"name": "chaos-requests", **limit})
    limit = {"metric": "tokens", "window": "minute", "amount": 10**9, "per": ["key"]}
    world.gateway.call("PUT", "/limits", {"name": "chaos-tokens", **limit})
    unary = chat(world.url, key, "mock-unary", max_tokens=256)
    requests = [unary, unary, unary, chat(world.url, key, "mock-burst-16", stream=True, max_tokens=64)]
    requests.append(chat(world.url, key, "mock-paced-10x5", stream=True, max_tokens=64))
    killed: list[Killed] = []
    events: list[tuple[float, str]] = []
    began = time.monotonic()
    async with Load(world.url, requests, connections=CONNECTIONS) as load:
        await asyncio.sleep(5)
        plan = _plan(world, short=short)
        while len(load.seen.complete) < (4_000 if short else 20_000) or plan:
            await world.both_serve()
            await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - killed[-1].at)) if killed else 0)
            killed.append(await asyncio.to_thread(world.kill_ingress, world.serving()[0]))
            events.append((killed[-1].at, f"kill -9 of ingress {killed[-1].pid}"))
            if plan:
                await plan.pop(0)(events)
        await world.both_serve()
        await asyncio.sleep(3)
        load_s = time.monotonic() - began
    for at, what in events:
        world.say(f"{at - began:6.1f} s  {what}")
    complete = len(load.seen.complete)
    world.say(f"{load.seen.sent} requests in {load_s:.0f} s ({complete / load_s:.0f} complete answers/s)")
    cut = _judge(world, load, killed, began)
    async with Truth(world.database) as truth:
        since = time.monotonic()
        rows = await truth.settled("chaos", load.seen, 90)
        world.say(f"all rows {time.monotonic() - since:.1f} s after the last answer")
        compare(world, load.seen, rows, cut)
        held = await truth.released("chaos", 90)
        world.say(f"held by leases {time.monotonic() - since:.0f} s later: {held} nano-USD")
        world.must(held == 0, f"{held} nano-USD are still held by leases of replicas that are gone")
        rows = await truth.rows("chaos")
        await balanced(world, truth, "chaos", BALANCE_USD * NANO, rows)


Step = Callable[[list[tuple[float, str]]], Awaitable[None]]


def _plan(world: World, *, short: bool) -> list[Step]:
    """What else dies, one after each kill."""
    postgres, redis = world.postgres, world.redis
    assert postgres is not None
    assert redis is not None

    async def restart_postgres(events: list[tuple[float, str]], mode: str = "fast") -> None:
        await asyncio.sleep(1)
        at = time.monotonic()
        await asyncio.to_thread(postgres.stop, mode)
        await asyncio.to_thread(postgres.start)
        events.append((at, f"PostgreSQL stopped ({mode}) and started, away {time.monotonic() - at:.1f} s"))

    async def crash_postgres(events: list[tuple[float, str]]) -> None:
        await restart_postgres(events, "immediate")

    async def restart_redis(events: list[tuple[float, str]]) -> None:
        await asyncio.sleep(1)
        at = time.monotonic()
        redis.kill()
        await asyncio.sleep(1)
        await asyncio.to_thread(redis.start)
        events.append((at, f"Redis killed and started empty, away {time.monotonic() - at:.1f} s"))

    async def kill_router(events: list[tuple[float, str]]) -> None:
        await asyncio.sleep(1)
        count = await asyncio.to_thread(world.kill_router)
        events.append((time.monotonic(), f"kill -9 of the Router ({count})"))

    async def kill_settler(events: list[tuple[float, str]]) -> None:
        await asyncio.sleep(1)
        count = await asyncio.to_thread(world.kill_settler)
        events.append((time.monotonic(), f"kill -9 of the settler and its worker ({count})"))

    async def all_of_them(events: list[tuple[float, str]]) -> None:
        await asyncio.gather(kill_router(events), crash_postgres(events), restart_redis(events))

    steps: list[Step] = [restart_postgres, restart_redis, kill_settler, kill_router]
    return steps if short else [*steps, crash_postgres, all_of_them]


def _judge(world: World, load: Load, killed: list[Killed], began: float) -> int:
    """Classify what failed; returns how many answers were cut off by a kill."""
    excused: list[Failure] = []
    others: list[Failure] = []
    for failure in load.seen.failures:
        (excused if _by_a_kill(failure, killed) else others).append(failure)
    kinds = dict(Counter(failure.kind for failure in excused))
    carried = sum(len(kill.ports) for kill in killed)
    fresh = sum(failure.fresh for failure in excused)
    world.say(
        f"cut off with their replica: {len(excused)} {kinds}; the {len(killed)} killed had {carried} connections; "
        f"{fresh} of them had not been answered anything yet"
    )
    world.say(f"failed otherwise: {len(others)} {dict(Counter(one.kind for one in others))}")
    world.say(f"answered with an error: {load.seen.refused.total()} {dict(load.seen.refused)}")
    for failure in others[:10]:
        world.say(f"  {failure.at - began:6.1f} s {failure.kind} fresh={failure.fresh} {failure.request_id}")
    world.must(not others, f"{len(others)} requests failed without their replica having been killed")
    world.must(not load.seen.refused, f"{load.seen.refused.total()} requests were answered with an error")
    return len(excused)


def _by_a_kill(failure: Failure, killed: list[Killed]) -> bool:
    """Its replica was killed: the connection was its own, or waited there to be accepted."""
    for kill in killed:
        if -0.5 <= failure.at - kill.at <= CUT_S and (failure.port in kill.ports or (failure.fresh and failure.port)):
            return True
    return False
