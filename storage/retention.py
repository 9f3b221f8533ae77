"""What is kept for how long, and the regular work on the tables of usage: partitions ahead, deleting what has expired.

`maintain` is called every few minutes by whoever watches the database; it may be interrupted and repeated at any point.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import msgspec
from sqlalchemy import ColumnElement, CursorResult, Table, TableClause, column, delete, select, table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage import partitions
from storage.models import Usage
from storage.repositories import captures
from storage.repositories.failed_requests import TABLE as FAILED
from storage.rollups.tables import ROLLUPS
from storage.rollups.times import TIMES

_DAY_US = 86_400_000_000
# Rows deleted in one transaction: settling waits for it on SQLite.
CHUNK = 2_000
_PAUSE_S = 0.02
_RECORDS: Table = Usage.__table__  # type: ignore[assignment]  # the mapper types it as any selectable


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """For how many days to keep what; 0 is for ever.

    On PostgreSQL usage records go by whole partitions: they stay up to a day longer when they are kept for at most
    partitions.DAILY_UP_TO_DAYS days, up to a month longer otherwise.
    """

    usage_days: int = 0
    rollup_days: int = 0


class Maintained(msgspec.Struct, kw_only=True):
    """What one round did."""

    partitions_made: list[str] = []
    partitions_dropped: list[str] = []
    records_deleted: int = 0  # without those of dropped partitions
    rollups_deleted: int = 0
    failures_deleted: int = 0
    captures_deleted: int = 0


async def maintain(sessions: async_sessionmaker[AsyncSession], settings: Retention, now: float) -> Maintained:
    """Do what is due at `now` (unix seconds). Raises what the database raises; what was done before that stays."""
    done = Maintained()
    at = int(now * 1_000_000)
    daily = 0 < settings.usage_days <= partitions.DAILY_UP_TO_DAYS
    async with sessions.begin() as session:
        done.partitions_made = await partitions.ensure_partitions(session, at, daily=daily)
    if settings.usage_days:
        cutoff = at - settings.usage_days * _DAY_US
        async with sessions.begin() as session:
            done.partitions_dropped = await partitions.drop_expired(session, cutoff)
        for records in await _without_bound(sessions):
            done.records_deleted += await _delete_before(sessions, records, records.c.started_at, cutoff)
        done.failures_deleted = await _delete_before(sessions, FAILED, FAILED.c.started_at, cutoff)
    if settings.rollup_days:
        # By whole days: part of a day would be a wrong sum.
        cutoff = at - at % _DAY_US - settings.rollup_days * _DAY_US
        for rollup in (*ROLLUPS, *TIMES):
            done.rollups_deleted += await _delete_before(sessions, rollup.table, rollup.table.c.bucket, cutoff)
    done.captures_deleted = await _purge_captures(sessions, int(now))
    return done


async def _purge_captures(sessions: async_sessionmaker[AsyncSession], now: int) -> int:
    """Captured requests whose own time is over; rows are large, so few at a time."""
    deleted = 0
    while True:
        async with sessions.begin() as session:
            gone = await captures.purge(session, now)
        deleted += gone
        if not gone:
            return deleted
        await asyncio.sleep(_PAUSE_S)


async def _without_bound(sessions: async_sessionmaker[AsyncSession]) -> list[TableClause]:
    """Where records expire one by one: the whole table, or the partitions that have no beginning."""
    async with sessions() as session:
        if session.get_bind().dialect.name != "postgresql":
            return [_RECORDS]
        found = await partitions.list_partitions(session)
    names = [partition.name for partition in found if partition.first is None]
    return [table(name, column("started_at")) for name in (*names, partitions.DEFAULT)]


async def _delete_before(
    sessions: async_sessionmaker[AsyncSession], rows: TableClause, time: ColumnElement[int], cutoff: int
) -> int:
    deleted = 0
    while True:
        async with sessions.begin() as session:
            last = await session.scalar(select(time).where(time < cutoff).order_by(time).offset(CHUNK - 1).limit(1))
            expired = time < cutoff if last is None else time <= last
            done = await session.execute(delete(rows).where(expired))
        deleted += cast("CursorResult[Any]", done).rowcount
        if last is None:
            return deleted
        await asyncio.sleep(_PAUSE_S)  # for those who wait to write
