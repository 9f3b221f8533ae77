"""PostgreSQL is away for a minute at full rate: leases carry the requests, the journal keeps the records."""

import asyncio
import time
from typing import Any

from tests.chaos.clients import Load, chat
from tests.chaos.kills import BALANCE_USD, CONNECTIONS, NANO
from tests.chaos.truth import Truth, balanced, compare
from tests.chaos.world import World

SETTINGS: dict[str, Any] = {}


async def run(world: World, *, short: bool) -> None:
    """As delivered: leases cover 60 s of spending, and last 120 s."""
    away_s = 20.0 if short else 60.0
    postgres = world.postgres
    assert postgres is not None
    key = world.limited_user("away", str(BALANCE_USD))
    requests = [chat(world.url, key, "mock-unary", max_tokens=256)] * 3
    requests.append(chat(world.url, key, "mock-burst-16", stream=True, max_tokens=64))
    async with Load(world.url, requests, connections=CONNECTIONS) as load:
        await asyncio.sleep(20)
        before = len(load.seen.complete)
        await asyncio.to_thread(postgres.stop)
        down = time.monotonic()
        await asyncio.sleep(away_s)
        during = len(load.seen.complete) - before
        down_s = time.monotonic() - down
        await asyncio.to_thread(postgres.start)
        up = time.monotonic()
        world.say(
            f"before {before / 20:.0f}/s; away {down_s:.1f} s: {during} complete answers, {during / down_s:.0f}/s; "
            f"errors {dict(load.seen.refused)}, failures {len(load.seen.failures)}"
        )
        await asyncio.sleep(10)
    world.say(f"{len(load.seen.complete)} in all, errors {dict(load.seen.refused)}, failures {len(load.seen.failures)}")
    world.must(not load.seen.refused, f"errors: {dict(load.seen.refused)}")
    world.must(not load.seen.failures, f"failures: {load.seen.failures[:5]}")
    async with Truth(world.database) as truth:
        rows = await truth.settled("away", load.seen, 120)
        world.say(f"caught up {time.monotonic() - up:.1f} s after PostgreSQL was back, 10 s of that under load")
        compare(world, load.seen, rows, 0)
        await balanced(world, truth, "away", BALANCE_USD * NANO, rows)
