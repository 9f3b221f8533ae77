"""Users: queries and changes. A change is announced to the replicas as one of the user's keys.

What they spend is in storage/ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, budgets
from storage.models import Key, User, UserWord
from storage.models.base import now
from storage.repositories import codes, credentials, keys, revisions, saved_views, sessions, teams, words
from storage.repositories.changes import assign


def query(*, user_id: int | None = None, organisation_id: int | None = None, removed: bool = False) -> Select[User]:
    """Users that are there, or those that were removed and can be restored; to be filtered and paged."""
    statement = select(User).where(User.deleted_at.is_not(None) if removed else User.deleted_at.is_(None))
    if user_id is not None:
        statement = statement.where(User.id == user_id)
    if organisation_id is not None:
        statement = statement.where(User.organisation_id == organisation_id)
    return statement


async def get(session: AsyncSession, user_id: int) -> User | None:
    """The user of that id."""
    return await session.get(User, user_id)


async def lock(session: AsyncSession, user_id: int) -> User | None:
    """The user, who cannot be removed before this transaction ends."""
    statement = select(User).where(User.id == user_id).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def find_by_name(session: AsyncSession, name: str) -> User | None:
    """The user of that name."""
    return (await session.scalars(select(User).where(User.name == name))).one_or_none()


async def find_by_email(session: AsyncSession, email: str) -> User | None:
    """The user with that e-mail address, in small letters."""
    return (await session.scalars(select(User).where(User.email == email))).one_or_none()


async def create(session: AsyncSession, user: User) -> User:
    """Store a new user and make the account. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    session.add(user)
    await session.flush()
    await accounts.ensure(session, [(accounts.USER, user.id, 0)])
    await words.keep(session, [user])
    return user


_BY_TEAM = {"organisation_role": "role_by_team", "group": "group_by_team"}


async def update(session: AsyncSession, user: User, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`.

    A role in the organisation or a group that is named here stays when a team goes, unless `changes` say otherwise.
    """
    changes = {flag: False for column, flag in _BY_TEAM.items() if column in changes} | dict(changes)
    if not assign(user, changes):
        return False
    user.updated_at = now()
    await session.flush()
    if changes.keys() & {"name", "email", "display_name"}:
        await words.keep(session, [user])
    await keys.announce(session, user_id=user.id)
    return True


async def set_removed(session: AsyncSession, user: User, *, removed: bool) -> bool:
    """Switch the user off and hide them, or undo it; keys, balance and history stay. False when that was so already."""
    if (user.deleted_at is not None) == removed:
        return False
    return await update(session, user, {"deleted_at": now() if removed else None, "enabled": not removed})


async def take_turn(session: AsyncSession) -> None:
    """Wait for others who change users' roles and states, and keep them waiting until this transaction ends.

    Call it first: two roots who demote each other at the same time must not both find the other.
    """
    await revisions.take_turn(session, revisions.KEYS)


async def other_roots(session: AsyncSession, user_id: int) -> int:
    """How many roots there are who can sign in, besides this user; nobody changes that before the transaction ends."""
    await take_turn(session)
    statement = select(func.count()).select_from(User).where(User.role == "root", User.id != user_id)
    able = and_(User.enabled.is_(True), User.deleted_at.is_(None), User.locked_at == 0)
    return await session.scalar(statement.where(able)) or 0


async def names(session: AsyncSession, ids: Collection[int]) -> dict[int, str]:
    """The names of the users of these ids, as far as they exist."""
    if not ids:
        return {}
    return {row[0]: row[1] for row in await session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


async def ids(session: AsyncSession, named: Collection[str]) -> dict[str, int]:
    """The ids of the users of these names, as far as they exist."""
    if not named:
        return {}
    return {row[0]: row[1] for row in await session.execute(select(User.name, User.id).where(User.name.in_(named)))}


async def count_keys(session: AsyncSession, user_id: int) -> int:
    """How many keys belong to the user."""
    return await session.scalar(select(func.count()).select_from(Key).where(Key.user_id == user_id)) or 0


async def remove(session: AsyncSession, user: User) -> None:
    """Delete a user without keys, locked by `lock`, with the budgets. The entries stay; the id is never given again."""
    await budgets.remove_of(session, accounts.USER, user.id)
    await teams.leave_all(session, user.id)
    await sessions.remove_of(session, user.id)
    await codes.remove_of(session, user.id)
    await saved_views.remove_of(session, user.id)
    await credentials.forget(session, user.id)
    await words.forget(session, UserWord, [user.id])
    await session.delete(user)
    await session.flush()
