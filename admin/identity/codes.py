"""Things that are good once: tokens of links, tickets between two steps, short codes in mails. Their making and using.

A token is 256 random bits and found by its SHA-256. A short code is 6 digits, found by what it is for (purpose and
address), and has five tries.
"""

import secrets
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from storage import crypto
from storage.models import Code
from storage.repositories import codes

TICKET_S = 300
MAIL_CODE_S = 900
RESET_S = 3600
SETUP_S = 7 * 86400
TRIES = 5

Purpose = Literal["login", "passkey-add", "passkey-login", "step-up", "register", "email", "reset", "setup", "sso"]


class Used(NamedTuple):
    """What a code was made for."""

    user_id: int | None
    data: dict[str, Any]


async def issue(
    session: AsyncSession,
    purpose: Purpose,
    *,
    now: int,
    seconds: int,
    user_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> str:
    """A new token, good once within `seconds`."""
    token = secrets.token_urlsafe(32)
    row = Code(
        id=crypto.digest(token), purpose=purpose, user_id=user_id, data=data, created_at=now, expires_at=now + seconds
    )
    await codes.put(session, row)
    return token


async def use(session: AsyncSession, purpose: Purpose, token: str, *, now: int) -> Used | None:
    """Use a token up; None when it is not good (any more)."""
    row = await codes.take(session, crypto.digest(token), purpose, now=now)
    return None if row is None else Used(row.user_id, row.data or {})


async def look(session: AsyncSession, purpose: Purpose, token: str, *, now: int) -> Used | None:
    """What a token is for, without using it up."""
    row = await codes.peek(session, crypto.digest(token), purpose, now=now)
    return None if row is None else Used(row.user_id, row.data or {})


def _about(purpose: Purpose, subject: str) -> bytes:
    return crypto.digest(f"{purpose}\0{subject}")


def _hashed(purpose: Purpose, subject: str, code: str) -> bytes:
    return crypto.digest(f"{purpose}\0{subject}\0{code}")


async def issue_short(
    session: AsyncSession, purpose: Purpose, subject: str, *, now: int, user_id: int | None = None
) -> str:
    """A new code of 6 digits for `subject` (an address), in place of an earlier one."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = Code(
        id=_about(purpose, subject),
        purpose=purpose,
        code=_hashed(purpose, subject, code),
        tries=TRIES,
        user_id=user_id,
        created_at=now,
        expires_at=now + MAIL_CODE_S,
    )
    await codes.put(session, row)
    return code


async def use_short(session: AsyncSession, purpose: Purpose, subject: str, code: str, *, now: int) -> Used | None:
    """Use a short code up. None when it is wrong, which costs a try: commit in both cases."""
    given = "".join(code.split())
    about = _about(purpose, subject)
    row = await codes.guess(session, about, purpose, _hashed(purpose, subject, given), now=now)
    return None if row is None else Used(row.user_id, row.data or {})
