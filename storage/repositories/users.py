"""Users: queries and changes. A change is announced to the replicas as one of the user's keys.

What they spend is in storage/ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, budgets
from storage.models import Key, User
from storage.models.base import now
from storage.repositories import keys
from storage.repositories.changes import assign


async def list_page(
    session: AsyncSession, *, after: str = "", organisation_id: int | None = None, limit: int = 100
) -> Sequence[User]:
    """Users by name, from behind the name `after`."""
    statement = select(User).where(User.name > after).order_by(User.name).limit(limit)
    if organisation_id is not None:
        statement = statement.where(User.organisation_id == organisation_id)
    return (await session.scalars(statement)).all()


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


async def create(session: AsyncSession, user: User) -> User:
    """Store a new user and make the account. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    session.add(user)
    await session.flush()
    await accounts.ensure(session, [(accounts.USER, user.id, 0)])
    return user


async def update(session: AsyncSession, user: User, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    if not assign(user, changes):
        return False
    user.updated_at = now()
    await session.flush()
    await keys.announce(session, user_id=user.id)
    return True


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
    await session.delete(user)
    await session.flush()
