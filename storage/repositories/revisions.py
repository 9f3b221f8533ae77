"""Revisions: reading the counters, and counting up in the transaction that changes something."""

from __future__ import annotations

from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Revision

ROUTES = "routes"
KEYS = "keys"
MARKER = "done: "
"""Rows with this prefix count nothing: they note that something was done once."""


async def current(session: AsyncSession) -> dict[str, int]:
    """All counters by name: "routes" and "keys"."""
    statement = select(Revision.name, Revision.value).where(Revision.name.not_like(f"{MARKER}%"))
    return {row.name: row.value for row in await session.execute(statement)}


async def bump(session: AsyncSession, name: str) -> None:
    """Count `name` up by one. The row's lock makes transactions that change the same kind of thing take turns."""
    statement = update(Revision).where(Revision.name == name).values(value=Revision.value + 1)
    result = await session.execute(statement.execution_options(synchronize_session=False))
    if not cast("CursorResult[object]", result).rowcount:
        msg = f"the database has no revision {name!r}: run the migrations"
        raise LookupError(msg)
