"""The index of failed requests: written in the transaction that inserts their rows. usage_search.py reads it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import cast

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import FailedRequest
from storage.records import UsageRecord

TABLE = cast("Table", FailedRequest.__table__)
_NAMES = tuple(column.name for column in TABLE.columns)


async def add(session: AsyncSession, records: Sequence[UsageRecord]) -> None:
    """Enter those of the records that failed. They must be what `insert_new` returned: with the values as stored.

    One that is there already changes nothing: retention deletes a row and its entry here at different times.
    """
    rows = [
        {name: getattr(record, name) for name in _NAMES}
        for record in records
        if record.status >= 400 or record.end != "complete"
    ]
    if rows:
        await session.execute(_insert((await session.connection()).dialect.name), rows)


@cache
def _insert(dialect: str) -> Executable:
    if dialect == "mysql":
        return mysql.insert(TABLE).prefix_with("IGNORE")
    if dialect == "postgresql":
        return postgresql.insert(TABLE).on_conflict_do_nothing()
    return sqlite.insert(TABLE).on_conflict_do_nothing()
