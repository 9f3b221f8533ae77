"""Plans: queries and changes. What is sold keeps the words it was sold with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.base import now
from storage.models.plan import Plan
from storage.models.subscription import Subscription
from storage.repositories.changes import assign


def query(*, offered: bool = False) -> Select[Plan]:
    """All plans, or those that everybody may buy."""
    statement = select(Plan)
    return statement.where(Plan.enabled, Plan.public) if offered else statement


async def get(session: AsyncSession, plan_id: int) -> Plan | None:
    """The plan of that id."""
    return await session.get(Plan, plan_id)


async def find_by_name(session: AsyncSession, name: str) -> Plan | None:
    """The plan of that name."""
    return (await session.scalars(select(Plan).where(Plan.name == name))).one_or_none()


async def names(session: AsyncSession, ids: Collection[int]) -> dict[int, str]:
    """The names of the plans of these ids, as far as they exist."""
    if not ids:
        return {}
    found = await session.execute(select(Plan.id, Plan.name).where(Plan.id.in_(list(ids))))
    return {row[0]: row[1] for row in found}


async def create(session: AsyncSession, row: Plan) -> Plan:
    """Store a new plan; its id is filled in. Raises IntegrityError when the name is taken."""
    session.add(row)
    await session.flush()
    return row


async def update(session: AsyncSession, row: Plan, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value."""
    if not assign(row, changes):
        return False
    row.updated_at = now()
    await session.flush()
    return True


async def sold(session: AsyncSession, plan_ids: Collection[int]) -> dict[int, int]:
    """How many subscriptions run, by plan."""
    counted = (
        select(Subscription.plan_id, func.count())
        .where(Subscription.plan_id.in_(list(plan_ids)), Subscription.state == "active")
        .group_by(Subscription.plan_id)
    )
    return {row[0]: row[1] for row in await session.execute(counted)} if plan_ids else {}


async def ever_sold(session: AsyncSession, plan_id: int) -> bool:
    """Whether there is a subscription of it, running or not."""
    found = select(Subscription.id).where(Subscription.plan_id == plan_id).limit(1)
    return await session.scalar(found) is not None


async def remove(session: AsyncSession, row: Plan) -> None:
    """Delete a plan that was never sold."""
    await session.delete(row)
    await session.flush()
