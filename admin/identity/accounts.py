"""Accounts of people: making one, choosing a password, telling the owner. Knows no route.

Everything that changes how somebody signs in ends the other sessions, and is told to the account's address.
"""

import asyncio
import logging
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.caller import Caller
from admin.identity import passwords
from admin.identity.letters import Letter
from admin.mail import MailError
from admin.options.identity import Identity
from admin.problems import Problem, invalid
from admin.services import Services
from storage.models import User
from storage.repositories import codes, credentials, sessions, users

log = logging.getLogger(__name__)


def taken(name: str) -> Problem:
    """409 for a name."""
    return Problem(409, f"There is a user {name!r} already.", slug="name-taken")


def email_taken() -> Problem:
    """409 for an address."""
    return Problem(409, "There is an account with this address already.", slug="email-taken")


async def accept_password(services: Services, password: str, *about: str | None) -> str:
    """The hash of a new password. Raises 422 for one that is not good enough."""
    options = await services.options.get(Identity)
    words = [part for text in about if text for part in (text, text.partition("@")[0])]
    # Some milliseconds, and its lists when it is the first.
    if reason := await asyncio.to_thread(passwords.objection, password, options, tuple(dict.fromkeys(words))):
        raise invalid([("body.password", reason)])
    return await passwords.hashed(password, options)


async def create(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    *,
    name: str,
    password_hash: str | None,
    email: str | None = None,
    verified: bool = False,
    **columns: Any,  # noqa: ANN401  # of the user: group, organisation_id, role, language ...
) -> User:
    """Make a user who can sign in; `columns` are others of the user. Raises 409 for a taken name or address."""
    if await users.find_by_name(session, name) is not None:
        raise taken(name)
    if email is not None and await credentials.find_email(session, email) is not None:
        raise email_taken()
    now = services.clock()
    row = User(name=name, email=email, email_verified_at=now if verified and email else 0, **columns)
    try:
        async with session.begin_nested():
            await users.create(session, row)
    except IntegrityError:
        raise taken(name) from None
    if password_hash is not None:
        await store_password(session, services, row, password_hash)
    shown = {"name": name, "email": email, "role": row.role, "group": row.group, "organisation_id": row.organisation_id}
    await audit.record(
        session, services, caller, "users.create", kind="user", id=row.id, name=name, after=shown,
        organisation_id=row.organisation_id,
    )  # fmt: skip
    return row


async def store_password(
    session: AsyncSession, services: Services, user: User, password_hash: str | None, *, must_change: bool = False
) -> None:
    """Store a hash, or take the password away. Links and tickets that are on their way are good no more."""
    row = await credentials.ensure(session, user.id)
    row.password = password_hash
    row.password_at = services.clock() if password_hash is not None else 0
    row.must_change = must_change
    await codes.remove_of(session, user.id)
    await session.flush()


async def change_password(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    user: User,
    password_hash: str,
    *,
    keep: int | None = None,
    must_change: bool = False,
) -> None:
    """Store a new password of an account that exists, and end its sessions but `keep`."""
    await store_password(session, services, user, password_hash, must_change=must_change)
    ended = await sessions.remove_of(session, user.id, but=keep)
    await audit.record(
        session, services, caller, "users.password", kind="user", id=user.id, name=user.name,
        after={"sessions_ended": ended}, organisation_id=user.organisation_id,
    )  # fmt: skip


async def tell(services: Services, user: User, letter: Letter) -> None:
    """Send a mail to an account's address, where there is one; a failure is logged and fails nothing."""
    if user.email:
        await deliver(services, user.email, letter)


async def deliver(services: Services, to: str, letter: Letter) -> None:
    """Send a mail; run it behind the answer, so that nobody waits for it or learns from how long it takes."""
    try:
        if not await services.mail.available():
            return
        await services.mail.send(to, letter.subject, letter.text, letter.html)
    except (MailError, Problem) as error:  # a Problem: the database is away
        log.warning("a mail was not sent: %s", error)
