"""Groups, their multipliers and rules: queries and changes. Every change counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Group, GroupOverride, Organisation, User
from storage.models.base import now
from storage.pricing.ratios import Ratios
from storage.pricing.units import ONE
from storage.repositories import revisions
from storage.repositories.changes import assign


async def list_all(session: AsyncSession) -> Sequence[Group]:
    """All groups by name."""
    return (await session.scalars(select(Group).order_by(Group.name))).all()


async def list_overrides(session: AsyncSession) -> Sequence[GroupOverride]:
    """All overrides by user group and used group."""
    statement = select(GroupOverride).order_by(GroupOverride.user_group, GroupOverride.used_group)
    return (await session.scalars(statement)).all()


async def ratios(session: AsyncSession) -> Ratios:
    """Everything, as replicas look it up."""
    overrides: dict[str, dict[str, int]] = {}
    for row in await list_overrides(session):
        overrides.setdefault(row.user_group, {})[row.used_group] = row.ratio
    return Ratios({row.name: row.ratio for row in await list_all(session)}, overrides)


async def set_ratio(session: AsyncSession, name: str, ratio: int, *, origin: str | None = None) -> Group:
    """The group with this multiplier, made when there was none; `origin` None leaves that of the group."""
    await revisions.bump(session, revisions.ROUTES)
    group = await session.get(Group, name)
    if group is None:
        group = Group(name=name, ratio=ratio, origin=origin or "api")
        session.add(group)
    group.ratio = ratio
    group.origin = origin or group.origin
    await session.flush()
    return group


async def get(session: AsyncSession, name: str) -> Group | None:
    """The group of that name."""
    return await session.get(Group, name)


async def write(session: AsyncSession, name: str, columns: Mapping[str, Any]) -> Group:
    """The group with these columns, made (x1, every model) when there was none."""
    await revisions.bump(session, revisions.ROUTES)
    group = await session.get(Group, name)
    if group is None:
        group = Group(name=name, ratio=ONE)
        session.add(group)
    assign(group, columns)
    group.updated_at = now()
    await session.flush()
    return group


async def set_auto_order(session: AsyncSession, names: Sequence[str]) -> None:
    """The groups behind "auto" in this order; those that have no row yet get one, all others leave it."""
    for row in await list_all(session):
        if row.auto_rank is not None and row.name not in names:
            row.auto_rank = None
    for rank, name in enumerate(names):
        await write(session, name, {"auto_rank": rank})
    await revisions.bump(session, revisions.ROUTES)
    await session.flush()


async def usable(session: AsyncSession, user: User) -> list[str]:
    """The groups that this user may choose for keys, by name; the user's own is one, and "auto" where there is any.

    An organisation's list is the most that its members may choose.
    """
    within = None
    if user.organisation_id is not None:
        organisation = await session.get(Organisation, user.organisation_id)
        within = organisation.groups if organisation is not None else None
    names = {user.group}
    auto = False
    for row in await list_all(session):
        allowed = bool({user.group, "*"} & set(row.usable_by or ())) and (within is None or row.name in within)
        names |= {row.name} if allowed else set()
        auto = auto or (row.auto_rank is not None and (allowed or row.name == user.group))
    return sorted(names | ({"auto"} if auto else set()))


async def count_users(session: AsyncSession) -> dict[str, int]:
    """How many users are in each group."""
    statement = select(User.group, func.count()).where(User.deleted_at.is_(None)).group_by(User.group)
    return {row[0]: row[1] for row in await session.execute(statement)}


async def set_overrides(session: AsyncSession, user_group: str, by_used_group: dict[str, int]) -> None:
    """The overrides for users of one group, in place of those there were."""
    await revisions.bump(session, revisions.ROUTES)
    await session.execute(delete(GroupOverride).where(GroupOverride.user_group == user_group))
    session.add_all(
        GroupOverride(user_group=user_group, used_group=used_group, ratio=ratio)
        for used_group, ratio in sorted(by_used_group.items())
    )
    await session.flush()


async def remove(session: AsyncSession, name: str) -> bool:
    """Delete the group's multiplier and the overrides of its users; False when there was none."""
    await revisions.bump(session, revisions.ROUTES)
    await session.execute(delete(GroupOverride).where(GroupOverride.user_group == name))
    group = await session.get(Group, name)
    if group is None:
        return False
    await session.delete(group)
    await session.flush()
    return True
