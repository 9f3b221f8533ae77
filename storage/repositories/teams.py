"""Teams and who is in them: queries and changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import budgets
from storage.models import Key, Limit, Organisation, Team, TeamMember, User
from storage.models.base import now
from storage.models.team import LEAD, MEMBER
from storage.repositories import keys, revisions
from storage.repositories.changes import assign


def query(*, organisation_id: int | None = None, member_id: int | None = None) -> Select[Team]:
    """All teams, those of an organisation, those that a user is in."""
    statement = select(Team)
    if organisation_id is not None:
        statement = statement.where(Team.organisation_id == organisation_id)
    if member_id is not None:
        statement = statement.where(Team.id.in_(select(TeamMember.team_id).where(TeamMember.user_id == member_id)))
    return statement


async def get(session: AsyncSession, team_id: int) -> Team | None:
    """The team of that id."""
    return await session.get(Team, team_id)


async def find(session: AsyncSession, organisation_id: int, name: str) -> Team | None:
    """The team of that name in an organisation."""
    statement = select(Team).where(Team.organisation_id == organisation_id, Team.name == name)
    return (await session.scalars(statement)).one_or_none()


async def find_by_place(session: AsyncSession, place: str) -> Team | None:
    """The team that "ORGANISATION/TEAM" names."""
    organisation, _, name = place.partition("/")
    own = select(Organisation.id).where(Organisation.name == organisation).scalar_subquery()
    statement = select(Team).where(Team.organisation_id == own, Team.name == name)
    return (await session.scalars(statement)).one_or_none()


async def places(session: AsyncSession, ids: Collection[int] | None = None) -> dict[int, str]:
    """What these teams are named by everywhere, ORGANISATION/TEAM; or all."""
    statement = select(Team.id, Organisation.name, Team.name).join_from(Team, Organisation)
    if ids is not None:
        statement = statement.where(Team.id.in_(ids))
    return {row[0]: f"{row[1]}/{row[2]}" for row in await session.execute(statement)}


async def of_user(session: AsyncSession, user_id: int) -> dict[int, str]:
    """The teams that a user is in, with the role there."""
    statement = select(TeamMember.team_id, TeamMember.role).where(TeamMember.user_id == user_id)
    return {row[0]: row[1] for row in await session.execute(statement)}


async def leads(session: AsyncSession, team_id: int, user_id: int) -> bool:
    """Whether the user is a lead of the team."""
    found = await session.get(TeamMember, (team_id, user_id))
    return found is not None and found.role == LEAD


async def own_keys(session: AsyncSession, *, team_id: int | None = None, organisation_id: int | None = None) -> bool:
    """Whether a team, or any team of an organisation, has keys that are nobody's but its own."""
    statement = select(exists().where(Key.user_id.is_(None), _of(team_id, organisation_id)))
    return bool(await session.scalar(statement))


def _of(team_id: int | None, organisation_id: int | None) -> ColumnElement[bool]:
    if team_id is not None:
        return Key.team_id == team_id
    return Key.team_id.in_(select(Team.id).where(Team.organisation_id == organisation_id))


async def create(session: AsyncSession, team: Team) -> Team:
    """Store a new team. Raises sqlalchemy.exc.IntegrityError when the organisation has one of that name."""
    session.add(team)
    await session.flush()
    return team


async def update(session: AsyncSession, team: Team, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False when all had that value."""
    if not assign(team, changes):
        return False
    team.updated_at = now()
    await session.flush()
    if "models" in changes:
        await keys.announce(session, team_id=team.id)
    return True


async def remove(session: AsyncSession, team: Team) -> None:
    """Delete the team without keys of its own, with budgets and limits; members stay users, their keys stay theirs."""
    await budgets.remove_of(session, "team", team.id)
    await keys.leave_team(session, team_id=team.id)
    await _forget(session, [team.id])
    await session.delete(team)
    await session.flush()


async def _forget(session: AsyncSession, team_ids: Collection[int]) -> None:
    """Members and limits of teams that are removed."""
    if not team_ids:
        return
    await session.execute(delete(TeamMember).where(TeamMember.team_id.in_(team_ids)))
    limits = list(await session.scalars(select(Limit).where(Limit.team_id.in_(team_ids))))
    if limits:
        await revisions.bump(session, revisions.ROUTES)
    for limit in limits:
        await session.delete(limit)


async def members(session: AsyncSession, team_id: int) -> Sequence[tuple[User, str]]:
    """Who is in the team, by name, with the role there."""
    statement = select(User, TeamMember.role).join(TeamMember, TeamMember.user_id == User.id)
    statement = statement.where(TeamMember.team_id == team_id, User.deleted_at.is_(None)).order_by(User.name)
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def counts(session: AsyncSession, team_ids: Collection[int]) -> dict[int, int]:
    """How many members each team has."""
    statement = (
        select(TeamMember.team_id, func.count()).where(TeamMember.team_id.in_(team_ids)).group_by(TeamMember.team_id)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def has(session: AsyncSession, team_id: int, user_id: int) -> bool:
    """Whether the user is in the team."""
    return await session.get(TeamMember, (team_id, user_id)) is not None


async def role_of(session: AsyncSession, team_id: int, user_id: int) -> str:
    """What the user is in the team; "" for who is not in it."""
    row = await session.get(TeamMember, (team_id, user_id))
    return "" if row is None else row.role


async def join(session: AsyncSession, team_id: int, user_id: int, role: str | None = None) -> bool:
    """Put a user into the team, or change the role there; None: a new one is a member. False: as it was."""
    row = await session.get(TeamMember, (team_id, user_id))
    if row is None:
        session.add(TeamMember(team_id=team_id, user_id=user_id, role=role or MEMBER))
    elif role is None or row.role == role:
        return False
    else:
        row.role = role
    await session.flush()
    return True


async def leave(session: AsyncSession, team_id: int, user_id: int) -> bool:
    """Take a user out of the team, and their keys with them; False when they were not in it."""
    row = await session.get(TeamMember, (team_id, user_id))
    if row is None:
        return False
    await keys.leave_team(session, team_id=team_id, user_id=user_id)
    await session.delete(row)
    await session.flush()
    return True


async def leave_all(session: AsyncSession, user_id: int) -> None:
    """Take a user out of every team: they leave the organisation, or are removed for good."""
    await keys.leave_team(session, user_id=user_id)
    await session.execute(delete(TeamMember).where(TeamMember.user_id == user_id))


async def remove_of(session: AsyncSession, organisation_id: int) -> None:
    """Delete all teams of an organisation."""
    own = list(await session.scalars(select(Team.id).where(Team.organisation_id == organisation_id)))
    for team_id in own:
        await budgets.remove_of(session, "team", team_id)
        await keys.leave_team(session, team_id=team_id)
    await _forget(session, own)
    await session.execute(
        delete(Team).where(Team.organisation_id == organisation_id).execution_options(synchronize_session=False)
    )
