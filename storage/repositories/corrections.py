"""Corrections of what requests cost: reading them and noting new ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Correction

TASK = "task-"
"""Corrections of such references settle an asynchronous task: they belong to its usage and stay at any price."""


class Sums(NamedTuple):
    """By how much a request's two amounts were changed so far, nano-USD."""

    cost: int = 0
    provider_cost: int = 0


async def list_for(session: AsyncSession, request_id: str) -> Sequence[Correction]:
    """The corrections of one request, the earliest first."""
    statement = select(Correction).where(Correction.request_id == request_id)
    return (await session.scalars(statement.order_by(Correction.at, Correction.reference))).all()


async def sums(session: AsyncSession, request_ids: Collection[str]) -> dict[str, Sums]:
    """The sums by request id, of those that were corrected to another price."""
    statement = (
        select(Correction.request_id, func.sum(Correction.cost), func.sum(Correction.provider_cost))
        .where(Correction.request_id.in_(request_ids), Correction.reference.not_like(f"{TASK}%"))
        .group_by(Correction.request_id)
    )
    return {row[0]: Sums(int(row[1]), int(row[2])) for row in await session.execute(statement)}


async def add(session: AsyncSession, corrections: Sequence[Correction]) -> None:
    """Note new ones."""
    session.add_all(corrections)
    await session.flush()
