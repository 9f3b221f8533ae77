"""What is new since the last look, for those who watch: settled batches and whose requests are in them. Cheap."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Announcement, Settlement, Usage

MOST_BATCHES = 100
"""Of more batches the latest count."""

Owner = tuple[int, int]
"""User and organisation, 0: none."""


async def batches(session: AsyncSession, behind: str) -> Sequence[str]:
    """The ids of the batches that were settled behind that one, the latest first."""
    statement = select(Settlement.id).where(Settlement.id > behind).order_by(Settlement.id.desc()).limit(MOST_BATCHES)
    return (await session.scalars(statement)).all()


async def latest(session: AsyncSession) -> str:
    """The id of the latest batch, "" when there is none."""
    return (await session.scalar(select(func.max(Settlement.id)))) or ""


async def owners(session: AsyncSession, ids: Collection[str]) -> set[Owner]:
    """Whose requests are in these batches."""
    if not ids:
        return set()
    batch = Usage.__table__.c.batch
    statement = select(Usage.user_id, Usage.organisation_id).where(batch.in_(ids)).distinct()
    return {(row[0], row[1]) for row in await session.execute(statement)}


async def announcements(session: AsyncSession) -> tuple[int, str]:
    """How many announcements there are and when one was changed last: another answer means another list."""
    row = (await session.execute(select(func.count(), func.max(Announcement.updated_at)))).one()
    return row[0], str(row[1])
