"""The token of the link with which the first administrator is made: stored as a digest, and in a file for its owner.

It must not know addresses or pages; the launcher and `gateway setup link` write the link.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from storage import crypto, private_file
from storage.models import Code
from storage.repositories import codes, credentials

PURPOSE = "setup"
FILE = "setup-token"
LIFETIME_S = 7 * 86400
ROLE = "root"


async def needed(session: AsyncSession) -> bool:
    """Whether nobody administers this gateway in person yet."""
    return not await credentials.anybody_of_role(session, ROLE)


async def current(session: AsyncSession, data: Path, *, now: int) -> str:
    """The token, made if there is none that is good; "" when none is needed. Commit, and hand it to nobody else."""
    path = data / FILE
    if not await needed(session):
        path.unlink(missing_ok=True)
        return ""
    token = path.read_text().strip() if path.exists() else ""
    if token and await codes.peek(session, crypto.digest(token), PURPOSE, now=now) is not None:
        return token
    return await renew(session, data, now=now)


async def renew(session: AsyncSession, data: Path | None, *, now: int) -> str:
    """A new token in place of all others, also written to the file in `data`."""
    token = secrets.token_urlsafe(32)
    await codes.remove_purpose(session, PURPOSE)
    await codes.put(
        session, Code(id=crypto.digest(token), purpose=PURPOSE, created_at=now, expires_at=now + LIFETIME_S)
    )
    if data is not None:
        private_file.write(data / FILE, token)
    return token
