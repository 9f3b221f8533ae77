"""Counters of attempts: taken before the attempt is made, so that any number at the same time are all counted."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import CursorResult, Executable, case, delete, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Attempt


class Allowance(NamedTuple):
    """`times` attempts within `window_s` seconds; one more locks for `lock_s` seconds."""

    times: int
    window_s: int
    lock_s: int


async def take(session: AsyncSession, counter: bytes, allowance: Allowance, *, now: int) -> int:
    """Count an attempt; 0, or the seconds to wait when it may not be made. Commit at once, before the attempt."""
    if not await _add(session, counter, allowance, now):
        await session.execute(_insert(session.get_bind().dialect.name, counter, now, now + allowance.window_s))
        await _add(session, counter, allowance, now)  # whoever has made it
    row = (
        await session.execute(select(Attempt.tried, Attempt.locked_until).where(Attempt.id == counter))
    ).one_or_none()
    if row is None:
        return 0
    if row.locked_until > now:
        return int(row.locked_until - now)
    if row.tried <= allowance.times:
        return 0
    until = now + allowance.lock_s
    # The lock ends with a new window: what was tried before does not count again.
    statement = update(Attempt).where(Attempt.id == counter).values(locked_until=until, expires_at=until, since=0)
    await session.execute(statement.execution_options(synchronize_session=False))
    return allowance.lock_s


async def _add(session: AsyncSession, counter: bytes, allowance: Allowance, now: int) -> bool:
    over = (Attempt.since <= now - allowance.window_s) & (Attempt.locked_until <= now)
    # In this order: MySQL's later assignments see the earlier ones.
    statement = (
        update(Attempt)
        .where(Attempt.id == counter)
        .ordered_values(
            (Attempt.tried, case((over, 1), else_=Attempt.tried + 1)),
            (Attempt.expires_at, case((over, now + allowance.window_s), else_=Attempt.expires_at)),
            (Attempt.since, case((over, now), else_=Attempt.since)),
        )
        .execution_options(synchronize_session=False)
    )
    done: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # an UPDATE has a row count
    return done.rowcount > 0


def _insert(dialect: str, counter: bytes, now: int, expires_at: int) -> Executable:
    """Make the counter unless somebody else did.

    Who finds it there holds the lock of a writer, never that of a reader only: two of those cannot both go on to write.
    """
    values = {"id": counter, "tried": 0, "since": now, "locked_until": 0, "expires_at": expires_at}
    if dialect == "mysql":
        return mysql.insert(Attempt).values(values).on_duplicate_key_update(id=counter)
    if dialect == "postgresql":
        return postgresql.insert(Attempt).values(values).on_conflict_do_nothing()
    return sqlite.insert(Attempt).values(values).on_conflict_do_nothing()


async def clear(session: AsyncSession, *counters: bytes) -> None:
    """Begin anew: the attempt was good, or an operator says so."""
    statement = delete(Attempt).where(Attempt.id.in_(counters))
    await session.execute(statement.execution_options(synchronize_session=False))


async def mark(session: AsyncSession, counter: bytes, *, now: int, seconds: int) -> None:
    """Remember for so long that something was done now; `marked` says when. Twice in a second is two times."""
    since = max(now, await marked(session, counter) + 1)
    await clear(session, counter)
    await session.execute(_insert(session.get_bind().dialect.name, counter, since, now + seconds))


async def marked(session: AsyncSession, counter: bytes) -> int:
    """When it was done last, in unix seconds; 0: not lately."""
    return await session.scalar(select(Attempt.since).where(Attempt.id == counter)) or 0


async def remove_expired(session: AsyncSession, now: int) -> None:
    """Forget counters whose window is over."""
    statement = delete(Attempt).where(Attempt.expires_at <= now)
    await session.execute(statement.execution_options(synchronize_session=False))
