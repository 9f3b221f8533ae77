"""What was taken over from other gateways: looking it up, and noting it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ImportedItem


async def known(session: AsyncSession, source: str, kind: str, foreign_ids: Collection[str]) -> dict[str, int]:
    """Of these ids there those that were taken before, with the ids that they have here."""
    if not foreign_ids:
        return {}
    statement = select(ImportedItem.foreign_id, ImportedItem.local_id).where(
        ImportedItem.source == source, ImportedItem.kind == kind, ImportedItem.foreign_id.in_(foreign_ids)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def note(session: AsyncSession, source: str, kind: str, foreign_id: str, local_id: int, *, at: int) -> None:
    """Remember that it was taken. Raises sqlalchemy.exc.IntegrityError when it was before."""
    session.add(ImportedItem(source=source, kind=kind, foreign_id=foreign_id, local_id=local_id, at=at))
    await session.flush()


async def note_all(session: AsyncSession, source: str, kind: str, made: Mapping[str, int], *, at: int) -> None:
    """Remember all of these, ids there and here, as `note` does."""
    rows = [
        {"source": source, "kind": kind, "foreign_id": foreign_id, "local_id": local_id, "at": at}
        for foreign_id, local_id in made.items()
    ]
    if rows:
        await session.execute(insert(ImportedItem), rows)
