"""Keys: queries and changes, and the log of changed digests.

Every change counts the revision "keys" up and logs the digest, so that a cache forgets exactly the keys that changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import budgets
from storage.models import Key, KeyChange, KeyWord, Team, User
from storage.models.base import now
from storage.repositories import revisions, words
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


async def any_enabled(session: AsyncSession) -> bool:
    """Whether there is one that is switched on."""
    return (await session.scalars(select(Key.id).where(Key.enabled.is_(True)).limit(1))).first() is not None


async def get(session: AsyncSession, key_id: int) -> Key | None:
    """The key of that id."""
    return await session.get(Key, key_id)


async def find_by_name(session: AsyncSession, name: str) -> Key | None:
    """The key of that name."""
    return (await session.scalars(select(Key).where(Key.name == name))).one_or_none()


async def find_by_digest(session: AsyncSession, digest: bytes) -> Key | None:
    """The key whose SHA-256 is or was `digest`, enabled or not, expired or not: a value that was rotated out too."""
    found = (await session.scalars(select(Key).where(Key.digest == digest))).one_or_none()
    return found or (await session.scalars(select(Key).where(Key.old_digest == digest))).one_or_none()


async def find_of_origin(session: AsyncSession, user_id: int, origin: str) -> Key | None:
    """The first key of a user that came from there."""
    statement = select(Key).where(Key.user_id == user_id, Key.origin == origin).order_by(Key.id).limit(1)
    return (await session.scalars(statement)).one_or_none()


async def taken(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Those of the names that keys have."""
    return set((await session.scalars(select(Key.name).where(Key.name.in_(names)))).all()) if names else set()


def query(
    *, user_id: int | None = None, organisation_id: int | None = None, team_ids: Collection[int] = ()
) -> Select[Key]:
    """All keys; those of a user and of some teams; those of an organisation. To be filtered and paged."""
    statement = select(Key)
    if user_id is not None:
        # An index has the keys of a user in the order of their names: not so those of several.
        own = Key.user_id == user_id
        statement = statement.where(or_(own, Key.team_id.in_(team_ids)) if team_ids else own)
    return statement if organisation_id is None else within(statement, organisation_id)


def within(statement: Select[Key], organisation_id: int) -> Select[Key]:
    """Narrow to the keys of an organisation's users, and to those that are its teams' alone."""
    return statement.where(_within(organisation_id))


def _within(organisation_id: int) -> ColumnElement[bool]:
    people = Key.user_id.in_(select(User.id).where(User.organisation_id == organisation_id))
    teams = Key.team_id.in_(select(Team.id).where(Team.organisation_id == organisation_id))
    return or_(people, and_(Key.user_id.is_(None), teams))


async def ids(session: AsyncSession, statement: Select[Key], *, limit: int) -> list[int]:
    """The ids of the keys that a query finds."""
    return list((await session.scalars(statement.with_only_columns(Key.id).order_by(Key.id).limit(limit))).all())


def search(statement: Select[Key], q: str) -> Select[Key]:
    """Narrow to the keys with a word that begins so in their name, in any case, or of that id."""
    named = words.named(q, Key.name)
    return statement.where(or_(Key.id == int(q), named) if q.isascii() and q.isdigit() and len(q) <= 9 else named)


async def create(session: AsyncSession, key: Key) -> Key:
    """Store a new key; its id is filled in. Raises sqlalchemy.exc.IntegrityError when name or digest is taken.

    It is logged as changed too: somebody may have cached that it does not exist.
    """
    await _announce(session, key.digest)
    session.add(key)
    await session.flush()
    await words.keep(session, [key])
    return key


async def update(session: AsyncSession, key: Key, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    before = _digests(key)
    if not assign(key, changes):
        return False
    key.updated_at = now()
    await _announce(session, *(before | _digests(key)))
    await session.flush()
    if "name" in changes:
        await words.keep(session, [key])
    return True


async def remove(session: AsyncSession, key: Key) -> None:
    """Delete the key with its budgets. Usage records keep its id, which is never given again."""
    # Budgets before revisions, as everywhere: two changes at once would wait for each other otherwise.
    await budgets.remove_of(session, "key", key.id)
    await _announce(session, *_digests(key))
    await words.forget(session, KeyWord, [key.id])
    await session.delete(key)
    await session.flush()


async def announce(
    session: AsyncSession,
    *,
    key_id: int | None = None,
    user_id: int | None = None,
    team_id: int | None = None,
    organisation_id: int | None = None,
) -> None:
    """Log the keys of that id, that user, that team or that organisation as changed: what they draw on has changed."""
    statement = select(Key.digest, Key.old_digest).order_by(Key.id)
    if key_id is not None:
        statement = statement.where(Key.id == key_id)
    if user_id is not None:
        statement = statement.where(Key.user_id == user_id)
    if team_id is not None:
        statement = statement.where(Key.team_id == team_id)
    if organisation_id is not None:
        statement = statement.where(_within(organisation_id))
    digests = [digest for row in await session.execute(statement) for digest in row if digest is not None]
    if digests:
        await _announce(session, *digests)


async def count_of_team(session: AsyncSession, team_id: int) -> int:
    """How many keys are the team's alone."""
    statement = select(func.count()).select_from(Key).where(Key.team_id == team_id, Key.user_id.is_(None))
    return await session.scalar(statement) or 0


async def leave_team(session: AsyncSession, *, team_id: int | None = None, user_id: int | None = None) -> None:
    """Take keys out of their team: those of a team, of a user, or of a user in a team."""
    which: list[ColumnElement[bool]] = [Key.team_id == team_id] if team_id is not None else [Key.team_id.is_not(None)]
    if user_id is not None:
        which.append(Key.user_id == user_id)
    if await session.scalar(select(Key.id).where(*which).limit(1)) is None:
        return
    await announce(session, user_id=user_id, team_id=team_id)
    await session.execute(sql_update(Key).where(*which).values(team_id=None))


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


def _digests(key: Key) -> set[bytes]:
    return {digest for digest in (key.digest, key.old_digest) if digest is not None}


async def _announce(session: AsyncSession, *digests: bytes) -> None:
    # The revision first: its row lock makes changes commit in the order of their numbers, so that no number appears
    # behind one that a reader has already passed.
    await revisions.bump(session, revisions.KEYS)
    await session.execute(insert(KeyChange), [{"digest": digest} for digest in digests])
    oldest = await latest_change(session) - CHANGES_KEPT
    await session.execute(delete(KeyChange).where(KeyChange.seq <= oldest).execution_options(synchronize_session=False))
