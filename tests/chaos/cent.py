"""A user with a cent and 200 requests at the same time on two replicas: all of the cent is spent, and no more."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.chaos.clients import Seen, chat, volley
from tests.chaos.truth import Account, Truth, balanced
from tests.chaos.world import OUTPUT_NANO, World

SETTINGS: dict[str, Any] = {}
CENT = 10_000_000
"""nano-USD."""


@dataclass
class Lowest:
    """The lowest that was seen of an account, nano-USD."""

    balance: int = CENT
    available: int = CENT
    looks: int = 0


@asynccontextmanager
async def watched(url: str, user: str) -> AsyncIterator[Lowest]:
    """Look at the account all the time."""
    lowest = Lowest()

    async def look() -> None:
        async with Truth(url) as truth:
            while True:
                account = await truth.account(user)
                lowest.balance = min(lowest.balance, account.balance)
                lowest.available = min(lowest.available, account.balance - account.held)
                lowest.looks += 1
                await asyncio.sleep(0.005)

    task = asyncio.create_task(look())
    try:
        yield lowest
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def run(world: World, *, short: bool) -> None:
    """The worst case of these requests is what they cost, so the whole cent can be spent."""
    await world.both_serve()
    for name, tokens in (("100", 100), ("10", 10)):
        model = f"mock-unary-{tokens * 5}"
        price = {"model": model, "input": "0", "output": "2"}
        await asyncio.to_thread(world.in_force, partial(world.gateway.call, "PUT", "/prices", price))
        for number in range(1 if short else 5):
            await _once(world, f"cent-{name}-{number}", model, tokens)


async def _once(world: World, user: str, model: str, tokens: int) -> None:
    """Volleys of 200 until nothing is left, and one more."""
    pays_for = CENT // (tokens * OUTPUT_NANO)
    key = await asyncio.to_thread(world.limited_user, user, "0.01")
    request = chat(world.url, key, model, max_tokens=tokens)
    async with watched(world.database, user) as lowest, Truth(world.database) as truth:
        seen: list[Seen] = []
        while not seen or seen[-1].complete:
            seen.append(await volley(world.url, request, 200))
        everything = sum(len(one.complete) + one.refused.total() for one in seen)
        rows = await truth.rows(user)
        for _ in range(100):
            if len(rows) >= everything:
                break
            await asyncio.sleep(0.2)
            rows = await truth.rows(user)
        await truth.released(user, 60)
        account = await truth.account(user)
    passed, refused = (
        Counter(row.replica for row in rows if (row.status == 200) is wanted) for wanted in (True, False)
    )
    codes = sum((one.refused for one in seen), Counter[str]())
    world.say(
        f"{user}: {[len(one.complete) for one in seen]} of 200 each passed, the cent pays for {pays_for}; by replica "
        f"{sorted(passed.values())} passed, {sorted(refused.values())} refused; balance at the end {account.balance}, "
        f"lowest {lowest.balance}, lowest available {lowest.available} in {lowest.looks} looks"
    )
    world.must(sum(len(one.complete) for one in seen) == pays_for, f"{user}: not all of it was spent, or more")
    world.must(len(seen[0].complete) == min(pays_for, 200), f"{user}: refused while there was money")
    world.must(account == Account(0, 0), f"{user}: in the end {account}")
    world.must(lowest.balance >= 0, f"{user}: the balance was {lowest.balance}")
    world.must(lowest.available >= 0, f"{user}: {lowest.available} were available, leases hold more than there is")
    world.must(not any(one.failures for one in seen), f"{user}: failures {[one.failures[:3] for one in seen]}")
    world.must(set(codes) <= {"402 insufficient_quota"}, f"{user}: refused with {dict(codes)}")
    async with Truth(world.database) as truth:
        await balanced(world, truth, user, CENT, await truth.rows(user))
