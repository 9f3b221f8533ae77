"""Users that are taken over: many in one go, with their passwords' hashes. Elsewhere users are made one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.transactions import table_of
from storage.models import Credential, User
from storage.repositories import words

_TABLE = table_of(User)


async def taken(
    session: AsyncSession, names: Collection[str], addresses: Collection[str | None]
) -> tuple[set[str], set[str]]:
    """Those of the names and of the e-mail addresses that users have."""
    found: set[str] = set()
    if names:
        found = set((await session.scalars(select(User.name).where(User.name.in_(names)))).all())
    wanted = [address for address in addresses if address is not None]
    if not wanted:
        return found, set()
    statement = select(User.email).where(User.email.in_(wanted))
    return found, {address for address in await session.scalars(statement) if address is not None}


async def create_all(session: AsyncSession, new: Sequence[tuple[dict[str, Any], str]], *, at: int) -> list[User]:
    """Store users, each as columns and the encoded hash of the password, "" for none; returns them in that order.

    Their accounts are the caller's to make. Raises IntegrityError when a name or an address is taken.
    """
    if not new:
        return []
    await session.execute(insert(_TABLE), [columns for columns, _password in new])
    names = [columns["name"] for columns, _password in new]
    # Looked up, and not returned by the insert: that would be one statement for each.
    stored = {user.name: user for user in await session.scalars(select(User).where(User.name.in_(names)))}
    found = [stored[name] for name in names]
    await words.keep(session, found)
    passwords = [
        {"user_id": user.id, "password": password, "password_at": at}
        for user, (_columns, password) in zip(found, new, strict=True) if password
    ]  # fmt: skip
    if passwords:
        await session.execute(insert(table_of(Credential)), passwords)
    return found


async def set_inviters(session: AsyncSession, inviters: Mapping[int, int]) -> None:
    """Who brought whom, as ids of users."""
    if inviters:
        rows = [{"of": user_id, "by": inviter_id} for user_id, inviter_id in inviters.items()]
        await (await session.connection()).execute(_INVITER, rows)


_INVITER = update(_TABLE).where(_TABLE.c.id == bindparam("of")).values(inviter_id=bindparam("by"))
