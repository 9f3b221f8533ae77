"""Claims and answers of requests with an Idempotency-Key: every query and change.

A change names the attempt it is about (`request_id`) and says whether it found it: of two that want the same claim one
wins, whatever replica they run on.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, delete, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.idempotent_answer import IdempotentAnswer

RUNNING = "running"
KEPT = "kept"
LARGE = "large"

_CHUNK = 500


async def claim(session: AsyncSession, row: IdempotentAnswer) -> bool:
    """Store a claim; False when there is one of that id. One statement, atomic on every database."""
    values = {column.name: getattr(row, column.name) for column in IdempotentAnswer.__table__.columns}
    dialect = (await session.connection()).dialect.name
    statement: Executable
    if dialect == "mysql":
        statement = mysql.insert(IdempotentAnswer).prefix_with("IGNORE").values(values)
    elif dialect == "postgresql":
        statement = postgresql.insert(IdempotentAnswer).values(values).on_conflict_do_nothing()
    else:
        statement = sqlite.insert(IdempotentAnswer).values(values).on_conflict_do_nothing()
    return await _changed(session, statement) == 1


async def find(session: AsyncSession, claim_id: bytes) -> IdempotentAnswer | None:
    """The claim or answer of that id."""
    return await session.get(IdempotentAnswer, claim_id)


async def take_over(session: AsyncSession, before: IdempotentAnswer, row: IdempotentAnswer) -> bool:
    """Put `row` in the place of `before`; False when that was renewed, finished or taken over meanwhile."""
    values = {column.name: getattr(row, column.name) for column in IdempotentAnswer.__table__.columns}
    found = (
        IdempotentAnswer.id == before.id,
        IdempotentAnswer.request_id == before.request_id,
        IdempotentAnswer.state == before.state,
        IdempotentAnswer.lease_until == before.lease_until,
    )
    return await _changed(session, update(IdempotentAnswer).where(*found).values(values)) == 1


async def renew(session: AsyncSession, request_ids: Collection[str], lease_until: int) -> None:
    """Prolong the claims of these attempts."""
    found = IdempotentAnswer.request_id.in_(sorted(request_ids)), IdempotentAnswer.state == RUNNING
    await session.execute(update(IdempotentAnswer).where(*found).values(lease_until=lease_until))


async def finish(session: AsyncSession, claim_id: bytes, request_id: str, state: str, sealed: bytes | None) -> bool:
    """Store the attempt's answer; False when the claim is not the attempt's any more."""
    found = IdempotentAnswer.id == claim_id, IdempotentAnswer.request_id == request_id
    return await _changed(session, update(IdempotentAnswer).where(*found).values(state=state, sealed=sealed)) == 1


async def release(session: AsyncSession, claim_id: bytes, request_id: str) -> bool:
    """Forget the attempt, so that the next one runs anew; False when the claim is not the attempt's any more."""
    found = IdempotentAnswer.id == claim_id, IdempotentAnswer.request_id == request_id
    return await _changed(session, delete(IdempotentAnswer).where(*found)) == 1


async def purge(session: AsyncSession, now: int) -> int:
    """Delete some of what has expired; returns how many, 0 when nothing is left."""
    expired = select(IdempotentAnswer.id).where(IdempotentAnswer.expires_at <= now).limit(_CHUNK)
    ids = (await session.scalars(expired)).all()
    if not ids:
        return 0
    # Asked again with the deletion: a row may have been taken over meanwhile.
    found = IdempotentAnswer.id.in_(ids), IdempotentAnswer.expires_at <= now
    await session.execute(delete(IdempotentAnswer).where(*found))
    return len(ids)


async def _changed(session: AsyncSession, statement: Executable) -> int:
    options = {"synchronize_session": False}
    return cast("CursorResult[Any]", await session.execute(statement, execution_options=options)).rowcount
