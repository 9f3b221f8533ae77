"""Announcements: queries and changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Announcement
from storage.models.base import now
from storage.repositories.changes import assign


def query() -> Select[Announcement]:
    """All of them, to be filtered and paged by storage.listing."""
    return select(Announcement)


async def visible(session: AsyncSession, at: datetime, *, signed_in: bool, limit: int = 500) -> Sequence[Announcement]:
    """What is shown at a moment, in order."""
    statement = select(Announcement).where(
        Announcement.enabled.is_(True),
        or_(Announcement.visible_from.is_(None), Announcement.visible_from <= at),
        or_(Announcement.visible_until.is_(None), Announcement.visible_until > at),
    )
    if not signed_in:
        statement = statement.where(Announcement.signed_in_only.is_(False))
    order = (Announcement.kind, Announcement.position, Announcement.id)
    return (await session.scalars(statement.order_by(*order).limit(limit))).all()


async def get(session: AsyncSession, announcement_id: int) -> Announcement | None:
    """The one of that id."""
    return await session.get(Announcement, announcement_id)


async def create(session: AsyncSession, row: Announcement) -> Announcement:
    """Store a new one."""
    session.add(row)
    await session.flush()
    return row


async def update(session: AsyncSession, row: Announcement, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False when all had that value."""
    if not assign(row, changes):
        return False
    row.updated_at = now()
    await session.flush()
    return True


async def remove(session: AsyncSession, row: Announcement) -> None:
    """Delete it."""
    await session.delete(row)
    await session.flush()
