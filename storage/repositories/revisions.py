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
    await _write(session, name, 1)


async def take_turn(session: AsyncSession, name: str) -> None:
    """Wait for the others that change this kind of thing, and keep them waiting until this transaction ends.

    Call it before reading what a change depends on: nobody can change that meanwhile.
    """
    # An update that changes nothing: SQLite, which knows no SELECT ... FOR UPDATE, begins to lock with a write.
    await _write(session, name, 0)


async def _write(session: AsyncSession, name: str, more: int) -> None:
    statement = update(Revision).where(Revision.name == name).values(value=Revision.value + more)
    result = await session.execute(statement.execution_options(synchronize_session=False))
    if not cast("CursorResult[object]", result).rowcount:
        msg = f"the database has no revision {name!r}: run the migrations"
        raise LookupError(msg)
