"""Users and teams as a directory (SCIM) sees them: found by its own ids and names, paged by number as SCIM pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Organisation, Team, TeamMember, User

ATTRIBUTES = {"username": User.name, "externalid": User.external_id, "emails": User.email, "emails.value": User.email}
"""Attribute of a filter, in small letters -> column. Addresses are stored in small letters."""


async def page(
    session: AsyncSession, *, attribute: str = "", value: str = "", organisation_id: int | None, start: int, count: int
) -> tuple[int, Sequence[User]]:
    """(how many there are, those from place `start`, which begins with 1); those who were removed are not there."""
    conditions: list[ColumnElement[bool]] = [User.deleted_at.is_(None)]
    if organisation_id is not None:
        conditions.append(User.organisation_id == organisation_id)
    if attribute:
        conditions.append(ATTRIBUTES[attribute] == value)
    total = await session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    if not count:
        return total, []
    statement = select(User).where(*conditions).order_by(User.id).offset(start - 1).limit(count)
    return total, (await session.scalars(statement)).all()


async def teams(
    session: AsyncSession,
    *,
    name: str = "",
    external_id: str = "",
    organisation: str = "",
    organisation_id: int | None,
    start: int,
    count: int,
) -> tuple[int, Sequence[Team]]:
    """As `page`, of teams: all, those of that name or a directory's id, those of an organisation by name or id."""
    conditions: list[ColumnElement[bool]] = []
    if organisation_id is not None:
        conditions.append(Team.organisation_id == organisation_id)
    if organisation:
        own = select(Organisation.id).where(Organisation.name == organisation).scalar_subquery()
        conditions.append(Team.organisation_id == own)
    if name:
        conditions.append(Team.name == name)
    if external_id:
        conditions.append(Team.external_id == external_id)
    total = await session.scalar(select(func.count()).select_from(Team).where(*conditions)) or 0
    if not count:
        return total, []
    statement = select(Team).where(*conditions).order_by(Team.id).offset(start - 1).limit(count)
    return total, (await session.scalars(statement)).all()


async def members(session: AsyncSession, team_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """Who is in each of these teams: (id, name), by id."""
    statement = (
        select(TeamMember.team_id, User.id, User.name)
        .join(User, User.id == TeamMember.user_id)
        .where(TeamMember.team_id.in_(team_ids), User.deleted_at.is_(None))
        .order_by(User.id)
    )
    found: dict[int, list[tuple[int, str]]] = {team_id: [] for team_id in team_ids}
    for row in await session.execute(statement):
        found[row[0]].append((row[1], row[2]))
    return found


async def people(session: AsyncSession, user_ids: Collection[int], organisation_id: int) -> dict[int, str]:
    """Of these users those of an organisation who were not removed: id -> name."""
    statement = select(User.id, User.name).where(
        User.id.in_(user_ids), User.organisation_id == organisation_id, User.deleted_at.is_(None)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}
