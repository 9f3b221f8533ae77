"""Claims and answers of requests with an Idempotency-Key: every query and change.

A change names the attempt it is about (`request_id`) and says whether it found it: of two that want the same claim one
wins, whatever replica they run on.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Table, delete, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.idempotent_answer import IdempotentAnswer

RUNNING = "running"
KEPT = "kept"
LARGE = "large"

_CHUNK = 500
# Statements about the table and not about the class: the ORM's way takes twice as long, and nothing here needs it.
_ROWS = cast("Table", IdempotentAnswer.__table__)


async def claim(session: AsyncSession, row: IdempotentAnswer) -> bool:
    """Store a claim; False when there is one of that id. One statement, atomic on every database."""
    statement = _insert((await session.connection()).dialect.name)
    result = await session.execute(statement, _values(row))
    return cast("CursorResult[Any]", result).rowcount == 1


async def find(session: AsyncSession, claim_id: bytes) -> IdempotentAnswer | None:
    """The claim or answer of that id."""
    return await session.get(IdempotentAnswer, claim_id)


async def take_over(session: AsyncSession, before: IdempotentAnswer, row: IdempotentAnswer) -> bool:
    """Put `row` in the place of `before`; False when that was renewed, finished or taken over meanwhile."""
    found = (
        _ROWS.c.id == before.id,
        _ROWS.c.request_id == before.request_id,
        _ROWS.c.state == before.state,
        _ROWS.c.lease_until == before.lease_until,
    )
    return await _changed(session, update(_ROWS).where(*found).values(_values(row))) == 1


async def renew(session: AsyncSession, request_ids: Collection[str], lease_until: int) -> None:
    """Prolong the claims of these attempts."""
    found = _ROWS.c.request_id.in_(sorted(request_ids)), _ROWS.c.state == RUNNING
    await session.execute(update(_ROWS).where(*found).values(lease_until=lease_until))


async def finish(session: AsyncSession, claim_id: bytes, request_id: str, state: str, sealed: bytes | None) -> bool:
    """Store the attempt's answer; False when the claim is not the attempt's any more."""
    found = _ROWS.c.id == claim_id, _ROWS.c.request_id == request_id
    return await _changed(session, update(_ROWS).where(*found).values(state=state, sealed=sealed)) == 1


async def release(session: AsyncSession, claim_id: bytes, request_id: str) -> bool:
    """Forget the attempt, so that the next one runs anew; False when the claim is not the attempt's any more."""
    found = _ROWS.c.id == claim_id, _ROWS.c.request_id == request_id
    return await _changed(session, delete(_ROWS).where(*found)) == 1


async def purge(session: AsyncSession, now: int) -> int:
    """Delete some of what has expired; returns how many, 0 when nothing is left."""
    expired = select(_ROWS.c.id).where(_ROWS.c.expires_at <= now).limit(_CHUNK)
    ids = (await session.scalars(expired)).all()
    if not ids:
        return 0
    # Asked again with the deletion: a row may have been taken over meanwhile.
    found = _ROWS.c.id.in_(ids), _ROWS.c.expires_at <= now
    await session.execute(delete(_ROWS).where(*found))
    return len(ids)


async def _changed(session: AsyncSession, statement: Executable) -> int:
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount


def _values(row: IdempotentAnswer) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in _ROWS.columns}


@cache
def _insert(dialect: str) -> Executable:
    """Insert, or change nothing where there is a row of that id."""
    if dialect == "mysql":
        return mysql.insert(_ROWS).prefix_with("IGNORE")
    if dialect == "postgresql":
        return postgresql.insert(_ROWS).on_conflict_do_nothing()
    return sqlite.insert(_ROWS).on_conflict_do_nothing()
