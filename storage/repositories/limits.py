"""Limits: queries and changes, and the names of what they match. Every change counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Channel, Key, Limit, Team, TeamMember, User
from storage.models.base import now
from storage.repositories import revisions, teams
from storage.repositories.changes import assign

SUBJECTS: Mapping[str, type[Key | User | Channel | Team]] = {"key": Key, "user": User, "channel": Channel, "team": Team}
"""What a limit may name by id -> its table. Of teams the name is ORGANISATION/TEAM."""


async def list_all(session: AsyncSession) -> Sequence[Limit]:
    """All limits, by name."""
    return (await session.scalars(select(Limit).order_by(Limit.name))).all()


def query(*, user_id: int | None = None, organisation_id: int | None = None) -> Select[Limit]:
    """All limits; those that name a user or the user's keys; those that name an organisation's. To be paged."""
    statement = select(Limit)
    if user_id is None and organisation_id is None:
        return statement
    who = User.id == user_id if user_id is not None else User.organisation_id == organisation_id
    people = select(User.id).where(who)
    inside = select(Team.id).where(Team.organisation_id == organisation_id)
    if user_id is not None:
        inside = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    own = select(Key.id).where(or_(Key.user_id.in_(people), Key.team_id.in_(inside)))
    named = or_(Limit.user_id.in_(people), and_(Limit.user_id == 0, Limit.team_id.in_(inside)))
    return statement.where(or_(Limit.key_id.in_(own), and_(Limit.key_id == 0, named)))


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
    """The id of the key, user, team or channel of that name."""
    table = SUBJECTS[kind]
    if table is Team:
        team = await teams.find_by_place(session, name)
        return team.id if team is not None else None
    return (await session.scalars(select(table.id).where(table.name == name))).one_or_none()


async def all_names(session: AsyncSession, kind: str) -> Sequence[str]:
    """The names of all keys, users, teams or channels."""
    if kind == "team":
        return list((await teams.places(session)).values())
    return (await session.scalars(select(SUBJECTS[kind].name))).all()


async def names_of(session: AsyncSession, limits: Iterable[Limit]) -> dict[tuple[str, int], str]:
    """(kind, id) -> name, of everything these limits name and that is still there."""
    rows = list(limits)
    names: dict[tuple[str, int], str] = {}
    for kind, table in SUBJECTS.items():
        wanted = {getattr(row, f"{kind}_id") for row in rows} - {0}
        if wanted and table is Team:
            names |= {(kind, number): name for number, name in (await teams.places(session, wanted)).items()}
        elif wanted:
            found = await session.execute(select(table.id, table.name).where(table.id.in_(wanted)))
            names |= {(kind, number): name for number, name in found}
    return names
