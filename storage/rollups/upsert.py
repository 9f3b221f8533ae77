"""Adding the sums of a batch to the stored roll-ups: one statement for each table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.records import UsageRecord
from storage.rollups import times
from storage.rollups.groups import SUMS, Groups, coarser, digest, finest
from storage.rollups.tables import ROLLUPS, Rollup

# A sum of money stops here: an upstream that reports absurd numbers must not hold up the settling of all others.
_MOST = 2**63 - 1
_MONEY = ("cost", "provider_cost")


async def add(session: AsyncSession, records: Sequence[UsageRecord]) -> None:
    """Add the records to the sums of their hour and day. They must be new: exactly what `insert_new` returned."""
    if not records:
        return
    groups = finest(records)
    connection = await session.connection()
    for rollup in ROLLUPS:
        await upsert(connection, rollup, coarser(groups, rollup.unit, who=rollup.who, what=rollup.what))
    await times.add(connection, records)


async def upsert(connection: AsyncConnection, rollup: Rollup, groups: Groups) -> None:
    """Add the sums to the rows of the table, which are made where they are missing.

    The rows are locked in the order of the primary key, so that settling batches wait for each other but never in a
    circle.
    """
    rows = sorted((bucket, digest(values), values, sums) for (bucket, values), sums in groups.items())
    parameters = [(bucket, key, *values, *_bounded(sums)) for bucket, key, values, sums in rows]
    statement = _statement(connection.dialect.name, rollup)
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(statement, tuple(map(_array, zip(*parameters, strict=True))))
    else:
        await connection.exec_driver_sql(statement, parameters)


def _bounded(sums: list[int]) -> list[int]:
    return sums if max(sums) <= _MOST else [min(number, _MOST) for number in sums]


def _array(column: Sequence[Any]) -> Any:  # noqa: ANN401 - the driver's parameters
    """The column as PostgreSQL's array; of numbers as text, which costs a third of what asyncpg's encoding does."""
    return f"{{{','.join(map(str, column))}}}" if type(column[0]) is int else list(column)


@cache
def _statement(dialect: str, rollup: Rollup) -> str:
    """Insert or add, in the words of the database's driver."""
    name = rollup.table.name
    columns = ("bucket", "digest", *rollup.dimensions, *SUMS)
    words: Any
    # S608: the texts are made of our own names only.
    if dialect == "postgresql":
        words = postgresql.dialect()  # type: ignore[no-untyped-call]
        # Columns as arrays: one statement and one round trip for any number of rows.
        types = [rollup.table.c[column].type for column in columns]
        arrays = ", ".join(
            f"${number}::{'text::' if isinstance(kind, Integer) else ''}{kind.compile(words).split('(')[0]}[]"
            for number, kind in enumerate(types, 1)
        )
        money, other = f"least({name}.{{0}}::numeric + excluded.{{0}}, {{1}})", f"{name}.{{0}} + excluded.{{0}}"
        rows, conflict = f"SELECT * FROM unnest({arrays})", "ON CONFLICT (bucket, digest) DO UPDATE SET"  # noqa: S608
    elif dialect == "sqlite":
        words = sqlite.dialect()
        # Beyond 64 bits SQLite goes on in floating point, which the smaller of the two ends.
        money, other = "min({0} + excluded.{0}, {1})", "{0} + excluded.{0}"
        rows = f"VALUES ({', '.join('?' * len(columns))})"
        conflict = "ON CONFLICT (bucket, digest) DO UPDATE SET"
    else:
        words = mysql.dialect()
        # VALUES(): MariaDB has no other name for the new row.
        money, other = "LEAST(CAST({0} AS DECIMAL(30)) + VALUES({0}), {1})", "{0} + VALUES({0})"
        rows, conflict = f"VALUES ({', '.join(['%s'] * len(columns))})", "ON DUPLICATE KEY UPDATE"
    names = ", ".join(map(words.identifier_preparer.quote, columns))
    sums = ", ".join(f"{column} = {(money if column in _MONEY else other).format(column, _MOST)}" for column in SUMS)
    return f"INSERT INTO {name} ({names}) {rows} {conflict} {sums}"
