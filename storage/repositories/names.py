"""Names of things that have one: from id to name and back, for any of their tables."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Channel, Key, Organisation, Team, User

Named = type[Key] | type[User] | type[Organisation] | type[Team] | type[Channel]


async def names(session: AsyncSession, kind: Named, ids: Iterable[int]) -> dict[int, str]:
    """The present name of each id, "" for those that are gone."""
    wanted = set(ids)
    found: dict[int, str] = dict.fromkeys(wanted, "")
    some = sorted(wanted - {0})
    # Databases bound the number of parameters.
    for start in range(0, len(some), 1000):
        rows = await session.execute(select(kind.id, kind.name).where(kind.id.in_(some[start : start + 1000])))
        found.update({row[0]: row[1] for row in rows})
    return found


async def id_of(session: AsyncSession, kind: Named, name: str) -> int | None:
    """The id of the one with that name."""
    return await session.scalar(select(kind.id).where(kind.name == name))
