"""What quota costs a request in the steady state: reserving its worst case and settling it, by number of accounts.

    python -m benchmarks.leases [--rounds 7] [--requests 20000]

Prints one JSON object with the best of the rounds. No database takes part: in the steady state none does.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Collection, Mapping, Sequence

import msgspec

from benchmarks.environment import describe
from deployments.leases import LeaseBook
from deployments.leases_account import Wanted
from storage.ledger import Grant, Renewal
from storage.ledger.purses import Purse

WORST = 1_000_000
ACTUAL = 40_000


class Figures(msgspec.Struct):
    """Microseconds of `try_reserve` and `settle` together, by number of accounts."""

    requests: int
    us: dict[str, float]
    waits: int
    environment: dict[str, str]


class _Generous:
    """An authority with more money than anybody spends."""

    async def take(self, replica: str, wanted: Sequence[Wanted], *, operation: str) -> list[Grant]:  # noqa: ARG002
        return [Grant(one.account_id, max(one.want, 10**15), 10**15, 0, began=True) for one in wanted]

    async def give_back(self, replica: str, amounts: Mapping[int, int], *, operation: str) -> Mapping[int, int]:  # noqa: ARG002
        return amounts

    async def renew(self, replica: str, account_ids: Collection[int]) -> Renewal:  # noqa: ARG002
        return Renewal([], [])


async def measure(rounds: int, requests: int) -> Figures:
    """Run the loop; a request that would have to wait counts as one wait."""
    found: dict[str, float] = {}
    waits = 0
    for accounts in (1, 2, 4):
        book = LeaseBook(_Generous(), "bench", ttl_s=3600)
        purses = [Purse(number, "user", 0, "balance of the user") for number in range(accounts)]
        (await book.reserve(purses, WORST)).settle(ACTUAL)
        best = float("inf")
        for _ in range(rounds):
            begin = time.perf_counter()
            for _ in range(requests):
                reservation = book.try_reserve(purses, WORST)
                if reservation is None:
                    waits += 1
                    continue
                reservation.settle(ACTUAL)
            best = min(best, time.perf_counter() - begin)
            await asyncio.sleep(0)
        found[str(accounts)] = round(best / requests * 1e6, 2)
        await book.close()
    return Figures(requests, found, waits, describe())


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.leases", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=20_000)
    given = parser.parse_args(arguments)
    figures = asyncio.run(measure(given.rounds, given.requests))
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
