"""Several keys of a channel between the API and the database: opening, sealing and adding them. Knows no request.

Each is sealed for its own id, so that a value copied to another row does not open there.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from admin import channel_secrets
from admin.problems import Problem
from storage.crypto import SealError, SecretBox
from storage.models import Channel, ChannelKey
from storage.repositories import channel_keys, channels

MAX_KEYS = 5000


def context(key_id: int) -> str:
    """What the key of that id is sealed for."""
    return f"channel-key:{key_id}"


async def opened(session: AsyncSession, box: SecretBox, row: Channel) -> list[str]:
    """The values of the channel's keys. Raises a Problem (409) when one does not open."""
    try:
        return [box.open(key.secret, context(key.id)) for key in await channel_keys.of_channel(session, row.id)]
    except SealError:
        raise _unreadable() from None


async def held(session: AsyncSession, box: SecretBox, row: Channel) -> list[str]:
    """As `opened`; of a channel that has one secret that one."""
    several = await opened(session, box, row)
    own = None if several else _own(box, row)
    return several if own is None else [own]


async def add(session: AsyncSession, box: SecretBox, row: Channel, secrets: Sequence[str]) -> int:
    """Add keys that the channel does not have; how many. Its own secret becomes the first of several."""
    known = set(await opened(session, box, row))
    own = _own(box, row)
    wanted = [own, *secrets] if own is not None and not known else secrets
    fresh = [secret for secret in dict.fromkeys(wanted) if secret not in known]
    if len(known) + len(fresh) > MAX_KEYS:
        raise Problem(409, f"A channel has at most {MAX_KEYS} keys.", slug="too-many")
    for secret in fresh:
        hint = channel_secrets.columns(box, row.name, secret)["secret_hint"]
        key = await channel_keys.add(session, ChannelKey(channel_id=row.id, secret=b"", hint=hint))
        key.secret = box.seal(secret, context(key.id))  # bound to the id, which it has now
    if own is not None and fresh:
        await channels.update(session, row, channel_secrets.columns(box, row.name, None))
    await session.flush()
    return len(fresh)


def _own(box: SecretBox, row: Channel) -> str | None:
    try:
        return channel_secrets.reveal(box, row)
    except SealError:
        raise _unreadable() from None


def _unreadable() -> Problem:
    return Problem(409, "The stored secrets do not open with the gateway's present secret key; remove them first.")
