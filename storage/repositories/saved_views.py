"""Saved views of the console: queries and changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import SavedView
from storage.models.base import now
from storage.repositories.changes import assign

ORGANISATION = "organisation"
EVERYBODY = "everybody"
MOST_SHOWN = 1000


async def seen_by(
    session: AsyncSession, user_id: int, organisation_id: int | None, page: str | None
) -> Sequence[SavedView]:
    """The user's own views and those that are shared with them, by page, position and name."""
    parts = [SavedView.user_id == user_id, SavedView.shared == EVERYBODY]
    if organisation_id is not None:
        parts.append(and_(SavedView.shared == ORGANISATION, SavedView.organisation_id == organisation_id))
    statement = select(SavedView).where(or_(*parts))
    if page is not None:
        statement = statement.where(SavedView.page == page)
    order = (SavedView.page, SavedView.position, SavedView.name, SavedView.id)
    return (await session.scalars(statement.order_by(*order).limit(MOST_SHOWN))).all()


async def count(session: AsyncSession, user_id: int) -> int:
    """How many views a user has."""
    statement = select(func.count()).select_from(SavedView).where(SavedView.user_id == user_id)
    return (await session.scalar(statement)) or 0


async def get(session: AsyncSession, view_id: int) -> SavedView | None:
    """The view of that id."""
    return await session.get(SavedView, view_id)


async def create(session: AsyncSession, row: SavedView) -> SavedView:
    """Store a new one."""
    session.add(row)
    await session.flush()
    return row


async def update(session: AsyncSession, row: SavedView, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False when all had that value."""
    if not assign(row, changes):
        return False
    row.updated_at = now()
    await session.flush()
    return True


async def remove(session: AsyncSession, row: SavedView) -> None:
    """Delete it."""
    await session.delete(row)
    await session.flush()


async def remove_of(session: AsyncSession, user_id: int) -> None:
    """Delete the views of a user."""
    await session.execute(delete(SavedView).where(SavedView.user_id == user_id))
