"""Options: reading those of an area, setting and removing one.

Some of them are for the data plane, so every change counts the revision "routes" up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Option
from storage.models.base import now
from storage.repositories import revisions


async def of_area(session: AsyncSession, area: str) -> Sequence[Option]:
    """What of the area is stored."""
    return (await session.scalars(select(Option).where(Option.area == area))).all()


async def put(
    session: AsyncSession,
    area: str,
    name: str,
    *,
    value: Any = None,  # noqa: ANN401  # whatever JSON holds
    sealed: bytes | None = None,
    actor: str,
) -> None:
    """Store a value, or a sealed one."""
    await revisions.bump(session, revisions.ROUTES)
    row = await session.get(Option, (area, name))
    if row is None:
        row = Option(area=area, name=name)
        session.add(row)
    row.value, row.sealed, row.actor, row.updated_at = value, sealed, actor, now()
    await session.flush()


async def remove(session: AsyncSession, area: str, name: str) -> bool:
    """Forget a value: file, environment or default count again. False when none was stored."""
    row = await session.get(Option, (area, name))
    if row is None:
        return False
    await revisions.bump(session, revisions.ROUTES)
    await session.delete(row)
    await session.flush()
    return True
