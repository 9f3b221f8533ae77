"""What belongs to keys in other tables: their budgets, and the rate limits that count one key alone. Reading only."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Budget, Limit


async def budgets(session: AsyncSession, key_ids: Collection[int]) -> dict[int, list[Budget]]:
    """The budgets of these keys, by key."""
    statement = select(Budget).where(Budget.scope == "key", Budget.scope_id.in_(key_ids)).order_by(Budget.id)
    found: dict[int, list[Budget]] = {}
    for row in await session.scalars(statement) if key_ids else ():
        found.setdefault(row.scope_id, []).append(row)
    return found


async def limits(session: AsyncSession, key_ids: Collection[int]) -> dict[int, list[Limit]]:
    """The rate limits that match one of these keys and nothing else, by key."""
    statement = select(Limit).where(Limit.key_id.in_(key_ids)).order_by(Limit.id)
    found: dict[int, list[Limit]] = {}
    for row in await session.scalars(statement) if key_ids else ():
        if row.enabled and not (row.user_id or row.channel_id or row.team_id or row.group or row.model or row.per):
            found.setdefault(row.key_id, []).append(row)
    return found
