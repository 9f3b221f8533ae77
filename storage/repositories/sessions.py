"""Sessions of people: queries and changes. Whether a session still counts is decided here, by its times alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CursorResult, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Session, User

TOUCH_S = 60
"""How far `seen_at` may be behind."""


async def find(
    session: AsyncSession, digest: bytes, *, now: int, idle_s: int, lifetime_s: int
) -> tuple[Session, User] | None:
    """The session of that token and its user, unless it has expired. `idle_s` 0: idleness does not end it.

    `lifetime_s` is asked again here, so that a shorter one holds for sessions that are there already.
    """
    statement = select(Session, User).join(User, User.id == Session.user_id).where(Session.digest == digest)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        return None
    row, user = found
    if now >= min(row.expires_at, row.created_at + lifetime_s) or (idle_s and now - row.seen_at >= idle_s + TOUCH_S):
        return None
    return row, user


async def get(session: AsyncSession, session_id: int) -> Session | None:
    """The session of that id, whatever its state."""
    return await session.get(Session, session_id)


async def create(session: AsyncSession, row: Session) -> Session:
    """Store a new session."""
    session.add(row)
    await session.flush()
    return row


async def touch(session: AsyncSession, session_id: int, *, now: int, ip: str, agent: str) -> None:
    """Note where and when the session was seen, unless it was seen again since."""
    known = update(Session).where(Session.id == session_id, Session.seen_at <= now)
    await session.execute(known.values(seen_at=now, ip=ip, agent=agent))


async def step_up(session: AsyncSession, session_id: int, *, now: int) -> None:
    """Note that the person has proved who they are."""
    await session.execute(update(Session).where(Session.id == session_id).values(stepped_up_at=now))


def _living(user_id: int, now: int, idle_s: int) -> Select[Session]:
    statement = select(Session).where(Session.user_id == user_id, Session.expires_at > now)
    return statement.where(Session.seen_at > now - idle_s - TOUCH_S) if idle_s else statement


async def of_user(session: AsyncSession, user_id: int, *, now: int, idle_s: int, limit: int = 200) -> Sequence[Session]:
    """The sessions of a user that have not expired, newest first."""
    statement = _living(user_id, now, idle_s).order_by(Session.id.desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def remove(session: AsyncSession, user_id: int, session_id: int) -> bool:
    """End one session of a user; False when there is none."""
    statement = delete(Session).where(Session.id == session_id, Session.user_id == user_id)
    return await _count(session, statement) > 0


async def remove_token(session: AsyncSession, digest: bytes) -> None:
    """End the session of that token, whosever it is."""
    await _count(session, delete(Session).where(Session.digest == digest))


async def remove_of(session: AsyncSession, user_id: int, *, but: int | None = None) -> int:
    """End all sessions of a user, `but` one; returns how many there were."""
    statement = delete(Session).where(Session.user_id == user_id)
    return await _count(session, statement if but is None else statement.where(Session.id != but))


async def remove_oldest(session: AsyncSession, user_id: int, keep: int) -> int:
    """End the oldest sessions of a user beyond `keep`; returns how many."""
    statement = (
        select(Session.id).where(Session.user_id == user_id).order_by(Session.id.desc()).offset(keep).limit(1000)
    )
    ids = (await session.scalars(statement)).all()
    if not ids:
        return 0
    return await _count(session, delete(Session).where(Session.id.in_(ids)))


async def remove_expired(session: AsyncSession, now: int) -> int:
    """Forget sessions that ended by their age; returns how many."""
    return await _count(session, delete(Session).where(Session.expires_at <= now))


async def _count(session: AsyncSession, statement: Any) -> int:  # noqa: ANN401  # any DELETE
    done: CursorResult[Any] = await session.execute(statement.execution_options(synchronize_session=False))  # type: ignore[assignment]  # it counts rows
    return done.rowcount
