"""The key that the console's playground calls models with: a user's own, short-lived, shown to its page only.

One key row per user: its requests are booked like those of any other key of theirs, and it can be limited or removed
like one. Each page takes a new value; the one before works until its own end, so that another tab goes on.
"""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import crypto
from storage.models import Key, User
from storage.repositories import keys, revisions

ORIGIN = "playground"
LIFETIME_S = 900


async def take(session: AsyncSession, user: User, value: str, now: int) -> tuple[Key, bool]:
    """Give the user's playground key this value for LIFETIME_S; the key and whether it was made just now."""
    await revisions.take_turn(session, revisions.KEYS)
    ends = datetime.fromtimestamp(now + LIFETIME_S, UTC)
    row = await keys.find_of_origin(session, user.id, ORIGIN)
    digest, hint = crypto.digest(value), crypto.hint(value)
    if row is None:
        name = f"playground-{user.id}"
        if await keys.find_by_name(session, name) is not None:
            name = f"playground-{user.id}-{digest.hex()[:8]}"
        row = Key(name=name, digest=digest, hint=hint, user_id=user.id, origin=ORIGIN, expires_at=ends)
        return await keys.create(session, row), True
    old_until = row.expires_at or ends
    change = {"digest": digest, "hint": hint, "old_digest": row.digest, "old_until": old_until, "expires_at": ends}
    await keys.update(session, row, change)
    return row, False


async def end(session: AsyncSession, user_id: int, now: int) -> bool:
    """No value of the user's playground key works any more; False when none does. In the caller's transaction."""
    row = await keys.find_of_origin(session, user_id, ORIGIN)
    ends = datetime.fromtimestamp(now, UTC)
    if row is None or (row.old_digest is None and row.expires_at is not None and row.expires_at <= ends):
        return False
    await revisions.take_turn(session, revisions.KEYS)
    return await keys.update(session, row, {"old_digest": None, "old_until": None, "expires_at": ends})
