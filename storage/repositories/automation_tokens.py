"""Automation tokens: queries and changes. Looked up at each request of the admin API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import AutomationToken, User
from storage.models.base import now
from storage.repositories.changes import assign

USED_TO = timedelta(hours=1)
"""How exact `last_used_at` is: a program that calls often does not write at each call."""


def query(*, user_id: int | None = None, organisation_id: int | None = None) -> Select[AutomationToken]:
    """All tokens, a user's, or those of an organisation's users; to be filtered and paged by storage.listing."""
    statement = select(AutomationToken)
    if user_id is not None:
        statement = statement.where(AutomationToken.user_id == user_id)
    if organisation_id is not None:
        members = select(User.id).where(User.organisation_id == organisation_id)
        statement = statement.where(AutomationToken.user_id.in_(members))
    return statement


async def count(session: AsyncSession, user_id: int) -> int:
    """How many tokens a user has."""
    statement = select(func.count()).select_from(AutomationToken).where(AutomationToken.user_id == user_id)
    return await session.scalar(statement) or 0


async def change(session: AsyncSession, token: AutomationToken, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False when all had that value."""
    if not assign(token, changes):
        return False
    token.updated_at = now()
    await session.flush()
    return True


async def find_by_digest(session: AsyncSession, digest: bytes) -> AutomationToken | None:
    """The token whose SHA-256 is `digest`."""
    return (await session.scalars(select(AutomationToken).where(AutomationToken.digest == digest))).one_or_none()


async def get(session: AsyncSession, token_id: int) -> AutomationToken | None:
    """The token of that id."""
    return await session.get(AutomationToken, token_id)


async def add(session: AsyncSession, token: AutomationToken) -> AutomationToken:
    """Store a new token."""
    session.add(token)
    await session.flush()
    return token


async def remove(session: AsyncSession, token: AutomationToken) -> None:
    """Delete a token."""
    await session.delete(token)
    await session.flush()


async def remove_of(session: AsyncSession, user_id: int) -> None:
    """Delete all tokens of a user."""
    statement = delete(AutomationToken).where(AutomationToken.user_id == user_id)
    await session.execute(statement.execution_options(synchronize_session=False))


def stale(token: AutomationToken) -> bool:
    """Whether the time of last use is to be written again."""
    return token.last_used_at is None or now() - token.last_used_at > USED_TO


async def used(session: AsyncSession, token_id: int) -> None:
    """Note that a token was used now."""
    statement = update(AutomationToken).where(AutomationToken.id == token_id).values(last_used_at=now())
    await session.execute(statement.execution_options(synchronize_session=False))
