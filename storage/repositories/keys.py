"""Keys: queries and changes, and the log of changed digests.

Every change counts the revision "keys" up and logs the digest, so that a cache forgets exactly the keys that changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import budgets
from storage.models import Key, KeyChange, User
from storage.models.base import now
from storage.repositories import revisions
from storage.repositories.changes import assign

CHANGES_KEPT = 10_000


class ChangesLostError(LookupError):
    """The changes after that number are no longer known: forget every cached key and go on from `seq`."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"older key changes are no longer kept; the newest is {seq}")
        self.seq = seq


async def list_all(session: AsyncSession) -> Sequence[Key]:
    """All keys, by name."""
    return (await session.scalars(select(Key).order_by(Key.name))).all()


async def get(session: AsyncSession, key_id: int) -> Key | None:
    """The key of that id."""
    return await session.get(Key, key_id)


async def find_by_name(session: AsyncSession, name: str) -> Key | None:
    """The key of that name."""
    return (await session.scalars(select(Key).where(Key.name == name))).one_or_none()


async def find_by_digest(session: AsyncSession, digest: bytes) -> Key | None:
    """The key whose SHA-256 is `digest`, enabled or not, expired or not."""
    return (await session.scalars(select(Key).where(Key.digest == digest))).one_or_none()


async def create(session: AsyncSession, key: Key) -> Key:
    """Store a new key; its id is filled in. Raises sqlalchemy.exc.IntegrityError when name or digest is taken.

    It is logged as changed too: somebody may have cached that it does not exist.
    """
    await _announce(session, key.digest)
    session.add(key)
    await session.flush()
    return key


async def update(session: AsyncSession, key: Key, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    before = key.digest
    if not assign(key, changes):
        return False
    key.updated_at = now()
    await _announce(session, *{before, key.digest})
    await session.flush()
    return True


async def remove(session: AsyncSession, key: Key) -> None:
    """Delete the key with its budgets. Usage records keep its id, which is never given again."""
    # Budgets before revisions, as everywhere: two changes at once would wait for each other otherwise.
    await budgets.remove_of(session, "key", key.id)
    await _announce(session, key.digest)
    await session.delete(key)
    await session.flush()


async def announce(
    session: AsyncSession, *, key_id: int | None = None, user_id: int | None = None, organisation_id: int | None = None
) -> None:
    """Log the keys of that id, that user or that organisation's users as changed: what they draw on has changed."""
    statement = select(Key.digest).order_by(Key.id)
    if key_id is not None:
        statement = statement.where(Key.id == key_id)
    if user_id is not None:
        statement = statement.where(Key.user_id == user_id)
    if organisation_id is not None:
        members = select(User.id).where(User.organisation_id == organisation_id)
        statement = statement.where(Key.user_id.in_(members))
    digests = (await session.scalars(statement)).all()
    if digests:
        await _announce(session, *digests)


async def changes_since(session: AsyncSession, seq: int) -> tuple[int, list[bytes]]:
    """The number of the newest change, and the digests changed after `seq`, each once, in order of their first change.

    Start with `latest_change`. Raises ChangesLostError when `seq` is older than what is kept, or from another database.
    """
    latest = await latest_change(session)
    if seq == latest:
        return latest, []
    if seq > latest or seq < latest - CHANGES_KEPT:
        raise ChangesLostError(latest)
    statement = select(KeyChange.digest).where(KeyChange.seq > seq, KeyChange.seq <= latest).order_by(KeyChange.seq)
    return latest, list(dict.fromkeys(await session.scalars(statement)))


async def latest_change(session: AsyncSession) -> int:
    """The number of the newest change, 0 when there was none."""
    return await session.scalar(select(func.max(KeyChange.seq))) or 0


async def _announce(session: AsyncSession, *digests: bytes) -> None:
    # The revision first: its row lock makes changes commit in the order of their numbers, so that no number appears
    # behind one that a reader has already passed.
    await revisions.bump(session, revisions.KEYS)
    await session.execute(insert(KeyChange), [{"digest": digest} for digest in digests])
    oldest = await latest_change(session) - CHANGES_KEPT
    await session.execute(delete(KeyChange).where(KeyChange.seq <= oldest).execution_options(synchronize_session=False))
