"""Targets: where events go, and whose they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage.events.kinds import KINDS, matches
from storage.models import User
from storage.models.base import now as moment
from storage.models.event import Delivery, Event, Target

DEFAULT_NAME = "e-mail"
MAILED = sorted(name for name, kind in KINDS.items() if kind.mailed)
"""What a mailbox hears of when nothing was chosen."""

OF_ORGANISATION = [name for name in MAILED if not name.startswith("order.")]
"""The same for those who manage an organisation: what a member buys is told to the member."""

OPERATED = sorted(name for name, kind in KINDS.items() if kind.operators)
"""What root's mailbox hears of when nothing was chosen for the gateway."""


def of_owner(user_id: int | None, organisation_id: int | None) -> Select[Target]:
    """The targets of a user, of an organisation, or, with neither, the operators'."""
    wanted = select(Target)
    if user_id is not None:
        return wanted.where(Target.user_id == user_id)
    if organisation_id is not None:
        return wanted.where(Target.organisation_id == organisation_id)
    return wanted.where(Target.user_id.is_(None), Target.organisation_id.is_(None))


def owned_by(statement: Select[Target], owner: str) -> Select[Target]:
    """Those of users ("me"), of organisations ("organisation"), or the operators' ("gateway")."""
    if owner == "me":
        return statement.where(Target.user_id.is_not(None))
    if owner == "organisation":
        return statement.where(Target.organisation_id.is_not(None))
    return statement.where(Target.user_id.is_(None), Target.organisation_id.is_(None))


def of_id(target_id: int) -> Select[Target]:
    """The target of that id, to be narrowed."""
    return select(Target).where(Target.id == target_id)


def query(kinds: Collection[str]) -> Select[Target]:
    """All targets of these kinds, to be narrowed."""
    return select(Target).where(Target.kind.in_(list(kinds)))


async def count(session: AsyncSession, user_id: int | None, organisation_id: int | None) -> int:
    """How many targets an owner has."""
    owned = of_owner(user_id, organisation_id).subquery()
    return await session.scalar(select(func.count()).select_from(owned)) or 0


async def owned(session: AsyncSession, *, after: int, limit: int) -> Sequence[Target]:
    """Targets of users and organisations that are switched on, by id, from behind `after`."""
    somebody = or_(Target.user_id.is_not(None), Target.organisation_id.is_not(None))
    statement = select(Target).where(Target.enabled, somebody, Target.id > after).order_by(Target.id).limit(limit)
    return (await session.scalars(statement)).all()


async def is_member(session: AsyncSession, organisation_id: int, email: str) -> bool:
    """Whether an e-mail address is known to be that of a member of the organisation."""
    wanted = (User.organisation_id == organisation_id, User.email == email, User.email_verified_at > 0)
    return await session.scalar(select(User.id).where(*wanted).limit(1)) is not None


async def get(session: AsyncSession, target_id: int) -> Target | None:
    """The target of that id."""
    return await session.get(Target, target_id)


async def of_ids(session: AsyncSession, ids: Collection[int]) -> dict[int, Target]:
    """The targets of these ids, as far as they exist."""
    if not ids:
        return {}
    return {row.id: row for row in await session.scalars(select(Target).where(Target.id.in_(list(ids))))}


async def create(session: AsyncSession, row: Target) -> Target:
    """Store a new target; its id is filled in."""
    session.add(row)
    await session.flush()
    return row


async def remove(session: AsyncSession, row: Target) -> None:
    """Delete the target with its deliveries."""
    statement = delete(Delivery).where(Delivery.target_id == row.id)
    await session.execute(statement.execution_options(synchronize_session=False))
    await session.delete(row)
    await session.flush()


async def concerned(session: AsyncSession, events: Sequence[Event]) -> dict[int, list[Target]]:
    """The targets that hear of each event, by event id.

    Who has no target at all gets one for the mailbox of an address that is known to be theirs: a user, those who manage
    an organisation, root for the gateway itself.
    """
    users = {event.user_id for event in events if event.user_id is not None and not KINDS[event.kind].operators}
    groups = {event.organisation_id for event in events if event.organisation_id is not None}
    mattering = [event for event in events if KINDS[event.kind].mailed]
    await _default_mailboxes(
        session,
        {event.user_id for event in mattering if event.user_id is not None},
        {event.organisation_id for event in mattering if event.organisation_id is not None},
        operators=any(KINDS[event.kind].operators for event in events),
    )
    owned = [and_(Target.user_id.is_(None), Target.organisation_id.is_(None))]
    if users:
        owned.append(Target.user_id.in_(users))
    if groups:
        owned.append(and_(Target.user_id.is_(None), Target.organisation_id.in_(groups)))
    rows = (await session.scalars(select(Target).where(Target.enabled, or_(*owned)).order_by(Target.id))).all()
    return {event.id: [row for row in rows if _hears(row, event)] for event in events}


def _hears(row: Target, event: Event) -> bool:
    if not matches(row.events, event.kind):
        return False
    if row.user_id is None and row.organisation_id is None:
        return True
    if KINDS[event.kind].operators:
        return False
    if row.user_id is not None:
        return row.user_id == event.user_id
    return row.organisation_id == event.organisation_id


async def _default_mailboxes(
    session: AsyncSession, user_ids: set[int], organisation_ids: set[int], *, operators: bool
) -> None:
    """Mailboxes for those who have chosen nothing: users, who manages an organisation, and root for the gateway."""
    verified = (User.email_verified_at > 0, User.email.is_not(None), User.deleted_at.is_(None), User.enabled)
    if missing := user_ids - await _known(session, Target.user_id, user_ids):
        for user in await session.scalars(select(User).where(User.id.in_(missing), *verified)):
            _add_mailbox(session, user, MAILED, user_id=user.id)
    if missing := organisation_ids - await _known(session, Target.organisation_id, organisation_ids):
        managing = (User.organisation_id.in_(missing), User.organisation_role.in_(("admin", "finance")))
        for user in await session.scalars(select(User).where(*managing, *verified).order_by(User.id).limit(200)):
            _add_mailbox(session, user, OF_ORGANISATION, organisation_id=user.organisation_id)
    if operators and await session.scalar(of_owner(None, None).with_only_columns(Target.id).limit(1)) is None:
        for user in await session.scalars(
            select(User).where(User.role == "root", *verified).order_by(User.id).limit(10)
        ):
            _add_mailbox(session, user, OPERATED)
    await session.flush()


async def _known(session: AsyncSession, column: InstrumentedAttribute[int | None], ids: set[int]) -> set[int]:
    if not ids:
        return set()
    return {found for found in await session.scalars(select(column).where(column.in_(ids))) if found is not None}


def _add_mailbox(
    session: AsyncSession,
    user: User,
    events: list[str],
    *,
    user_id: int | None = None,
    organisation_id: int | None = None,
) -> None:
    row = Target(
        kind="email", name=DEFAULT_NAME, user_id=user_id, organisation_id=organisation_id, address=user.email or "",
        events=events, created_at=moment(), updated_at=moment(),
    )  # fmt: skip
    session.add(row)
