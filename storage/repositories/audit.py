"""The audit log: writing an entry, and reading them newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import AuditEntry


async def add(session: AsyncSession, entry: AuditEntry) -> None:
    """Store an entry in the transaction of the change that it is about."""
    session.add(entry)
    await session.flush()


async def add_all(session: AsyncSession, entries: Sequence[dict[str, Any]]) -> None:
    """Store many entries, given by all their columns but the id."""
    if entries:
        await session.execute(insert(AuditEntry), entries)


async def get(session: AsyncSession, entry_id: int) -> AuditEntry | None:
    """One entry."""
    return await session.get(AuditEntry, entry_id)


class Login(NamedTuple):
    """Where somebody signed in from."""

    ip: str
    agent: str


async def logins(session: AsyncSession, user_id: int, *, since: int, limit: int = 100) -> Sequence[Login]:
    """The latest logins of a user since then."""
    statement = (
        select(AuditEntry.ip, AuditEntry.agent)
        .where(AuditEntry.actor_user_id == user_id, AuditEntry.action == "sessions.open", AuditEntry.at >= since)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [Login(row[0], row[1]) for row in await session.execute(statement)]


def query() -> Select[AuditEntry]:
    """All entries, to be filtered and paged by storage.listing."""
    return select(AuditEntry)


async def of_object(session: AsyncSession, kind: str, object_id: str, limit: int = 100) -> Sequence[AuditEntry]:
    """What was done to one object, newest first."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.object_kind == kind, AuditEntry.object_id == object_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()
