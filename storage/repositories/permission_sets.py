"""Permission sets: queries and changes. Read at each request of the admin API, so nothing is announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Invitation, PermissionSet, Team, User
from storage.models.base import now
from storage.repositories.changes import assign


def query(organisation_id: int | None = None) -> Select[PermissionSet]:
    """All sets, or those of the gateway and of one organisation."""
    statement = select(PermissionSet)
    if organisation_id is not None:
        own = PermissionSet.organisation_id == organisation_id
        statement = statement.where(or_(own, PermissionSet.organisation_id.is_(None)))
    return statement


async def get(session: AsyncSession, set_id: int) -> PermissionSet | None:
    """The set of that id."""
    return await session.get(PermissionSet, set_id)


async def find_by_name(session: AsyncSession, name: str) -> PermissionSet | None:
    """The set of that name."""
    return (await session.scalars(select(PermissionSet).where(PermissionSet.name == name))).one_or_none()


async def create(session: AsyncSession, row: PermissionSet) -> PermissionSet:
    """Store a new set. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    session.add(row)
    await session.flush()
    return row


async def update(session: AsyncSession, row: PermissionSet, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; a new name is that of its users' roles too. False when all had that value."""
    before = row.name
    if not assign(row, changes):
        return False
    row.updated_at = now()
    await session.flush()
    if row.name != before:
        for column in (User.role, User.organisation_role):
            for user in (await session.scalars(select(User).where(column == before))).all():
                setattr(user, column.key, row.name)
        for team in await granting(session, before):
            team.grants_role = row.name
        for invitation in (await session.scalars(_open_invitations(before))).all():
            invitation.organisation_role = row.name
        await session.flush()
    return True


async def granting(session: AsyncSession, name: str) -> Sequence[Team]:
    """The teams whose members have the set as their role."""
    return (await session.scalars(select(Team).where(Team.grants_role == name).order_by(Team.id))).all()


def _open_invitations(name: str) -> Select[Invitation]:
    return select(Invitation).where(Invitation.organisation_role == name, Invitation.used_at == 0)


async def count_users(session: AsyncSession, name: str) -> int:
    """How many users have the set as a role."""
    having = or_(User.role == name, User.organisation_role == name)
    return await session.scalar(select(func.count()).select_from(User).where(having)) or 0


async def remove(session: AsyncSession, row: PermissionSet, at: int) -> None:
    """Delete the set, and with it what would give it: another one of its name later is not what was meant.

    Teams give no role any more, and invitations with it are over at `at` (unix seconds).
    """
    for team in await granting(session, row.name):
        team.grants_role = ""
    for invitation in (await session.scalars(_open_invitations(row.name))).all():
        invitation.expires_at = min(invitation.expires_at, at)
    await session.delete(row)
    await session.flush()
