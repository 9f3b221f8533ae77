"""Admin tokens: queries and changes. No revision follows them: the admin API looks a token up at each request."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import AdminToken


async def list_all(session: AsyncSession) -> Sequence[AdminToken]:
    """All tokens, oldest first."""
    return (await session.scalars(select(AdminToken).order_by(AdminToken.id))).all()


async def count(session: AsyncSession) -> int:
    """How many tokens there are; 0 means that nobody can administer the gateway yet."""
    return await session.scalar(select(func.count()).select_from(AdminToken)) or 0


async def find_by_digest(session: AsyncSession, digest: bytes) -> AdminToken | None:
    """The token whose SHA-256 is `digest`."""
    return (await session.scalars(select(AdminToken).where(AdminToken.digest == digest))).one_or_none()


async def find_by_name(session: AsyncSession, name: str) -> Sequence[AdminToken]:
    """The tokens of that name, oldest first."""
    return (await session.scalars(select(AdminToken).where(AdminToken.name == name).order_by(AdminToken.id))).all()


async def create(session: AsyncSession, digest: bytes, name: str) -> AdminToken:
    """Store a new token. Raises sqlalchemy.exc.IntegrityError when it exists."""
    token = AdminToken(digest=digest, name=name)
    session.add(token)
    await session.flush()
    return token


async def remove(session: AsyncSession, token: AdminToken) -> None:
    """Delete the token."""
    await session.delete(token)
    await session.flush()


async def remove_all(session: AsyncSession) -> int:
    """Delete every token; returns how many there were."""
    before = await count(session)
    await session.execute(delete(AdminToken).execution_options(synchronize_session=False))
    return before
