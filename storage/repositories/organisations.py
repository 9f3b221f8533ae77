"""Organisations: queries and changes. What their members spend is in storage/ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, budgets
from storage.models import Organisation, User
from storage.models.base import now
from storage.repositories import keys, teams
from storage.repositories.changes import assign


async def list_all(session: AsyncSession) -> Sequence[Organisation]:
    """All organisations, by name."""
    return (await session.scalars(select(Organisation).order_by(Organisation.name))).all()


def query(*, organisation_id: int | None = None) -> Select[Organisation]:
    """All organisations or one, to be filtered and paged."""
    statement = select(Organisation)
    return statement if organisation_id is None else statement.where(Organisation.id == organisation_id)


async def get(session: AsyncSession, organisation_id: int) -> Organisation | None:
    """The organisation of that id."""
    return await session.get(Organisation, organisation_id)


async def find_by_name(session: AsyncSession, name: str) -> Organisation | None:
    """The organisation of that name."""
    return (await session.scalars(select(Organisation).where(Organisation.name == name))).one_or_none()


async def create(session: AsyncSession, organisation: Organisation) -> Organisation:
    """Store a new organisation and make its account. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    session.add(organisation)
    await session.flush()
    await accounts.ensure(session, [(accounts.ORGANISATION, organisation.id, 0)])
    return organisation


async def update(session: AsyncSession, organisation: Organisation, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    was = organisation.enabled
    if not assign(organisation, changes):
        return False
    organisation.updated_at = now()
    await session.flush()
    if organisation.enabled != was:
        await keys.announce(session, organisation_id=organisation.id)
    return True


async def of(session: AsyncSession, ids: Collection[int]) -> Sequence[Organisation]:
    """The organisations of these ids."""
    if not ids:
        return []
    return (await session.scalars(select(Organisation).where(Organisation.id.in_(ids)))).all()


async def count_members(session: AsyncSession, organisation_id: int) -> int:
    """How many users belong to it."""
    statement = select(func.count()).select_from(User).where(User.organisation_id == organisation_id)
    return await session.scalar(statement) or 0


async def remove(session: AsyncSession, organisation: Organisation) -> None:
    """Delete the organisation with its budgets. Raises IntegrityError while it has members. Its entries stay."""
    await budgets.remove_of(session, accounts.ORGANISATION, organisation.id)
    await teams.remove_of(session, organisation.id)
    await session.delete(organisation)
    await session.flush()
