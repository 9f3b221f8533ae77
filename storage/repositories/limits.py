"""Limits: queries and changes, and the names of what they match. Every change counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Channel, Key, Limit, User
from storage.models.base import now
from storage.repositories import revisions
from storage.repositories.changes import assign

SUBJECTS: Mapping[str, type[Key | User | Channel]] = {"key": Key, "user": User, "channel": Channel}
"""What a limit may name by id -> its table."""


async def list_all(session: AsyncSession) -> Sequence[Limit]:
    """All limits, by name."""
    return (await session.scalars(select(Limit).order_by(Limit.name))).all()


async def get(session: AsyncSession, limit_id: int) -> Limit | None:
    """The limit of that id."""
    return await session.get(Limit, limit_id)


async def find_by_name(session: AsyncSession, name: str) -> Limit | None:
    """The limit of that name."""
    return (await session.scalars(select(Limit).where(Limit.name == name))).one_or_none()


async def create(session: AsyncSession, limit: Limit) -> Limit:
    """Store a new limit; its id is filled in. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    await revisions.bump(session, revisions.ROUTES)
    session.add(limit)
    await session.flush()
    return limit


async def update(session: AsyncSession, limit: Limit, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    if not assign(limit, changes):
        return False
    limit.updated_at = now()
    await revisions.bump(session, revisions.ROUTES)
    await session.flush()
    return True


async def remove(session: AsyncSession, limit: Limit) -> None:
    """Delete the limit."""
    await revisions.bump(session, revisions.ROUTES)
    await session.delete(limit)
    await session.flush()


async def id_of(session: AsyncSession, kind: str, name: str) -> int | None:
    """The id of the key, user or channel of that name."""
    table = SUBJECTS[kind]
    return (await session.scalars(select(table.id).where(table.name == name))).one_or_none()


async def all_names(session: AsyncSession, kind: str) -> Sequence[str]:
    """The names of all keys, users or channels."""
    return (await session.scalars(select(SUBJECTS[kind].name))).all()


async def names_of(session: AsyncSession, limits: Iterable[Limit]) -> dict[tuple[str, int], str]:
    """(kind, id) -> name, of everything these limits name and that is still there."""
    rows = list(limits)
    names: dict[tuple[str, int], str] = {}
    for kind, table in SUBJECTS.items():
        wanted = {getattr(row, f"{kind}_id") for row in rows} - {0}
        if wanted:
            found = await session.execute(select(table.id, table.name).where(table.id.in_(wanted)))
            names |= {(kind, number): name for number, name in found}
    return names
