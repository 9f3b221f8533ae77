"""Keys that are taken over: many in one go, with their budgets. Elsewhere keys are made one by one (keys.py)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.transactions import table_of
from storage.models import Budget, Key, KeyChange, User
from storage.repositories import keys, revisions, words


async def digests_taken(session: AsyncSession, digests: Collection[bytes]) -> set[bytes]:
    """Those of the digests that keys have, or had before they were rotated."""
    if not digests:
        return set()
    found = await session.execute(
        select(Key.digest, Key.old_digest).where(or_(Key.digest.in_(digests), Key.old_digest.in_(digests)))
    )
    return {digest for row in found for digest in row if digest is not None}


async def lock_owners(session: AsyncSession, ids: Collection[int]) -> dict[int, User]:
    """The users of these ids who are there; nobody removes them before this transaction ends."""
    if not ids:
        return {}
    statement = select(User).where(User.id.in_(ids)).order_by(User.id).with_for_update()
    return {user.id: user for user in await session.scalars(statement)}


class NewKey(NamedTuple):
    """A key to be stored: its columns, and what it may spend in all; None: there is no budget. nano-USD."""

    columns: dict[str, Any]
    total: int | None


async def create_all(session: AsyncSession, new: Sequence[NewKey]) -> list[Key]:
    """Store keys, each with its budget; returns them in that order. Raises IntegrityError for a name or value twice.

    Their digests are logged as changed, as those of other new keys: somebody may have cached that they do not exist.
    """
    if not new:
        return []
    await revisions.bump(session, revisions.KEYS)
    digests = [one.columns["digest"] for one in new]
    await session.execute(insert(KeyChange), [{"digest": digest} for digest in digests])
    oldest = await keys.latest_change(session) - keys.CHANGES_KEPT
    await session.execute(delete(KeyChange).where(KeyChange.seq <= oldest).execution_options(synchronize_session=False))
    await session.execute(insert(table_of(Key)), [one.columns for one in new])
    # Looked up, and not returned by the insert: that would be one statement for each.
    stored = {key.digest: key for key in await session.scalars(select(Key).where(Key.digest.in_(digests)))}
    found = [stored[digest] for digest in digests]
    await words.keep(session, found)
    limits = [
        {"scope": "key", "scope_id": key.id, "period": "total", "amount": one.total, "alerts": []}
        for key, one in zip(found, new, strict=True) if one.total is not None
    ]  # fmt: skip
    if limits:
        await session.execute(insert(table_of(Budget)), limits)
    return found
