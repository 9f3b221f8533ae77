"""Channels: queries and changes. Every change counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Channel
from storage.models.base import now
from storage.repositories import revisions
from storage.repositories.changes import assign


async def list_all(session: AsyncSession) -> Sequence[Channel]:
    """All channels, by name."""
    return (await session.scalars(select(Channel).order_by(Channel.name))).all()


async def get(session: AsyncSession, channel_id: int) -> Channel | None:
    """The channel of that id."""
    return await session.get(Channel, channel_id)


async def find_by_name(session: AsyncSession, name: str) -> Channel | None:
    """The channel of that name."""
    return (await session.scalars(select(Channel).where(Channel.name == name))).one_or_none()


async def create(session: AsyncSession, channel: Channel) -> Channel:
    """Store a new channel; its id is filled in. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    await revisions.bump(session, revisions.ROUTES)
    session.add(channel)
    await session.flush()
    return channel


async def update(session: AsyncSession, channel: Channel, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    if not assign(channel, changes):
        return False
    channel.updated_at = now()
    await revisions.bump(session, revisions.ROUTES)
    await session.flush()
    return True


async def remove(session: AsyncSession, channel: Channel) -> None:
    """Delete the channel. Usage records keep its id, which is never given again."""
    await revisions.bump(session, revisions.ROUTES)
    await session.delete(channel)
    await session.flush()
