"""What the database says happened, read from its tables past the gateway, and compared with what clients saw."""

import asyncio
import time
from dataclasses import dataclass
from typing import Self

import asyncpg

from tests.chaos.clients import Seen
from tests.chaos.world import INPUT_NANO, OUTPUT_NANO, World


@dataclass(frozen=True, slots=True)
class Row:
    """A usage row. `started_at` is unix microseconds, `total_us` lasts to the end, `cost` nano-USD."""

    request_id: str
    started_at: int
    status: int
    end: str
    cost: int
    replica: str
    total_us: int


@dataclass(frozen=True, slots=True)
class Account:
    """nano-USD."""

    balance: int
    held: int


class Truth:
    """One connection to the database: `async with Truth(url) as truth`."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        self._connection = await asyncpg.connect(self._url)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def rows(self, user: str) -> list[Row]:
        """All usage rows of a user."""
        found = await self._connection.fetch(
            'SELECT request_id, started_at, status, "end", cost, replica, total_us FROM usage_records '
            "WHERE user_id = (SELECT id FROM users WHERE name = $1)",
            user,
        )
        return [Row(*row) for row in found]

    async def count(self, user: str) -> int:
        """How many rows there are."""
        query = "SELECT count(*) FROM usage_records WHERE user_id = (SELECT id FROM users WHERE name = $1)"
        return int(await self._connection.fetchval(query, user))

    async def account(self, user: str) -> Account:
        """The user's account."""
        row = await self._connection.fetchrow(
            "SELECT balance, held FROM accounts "
            "WHERE kind = 'user' AND subject_id = (SELECT id FROM users WHERE name = $1)",
            user,
        )
        return Account(row["balance"], row["held"])

    async def settled(self, user: str, seen: Seen, within_s: float) -> list[Row]:
        """The rows once there is one for each complete answer; what is there when that does not come to pass."""
        deadline = time.monotonic() + within_s
        while True:
            if await self.count(user) >= len(seen.complete) or time.monotonic() > deadline:
                rows = await self.rows(user)
                if seen.complete.keys() <= {row.request_id for row in rows} or time.monotonic() > deadline:
                    return rows
            await asyncio.sleep(0.2)

    async def released(self, user: str, within_s: float) -> int:
        """What replicas still hold of the account after at most so long."""
        deadline = time.monotonic() + within_s
        while True:
            held = (await self.account(user)).held
            if not held or time.monotonic() > deadline:
                return held
            await asyncio.sleep(0.5)


def compare(world: World, seen: Seen, rows: list[Row], unseen_at_most: int) -> None:
    """Each complete answer is one row of the right amount, and there are no others than those of requests cut off."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        by_id.setdefault(row.request_id, []).append(row)
    booked = {row.request_id for row in rows if row.status == 200 and row.end == "complete"}
    missing = seen.complete.keys() - booked
    twice = [request_id for request_id, found in by_id.items() if len(found) > 1]
    unseen = booked - seen.complete.keys()
    wrong = [
        request_id
        for request_id, (prompt, completion) in seen.complete.items()
        if request_id in by_id and by_id[request_id][0].cost != prompt * INPUT_NANO + completion * OUTPUT_NANO
    ]
    world.say(
        f"complete answers {len(seen.complete)}, usage rows of complete answers {len(booked)}: missing {len(missing)}, "
        f"twice {len(twice)}, of answers that were cut off on their way to the client {len(unseen)}; "
        f"other rows {len(rows) - sum(len(by_id[one]) for one in booked)}"
    )
    world.say(f"amounts other than what the client was told times the price: {len(wrong)}")
    world.must(not missing, f"answers without a row: {sorted(missing)[:5]}")
    world.must(not twice, f"rows twice: {twice[:5]}")
    world.must(not seen.twice, f"request ids given twice: {seen.twice[:5]}")
    world.must(not wrong, f"wrong amounts: {wrong[:5]}")
    world.must(len(unseen) <= unseen_at_most, f"{len(unseen)} rows that no client knows, {unseen_at_most} were cut off")


async def balanced(world: World, truth: Truth, user: str, granted: int, rows: list[Row]) -> None:
    """The balance has changed by the sum of the costs, and the ledger verifies."""
    account = await truth.account(user)
    spent = sum(row.cost for row in rows)
    world.say(
        f"sum of costs {spent} nano-USD, balance {granted} -> {account.balance}: change {granted - account.balance}"
    )
    world.must(granted - account.balance == spent, "the balance did not change by the sum of the costs")
    found = await asyncio.to_thread(world.verify)
    world.say(f"gateway ledger verify: {found or 'clean'}")
    world.must(not found, "the ledger does not verify")
