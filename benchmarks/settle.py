"""How many usage records a second the store settles: rows, roll-ups, leases and entries, committed batch by batch.

    python -m benchmarks.settle [--database postgres|sqlite|mysql|URL] [--rows 200000] [--batch 500] [--writers 1]

Prints one JSON object. The records are those of limited users: with an account that has a lease, and the arithmetic of
their price.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
import psutil
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from benchmarks.databases import KINDS, cpu_seconds, database
from benchmarks.environment import describe
from benchmarks.stats import percentile
from benchmarks.usage_records import World
from storage import ledger
from storage.database import migrate, open_engine, session_factory
from storage.ledger import Ask, accounts
from storage.records import UsageRecord

FUNDS = 10**15
RATE = 10_000


class Figures(msgspec.Struct, kw_only=True):
    """What was measured; CPU in microseconds for each record."""

    database: str
    rows: int
    batch: int
    writers: int
    seconds: float
    rows_per_s: float
    slowest_second_rows: int
    batch_ms_p50: float
    batch_ms_p99: float
    cpu_us_gateway: float
    cpu_us_server: float
    environment: dict[str, str]


async def _accounts(sessions: async_sessionmaker[AsyncSession], world: World) -> list[str]:
    """Limited accounts of all users with funds, and a lease of each for each replica."""
    subjects = [(accounts.USER, user + 1, 0) for user in range(world.users)]
    now = int(time.time())
    async with sessions.begin() as session:
        ids = await accounts.ensure(session, subjects, limited=True)
        for subject in subjects:
            await ledger.post(session, ids[subject], FUNDS, reason="topup", actor="bench", reference="bench")
    for replica in range(world.replicas):
        asks = [Ask(account_id, FUNDS // 10, FUNDS // 10) for account_id in sorted(ids.values())]
        async with sessions.begin() as session:
            await ledger.take(session, f"ingress-{replica}", asks, ttl_s=86_400, now=now, operation=f"bench{replica}")
    return [str(ids[subject]) for subject in subjects]


async def measure(url: str, server: list[psutil.Process], given: argparse.Namespace) -> Figures:
    """Settle `rows` records in batches by `writers` tasks."""
    await migrate(url)
    engine = open_engine(url)
    sessions = session_factory(engine)
    world = World(keys=given.keys, users=given.users)
    world.accounts = await _accounts(sessions, world)
    started_at = int(time.time() * 1_000_000)
    batches: list[list[UsageRecord]] = []
    for first in range(0, given.rows, given.batch):
        records = world.records(min(given.batch, given.rows - first), started_at + first * 10**6 // RATE, 10**6 // RATE)
        batches.append(records)
    durations: list[float] = []
    seconds: dict[int, int] = {}
    begin = time.perf_counter()
    cpu, cpu_server = time.process_time(), cpu_seconds(server)

    async def settle(mine: Sequence[list[UsageRecord]]) -> None:
        for records in mine:
            before = time.perf_counter()
            done = await ledger.transact(sessions, partial(ledger.settle, records=records))
            after = time.perf_counter()
            assert len(done.records) == len(records)
            durations.append(after - before)
            seconds[int(after - begin)] = seconds.get(int(after - begin), 0) + len(records)

    await asyncio.gather(*(settle(batches[writer :: given.writers]) for writer in range(given.writers)))
    elapsed = time.perf_counter() - begin
    cpu, cpu_server = time.process_time() - cpu, cpu_seconds(server) - cpu_server
    await engine.dispose()
    whole = [seconds.get(second, 0) for second in range(int(elapsed))] or [given.rows]
    durations.sort()
    return Figures(
        database=engine.dialect.name,
        rows=given.rows,
        batch=given.batch,
        writers=given.writers,
        seconds=round(elapsed, 2),
        rows_per_s=round(given.rows / elapsed),
        slowest_second_rows=min(whole),
        batch_ms_p50=round(percentile(durations, 0.50) * 1e3, 1),
        batch_ms_p99=round(percentile(durations, 0.99) * 1e3, 1),
        cpu_us_gateway=round(cpu / given.rows * 1e6, 1),
        cpu_us_server=round(cpu_server / given.rows * 1e6, 1),
        environment=describe(),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.settle", description=__doc__)
    parser.add_argument("--database", default="postgres", help=f"{', '.join(KINDS)} or a URL")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--writers", type=int, default=1)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--users", type=int, default=50)
    given = parser.parse_args(arguments)
    with database(given.database) as (url, server):
        figures: Any = asyncio.run(measure(url, server, given))
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
