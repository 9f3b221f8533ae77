"""Adding the sums of a batch to the stored roll-ups: one statement for each of the two tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.models import UsageDay, UsageHour
from storage.records import UsageRecord
from storage.rollups.groups import DIMENSIONS, SUMS, Group, Sums, by_day, by_hour, digest

HOURS: Table = UsageHour.__table__  # type: ignore[assignment]  # the mapper types it as any selectable
DAYS: Table = UsageDay.__table__  # type: ignore[assignment]

# A sum of money stops here: an upstream that reports absurd numbers must not hold up the settling of all others.
_MOST = 2**63 - 1
_MONEY = ("cost", "provider_cost")
_COLUMNS = ("bucket", "digest", *DIMENSIONS, *SUMS)


async def add(session: AsyncSession, records: Sequence[UsageRecord]) -> None:
    """Add the records to the sums of their hour and day. They must be new: exactly what `insert_new` returned."""
    if not records:
        return
    hours = by_hour(records)
    connection = await session.connection()
    await upsert(connection, HOURS, hours)
    await upsert(connection, DAYS, by_day(hours))


async def upsert(connection: AsyncConnection, table: Table, groups: dict[Group, Sums]) -> None:
    """Add the sums to the rows of the table, which are made where they are missing.

    The rows are locked in the order of the primary key, so that settling batches wait for each other but never in a
    circle.
    """
    rows = sorted((bucket, digest(dimensions), dimensions, sums) for (bucket, dimensions), sums in groups.items())
    values = [
        (bucket, key, *dimensions, *[min(number, _MOST) for number in sums]) for bucket, key, dimensions, sums in rows
    ]
    dialect = connection.dialect.name
    statement = _statement(dialect, table)
    if dialect == "postgresql":
        await connection.exec_driver_sql(statement, tuple(map(list, zip(*values, strict=True))))
    else:
        await connection.exec_driver_sql(statement, values)


@cache
def _statement(dialect: str, table: Table) -> str:
    """Insert or add, in the words of the database's driver."""
    name = table.name
    words: Any
    # S608: the texts are made of our own names only.
    if dialect == "postgresql":
        words = postgresql.dialect()  # type: ignore[no-untyped-call]
        # Columns as arrays: one statement and one round trip for any number of rows.
        types = [table.c[column].type.compile(words).split("(")[0] for column in _COLUMNS]
        arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types, 1))
        sums = ", ".join(
            f"{column} = least({name}.{column}::numeric + excluded.{column}, {_MOST})"
            if column in _MONEY
            else f"{column} = {name}.{column} + excluded.{column}"
            for column in SUMS
        )
        return (
            f"INSERT INTO {name} ({_quoted(words)}) SELECT * FROM unnest({arrays}) "  # noqa: S608
            f"ON CONFLICT (bucket, digest) DO UPDATE SET {sums}"
        )
    if dialect == "sqlite":
        words, mark, conflict = sqlite.dialect(), "?", "ON CONFLICT (bucket, digest) DO UPDATE SET"
        # Beyond 64 bits SQLite goes on in floating point, which the smaller of the two ends.
        money, other = "min({0} + excluded.{0}, {1})", "{0} + excluded.{0}"
    else:
        # VALUES(): MariaDB has no other name for the new row.
        words, mark, conflict = mysql.dialect(), "%s", "ON DUPLICATE KEY UPDATE"
        money, other = "LEAST(CAST({0} AS DECIMAL(30)) + VALUES({0}), {1})", "{0} + VALUES({0})"
    marks = ", ".join([mark] * len(_COLUMNS))
    sums = ", ".join(f"{column} = {(money if column in _MONEY else other).format(column, _MOST)}" for column in SUMS)
    return f"INSERT INTO {name} ({_quoted(words)}) VALUES ({marks}) {conflict} {sums}"  # noqa: S608


def _quoted(words: Any) -> str:  # noqa: ANN401 - SQLAlchemy does not type its dialects
    return ", ".join(map(words.identifier_preparer.quote, _COLUMNS))
