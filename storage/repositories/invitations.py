"""Invitations and the codes of those who bring others: queries and changes."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import CursorResult, Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Affiliate, Invitation, User

_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
_LENGTH = 8


def query() -> Select[Invitation]:
    """All invitations, to be filtered and paged by storage.listing."""
    return select(Invitation)


async def get(session: AsyncSession, invitation_id: int) -> Invitation | None:
    """The invitation of that id."""
    return await session.get(Invitation, invitation_id)


async def find(session: AsyncSession, digest: bytes, now: int) -> Invitation | None:
    """The invitation of that token, which is still good."""
    statement = select(Invitation).where(
        Invitation.digest == digest, Invitation.used_at == 0, Invitation.expires_at > now
    )
    return (await session.scalars(statement)).one_or_none()


async def by_digest(session: AsyncSession, digest: bytes) -> Invitation | None:
    """The invitation of that token, used or not."""
    return (await session.scalars(select(Invitation).where(Invitation.digest == digest))).one_or_none()


async def add(session: AsyncSession, row: Invitation) -> Invitation:
    """Store an invitation."""
    session.add(row)
    await session.flush()
    return row


async def use(session: AsyncSession, row: Invitation, now: int) -> bool:
    """Use an invitation up; False when somebody else was first."""
    statement = (
        update(Invitation)
        .where(Invitation.id == row.id, Invitation.used_at == 0)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    done: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # an UPDATE has a row count
    return done.rowcount == 1


async def used_by(session: AsyncSession, invitation_id: int, user_id: int) -> None:
    """Note who came by it."""
    statement = update(Invitation).where(Invitation.id == invitation_id).values(used_by=user_id)
    await session.execute(statement.execution_options(synchronize_session=False))


async def remove(session: AsyncSession, row: Invitation) -> None:
    """Withdraw an invitation."""
    await session.delete(row)
    await session.flush()


async def affiliate(session: AsyncSession, user_id: int, now: int) -> Affiliate:
    """The code of a user, made when it is first asked for."""
    row = await session.get(Affiliate, user_id)
    while row is None:
        code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        try:
            async with session.begin_nested():
                row = Affiliate(user_id=user_id, code=code, created_at=now)
                session.add(row)
        except IntegrityError:  # the code is somebody's, or another request made one just now
            row = await session.get(Affiliate, user_id)
    return row


async def whose(session: AsyncSession, code: str) -> int | None:
    """The user whose code that is."""
    statement = select(Affiliate.user_id).join(User, User.id == Affiliate.user_id)
    return await session.scalar(statement.where(Affiliate.code == code.strip().upper(), User.enabled.is_(True)))


async def brought(session: AsyncSession, user_id: int) -> int:
    """How many users somebody has brought."""
    return await session.scalar(select(func.count()).select_from(User).where(User.inviter_id == user_id)) or 0
