"""What keys have used so far: added to in the transaction that settles a batch, so that nothing counts twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import KeyTotal
from storage.records import UsageRecord

# A sum stops here: an upstream that reports absurd numbers must not hold up the settling of all others.
_MOST = 2**62
_NAME = cast("Table", KeyTotal.__table__).name


async def add(session: AsyncSession, records: Iterable[UsageRecord]) -> None:
    """Add records that were not there before: exactly what `insert_new` returned."""
    sums: dict[int, list[int]] = {}
    for record in records:
        if not record.key_id:
            continue
        found = sums.get(record.key_id)
        if found is None:
            sums[record.key_id] = found = [0, 0, 0]
        found[0] += 1
        found[1] += record.cost
        found[2] = max(found[2], record.started_at)
    await _upsert(session, [(key, each[0], each[1], each[2] // 1_000_000) for key, each in sums.items()])


async def correct(session: AsyncSession, differences: Iterable[UsageRecord]) -> None:
    """Add what requests cost more (or less) at other prices."""
    sums: dict[int, int] = {}
    for record in differences:
        if record.key_id and record.cost:
            sums[record.key_id] = sums.get(record.key_id, 0) + record.cost
    await _upsert(session, [(key, 0, cost, 0) for key, cost in sums.items()])


async def of(session: AsyncSession, key_ids: Collection[int]) -> dict[int, KeyTotal]:
    """The sums of these keys, by key; of those that were never used there are none."""
    if not key_ids:
        return {}
    rows = await session.scalars(select(KeyTotal).where(KeyTotal.key_id.in_(key_ids)))
    return {row.key_id: row for row in rows}


async def _upsert(session: AsyncSession, rows: list[tuple[int, int, int, int]]) -> None:
    if not rows:
        return
    connection = await session.connection()
    # In the order of the ids, so that settling batches wait for each other but never in a circle.
    values = [(key, count, max(-_MOST, min(cost, _MOST)), at) for key, count, cost, at in sorted(rows)]
    await connection.exec_driver_sql(_statement(connection.dialect.name), values)


@cache
def _statement(dialect: str) -> str:
    """Insert or add, in the words of the database's driver."""
    columns = "key_id, requests, cost, last_used_at"
    marks, new, greatest, conflict = "?, ?, ?, ?", "excluded.{0}", "max", "ON CONFLICT (key_id) DO UPDATE SET"
    cost = f"max(min({_NAME}.cost + excluded.cost, {_MOST}), {-_MOST})"
    if dialect == "postgresql":
        marks, greatest = "$1, $2, $3, $4", "greatest"
        cost = f"greatest(least({_NAME}.cost + excluded.cost, {_MOST}), {-_MOST})"
    elif dialect == "mysql":
        marks, new, greatest, conflict = "%s, %s, %s, %s", "VALUES({0})", "GREATEST", "ON DUPLICATE KEY UPDATE"
        cost = f"GREATEST(LEAST({_NAME}.cost + VALUES(cost), {_MOST}), {-_MOST})"
    sums = (
        f"requests = {_NAME}.requests + {new.format('requests')}, cost = {cost}, "
        f"last_used_at = {greatest}({_NAME}.last_used_at, {new.format('last_used_at')})"
    )
    return f"INSERT INTO {_NAME} ({columns}) VALUES ({marks}) {conflict} {sums}"  # noqa: S608  # our own names only
