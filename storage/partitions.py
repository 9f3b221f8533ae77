"""The partitions of usage_records on PostgreSQL: made ahead of time, dropped when everything in them has expired.

Elsewhere there are none, and nothing here does anything. A time for which there is no partition goes to the default
partition; when one for it is made, its rows move there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

TABLE = "usage_records"
DEFAULT = "usage_records_default"

# Every partition and index that a query cannot rule out takes a lock for as long as the query runs, out of some 6,000
# that a server has by default: so months, unless records are kept for so short a time that months would be coarse.
DAILY_UP_TO_DAYS = 62
_DAYS_AHEAD = 7
_DAYS_AHEAD_MONTHLY = 35  # the next month is there before this one is over

# Waiting for a long report keeps everybody waiting who comes behind; the next round tries again.
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"
# Any fixed number that no other program in the same database is likely to choose.
_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(0x6C6C6D706172)")

_LIST = text(
    "SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits"
    " JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = CAST(:parent AS regclass)"
)
_BOUNDS = re.compile(r"FOR VALUES FROM \((MINVALUE|'?-?\d+'?)\) TO \('?(-?\d+)'?\)")


class Partition(msgspec.Struct, frozen=True, order=True):
    """Records with first <= started_at < end, unix microseconds; `first` is None when there is no lower bound."""

    end: int
    first: int | None
    name: str


async def list_partitions(session: AsyncSession) -> list[Partition]:
    """All partitions but the default one, oldest first; [] where the table has none."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    found = []
    for name, bounds in await session.execute(_LIST, {"parent": TABLE}):
        match = _BOUNDS.fullmatch(bounds)
        if match is not None:
            first = None if match[1] == "MINVALUE" else int(match[1].strip("'"))
            found.append(Partition(int(match[2]), first, name))
    return sorted(found)


async def ensure_partitions(session: AsyncSession, now: int, *, daily: bool = False) -> list[str]:
    """Make the partitions that are missing for `now` (unix microseconds) and the time ahead; returns their names."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    until = now + timedelta(days=_DAYS_AHEAD if daily else _DAYS_AHEAD_MONTHLY) // timedelta(microseconds=1)
    if not list(_gaps(await list_partitions(session), now, until, daily=daily)):
        return []
    await session.execute(text(_LOCK_TIMEOUT))
    await session.execute(_ADVISORY_LOCK)
    # Or a row might get there between the move and the attachment, which would fail then. An insert that waits for the
    # default partition at this moment is refused by PostgreSQL; repeated, it finds the new one.
    await session.execute(text(f"LOCK TABLE {DEFAULT} IN ACCESS EXCLUSIVE MODE"))
    made = []
    for first, end in _gaps(await list_partitions(session), now, until, daily=daily):
        name = f"{TABLE}_{_stamp(first)}_{_stamp(end)}"
        # Names and numbers of our own. Rows that wait in the default partition would keep the new one from being made.
        move = (
            f"WITH moved AS (DELETE FROM {DEFAULT} WHERE started_at >= {first} AND started_at < {end} RETURNING *)"  # noqa: S608
            f" INSERT INTO {name} SELECT * FROM moved"
        )
        await session.execute(text(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS)"))
        await session.execute(text(move))
        await session.execute(text(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end})"))
        made.append(name)
    return made


async def drop_expired(session: AsyncSession, cutoff: int) -> list[str]:
    """Drop the partitions in which every record started before `cutoff` (unix microseconds); returns their names."""
    expired = [partition.name for partition in await list_partitions(session) if partition.end <= cutoff]
    if expired:
        await session.execute(text(_LOCK_TIMEOUT))
        for name in expired:
            await session.execute(text(f"DROP TABLE IF EXISTS {name}"))
    return expired


def _gaps(existing: Sequence[Partition], now: int, until: int, *, daily: bool) -> Iterator[tuple[int, int]]:
    """The spans from the day or month of `now` to `until` that no partition covers, cut at days or months."""
    at = _floor(now, daily=daily)
    while at < until:
        covering = next((p for p in existing if (p.first is None or p.first <= at) and at < p.end), None)
        if covering is not None:
            at = covering.end
            continue
        later = [p.first for p in existing if p.first is not None and p.first > at]
        end = min([_next(at, daily=daily), *later])
        yield at, end
        at = end


def _floor(at: int, *, daily: bool) -> int:
    date = _date(at)
    return _micros(datetime(date.year, date.month, date.day if daily else 1, tzinfo=UTC))


def _next(at: int, *, daily: bool) -> int:
    return _floor(_floor(at, daily=daily) + (1 if daily else 32) * 86_400_000_000, daily=daily)


def _date(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1_000_000, tz=UTC)


def _micros(date: datetime) -> int:
    return int(date.timestamp()) * 1_000_000


def _stamp(at: int) -> str:
    return _date(at).strftime("%Y%m%d")
