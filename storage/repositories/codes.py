"""Codes that are good once: queries and changes. Of any number who use one at the same time, one succeeds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Code


async def put(session: AsyncSession, row: Code) -> None:
    """Store a code, in place of one with the same id."""
    await session.execute(delete(Code).where(Code.id == row.id).execution_options(synchronize_session=False))
    session.add(row)
    await session.flush()


async def peek(session: AsyncSession, code_id: bytes, purpose: str, *, now: int) -> Code | None:
    """The code, unless it has expired or is for something else."""
    statement = select(Code).where(Code.id == code_id, Code.purpose == purpose, Code.expires_at > now)
    return (await session.scalars(statement)).one_or_none()


async def take(session: AsyncSession, code_id: bytes, purpose: str, *, now: int) -> Code | None:
    """Use a code up. None: there is none, it has expired, or somebody else was first."""
    row = await peek(session, code_id, purpose, now=now)
    if row is None:
        return None
    statement = delete(Code).where(Code.id == code_id).execution_options(synchronize_session=False)
    done: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # a DELETE has a row count
    if done.rowcount != 1:
        return None
    session.expunge(row)
    return row


async def guess(session: AsyncSession, code_id: bytes, purpose: str, code: bytes, *, now: int) -> Code | None:
    """Use a short code up when it is right; a wrong one costs one of its tries, the last of which ends it.

    The try is spent before the code is compared: guesses at the same time do not share one. Commit in both cases.
    """
    statement = (
        update(Code)
        .where(Code.id == code_id, Code.purpose == purpose, Code.tries > 0, Code.expires_at > now)
        .values(tries=Code.tries - 1)
        .execution_options(synchronize_session=False)
    )
    done: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # an UPDATE has a row count
    if done.rowcount != 1:
        return None
    row = await peek(session, code_id, purpose, now=now)
    return None if row is None or row.code != code else await take(session, code_id, purpose, now=now)


async def remove_of(session: AsyncSession, user_id: int, purpose: str = "") -> None:
    """Forget the codes of a user, of one purpose or all."""
    statement = delete(Code).where(Code.user_id == user_id).execution_options(synchronize_session=False)
    await session.execute(statement.where(Code.purpose == purpose) if purpose else statement)


async def remove_purpose(session: AsyncSession, purpose: str) -> None:
    """Forget all codes of a purpose."""
    await session.execute(delete(Code).where(Code.purpose == purpose).execution_options(synchronize_session=False))


async def remove_expired(session: AsyncSession, now: int) -> None:
    """Forget what has expired."""
    await session.execute(delete(Code).where(Code.expires_at <= now).execution_options(synchronize_session=False))
