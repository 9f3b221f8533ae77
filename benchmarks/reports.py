"""How long reports and lists take over many usage records.

    python -m benchmarks.reports [--database postgres|sqlite|mysql|URL] [--rows 10000000] [--keys 1000] [--days 60]

The records are spread evenly over the days before now. PostgreSQL multiplies a part of them by itself, to be done in
minutes; roll-ups are made by the code that rebuilds them. Prints one JSON object: milliseconds for each question, the
median and the slowest of several, each asked as the admin API asks it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from benchmarks.databases import KINDS, database
from benchmarks.environment import describe
from benchmarks.usage_records import World
from storage import rollups
from storage.database import migrate, open_engine, session_factory
from storage.models import Key, Usage, User
from storage.partitions import ensure_partitions
from storage.records import FIELDS
from storage.repositories import failed_requests, keys, names, usage, usage_search, usage_totals
from storage.repositories.usage_batch import insert_new
from storage.rollups.tables import ROLLUPS

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
ROUNDS = 7
SEED_ROWS = 200_000
BATCH = 5_000

Question = Callable[[AsyncSession], Awaitable[Any]]
Sessions = async_sessionmaker[AsyncSession]


class Figures(msgspec.Struct, kw_only=True):
    """Milliseconds by question."""

    database: str
    rows: int
    rollup_rows: dict[str, int]
    fill_s: float
    median_ms: dict[str, float]
    slowest_ms: dict[str, float]
    environment: dict[str, str]


async def _fill(sessions: Sessions, given: argparse.Namespace, now: int) -> None:
    """Users, keys and records."""
    first = now - given.days * DAY_US
    async with sessions.begin() as session:
        for number in range(given.users):
            session.add(User(id=number + 1, name=f"user{number:05}"))
        for number in range(given.keys):
            session.add(Key(id=number + 1, name=f"key{number:05}", digest=number.to_bytes(32, "big"), hint=""))
    for day in range(0, given.days + 31, 28):
        async with sessions.begin() as session:
            await ensure_partitions(session, min(first + day * DAY_US, now))
    world = World(keys=given.keys, users=given.users)
    copies = 1 if sessions.kw["bind"].dialect.name != "postgresql" else max(1, given.rows // SEED_ROWS)
    count = given.rows // copies
    every = given.days * DAY_US // count
    for start in range(0, count, BATCH):
        records = world.records(min(BATCH, count - start), first + start * every, every)
        async with sessions.begin() as session:
            new = await insert_new(session, records, f"seed{start}")
            await failed_requests.add(session, new)
    if copies > 1:
        await _multiply(sessions, copies, every)
    for day in range(first, now + 1, DAY_US):
        await rollups.rebuild(sessions, day, day + 1)


async def _multiply(sessions: Sessions, copies: int, every: int) -> None:
    """Insert the records there are again and again, each copy a little later."""
    async with sessions.begin() as session:
        await session.execute(text("CREATE UNLOGGED TABLE bench_seed AS SELECT * FROM usage_records"))
    for copy in range(1, copies):
        await _copy(sessions, copy, every // copies)
    copied = ", ".join(f'"{column.name}"' for column in failed_requests.TABLE.columns)
    failed = "FROM usage_records WHERE status >= 400 OR \"end\" <> 'complete' ON CONFLICT DO NOTHING"
    async with sessions.begin() as session:
        await session.execute(text(f"INSERT INTO failed_requests ({copied}) SELECT {copied} {failed}"))
        await session.execute(text("DROP TABLE bench_seed"))


async def _copy(sessions: Sessions, copy: int, step: int) -> None:
    changed = {
        "request_id": f"'req_{copy:04x}' || substr(request_id, 9)",
        "started_at": f"started_at + {copy * step}",
        "batch": f"batch || '.{copy}'",
    }
    names = (*FIELDS, "batch")  # our own: nothing from outside is in this statement
    target = ", ".join(f'"{name}"' for name in names)
    source = ", ".join(changed.get(name, f'"{name}"') for name in names)
    async with sessions.begin() as session:
        await session.execute(text(f"INSERT INTO usage_records ({target}) SELECT {source} FROM bench_seed"))


def questions(now: int) -> dict[str, Question]:
    """What is asked, by name."""
    hour = now - now % HOUR_US
    day = now - now % DAY_US
    last = now - DAY_US

    def total(**wanted: Any) -> Question:  # noqa: ANN401 - what the query takes
        return partial(usage_totals.totals, **wanted)

    def recent(**wanted: Any) -> Question:  # noqa: ANN401 - what the query takes
        place = {name: wanted.pop(name) for name in ("sort", "behind") if name in wanted}
        return partial(usage_search.search, wanted=usage_search.Wanted(**wanted), limit=51, **place)

    month = {"since": now - 30 * DAY_US - 17, "until": now - 13}
    return {
        "totals, all time": total(),
        "totals, last 30 days to the microsecond": total(**month),
        "by day, all time": total(group_by="day"),
        "by hour, last 7 days": total(group_by="hour", since=hour - 7 * DAY_US),
        "by key, all time": total(group_by="key_id"),
        "by key, last 24 h, ten by cost": total(group_by="key_id", since=now - DAY_US, order_by="cost", limit=10),
        "by user, last 30 days": total(group_by="user_id", **month),
        "by model, this day": total(group_by="model", since=day),
        "by channel, last 30 days": total(group_by="channel_id", **month),
        "by status, all time": total(group_by="status"),
        "one key by day, all time": total(group_by="day", key_id=3),
        "one user, last 30 days": total(user_id=7, **month),
        "one model by key, last 30 days": total(group_by="key_id", model="gpt-5", **month),
        "list, newest": recent(),
        "list, from the middle": recent(behind=(now - 20 * DAY_US, "r")),
        "list, busiest key": recent(key_id=1),
        "list, rarest key": recent(key_id=999),
        "list, one user": recent(user_id=7),
        "list, one channel": recent(channel_id=5),
        "list, one model": recent(model="gpt-5"),
        "list, key and rare model": recent(key_id=2, model="text-embedding-3-small"),
        "list, nothing matches": recent(key_id=10**6),
        "one request": partial(usage.get, request_id="req_a1b2c3d4e5f600000064"),
        "search, failures, last day": recent(since=last, failed=True),
        "search, status 429, last day": recent(since=last, status=429),
        "search, text of an error, last day": recent(since=last, text="deadline of channel 7"),
        "search, text of an error, all time": recent(text="deadline of channel 7"),
        "search, text that none has, all time": recent(text="no such words"),
        "search, organisation and status 502, last day": recent(since=last, organisation_id=3, status=502),
        "search, organisation, from the middle": recent(organisation_id=2, behind=(now - 20 * DAY_US, "r")),
        "search, key, model and channel, last day": recent(since=last, key_id=2, model="gpt-5-mini", channel_id=5),
        "search, group that has none, all time": recent(group="gone"),
        "search, the provider's request id, last day": recent(since=last, upstream_request_id=f"req_{7919:032x}"),
        "search, address of a client, last day": recent(since=last, client_ip="10.1.2.4"),
        "search, dearest of the last day": recent(since=last, sort="cost"),
        "search, slowest of one user, last day": recent(since=last, user_id=7, sort="total_us"),
        "keys with their cost": _keys_with_cost,
    }


async def _keys_with_cost(session: AsyncSession) -> None:
    await keys.list_all(session)
    sums = await usage_totals.totals(session, group_by="key_id")
    await names.names(session, Key, (int(row.group) for row in sums))


async def _ask(sessions: Sessions, question: Question) -> list[float]:
    taken = []
    for _ in range(ROUNDS):
        async with sessions() as session:
            before = time.perf_counter()
            await question(session)
            taken.append((time.perf_counter() - before) * 1e3)
    return taken


async def measure(url: str, given: argparse.Namespace) -> Figures:
    """Fill and ask."""
    await migrate(url)
    engine: AsyncEngine = open_engine(url, statement_s=None)
    sessions = session_factory(engine)
    now = int(time.time() * 1_000_000)
    before = time.perf_counter()
    async with sessions() as session:
        there = (await session.scalar(select(func.count()).select_from(Usage))) or 0
    if not there:
        await _fill(sessions, given, now)
        if engine.dialect.name == "postgresql":
            async with engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(text("VACUUM ANALYZE"))
    filled = time.perf_counter() - before
    found = {name: await _ask(sessions, question) for name, question in questions(now).items()}
    async with sessions() as session:
        records = (await session.scalar(select(func.count()).select_from(Usage))) or 0
        rows = {
            rollup.table.name: (await session.scalar(select(func.count()).select_from(rollup.table))) or 0
            for rollup in ROLLUPS
        }
    await engine.dispose()
    return Figures(
        database=engine.dialect.name,
        rows=records,
        rollup_rows=rows,
        fill_s=round(filled, 1),
        median_ms={name: round(statistics.median(taken), 1) for name, taken in found.items()},
        slowest_ms={name: round(max(taken), 1) for name, taken in found.items()},
        environment=describe(),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--database", default="postgres", help=f"{', '.join(KINDS)} or a URL, which keeps its records")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--days", type=int, default=60)
    given = parser.parse_args(arguments)
    with database(given.database, ("max_wal_size=8GB",)) as (url, _server):
        figures = asyncio.run(measure(url, given))
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
