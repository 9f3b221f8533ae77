"""Groups and their multipliers: queries and changes. Every change counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Group, GroupOverride
from storage.pricing.ratios import Ratios
from storage.repositories import revisions


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
