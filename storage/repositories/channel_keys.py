"""Several keys of a channel: queries and changes. Every change of a key counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Channel, ChannelKey
from storage.models.base import now
from storage.repositories import revisions

AUTO = "auto"


async def of_channel(session: AsyncSession, channel_id: int) -> Sequence[ChannelKey]:
    """The channel's keys in the order in which they were added."""
    statement = select(ChannelKey).where(ChannelKey.channel_id == channel_id).order_by(ChannelKey.id)
    return (await session.scalars(statement)).all()


async def get(session: AsyncSession, key_id: int) -> ChannelKey | None:
    """The key of that id."""
    return await session.get(ChannelKey, key_id)


async def enabled(session: AsyncSession) -> dict[int, list[ChannelKey]]:
    """The keys in use of all channels that have several, by channel; of one whose keys are all off an empty list."""
    found: dict[int, list[ChannelKey]] = {}
    for row in await session.scalars(select(ChannelKey).order_by(ChannelKey.id)):
        found.setdefault(row.channel_id, [])
        if row.enabled:
            found[row.channel_id].append(row)
    return found


async def counts(session: AsyncSession, channel_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Channel -> how many keys it has, and how many of them are in use; a channel without keys is left out."""
    if not channel_ids:
        return {}
    statement = (
        select(ChannelKey.channel_id, ChannelKey.enabled, func.count())
        .where(ChannelKey.channel_id.in_(channel_ids))
        .group_by(ChannelKey.channel_id, ChannelKey.enabled)
    )
    found: dict[int, tuple[int, int]] = {}
    for channel_id, on, count in await session.execute(statement):
        total, used = found.get(channel_id, (0, 0))
        found[channel_id] = (total + count, used + (count if on else 0))
    return found


async def with_failed(session: AsyncSession) -> set[int]:
    """Channels that are on and have keys that failures switched off."""
    statement = (
        select(ChannelKey.channel_id)
        .join(Channel, Channel.id == ChannelKey.channel_id)
        .where(ChannelKey.enabled.is_(False), ChannelKey.off_by == AUTO, Channel.enabled.is_(True))
        .distinct()
    )
    return set((await session.scalars(statement)).all())


async def add(session: AsyncSession, key: ChannelKey) -> ChannelKey:
    """Store a new key; its id is filled in. The caller seals its secret for that id before the transaction ends."""
    await revisions.bump(session, revisions.ROUTES)
    session.add(key)
    await session.flush()
    return key


async def switch(session: AsyncSession, key: ChannelKey, *, on: bool, by: str = "", reason: str = "") -> bool:
    """Switch a key on or off; False when it is so already."""
    if key.enabled == on:
        return False
    await revisions.bump(session, revisions.ROUTES)
    key.enabled = on
    key.off_by, key.off_reason, key.off_at = ("", "", None) if on else (by, reason[:255], now())
    await session.flush()
    return True


async def switch_all(session: AsyncSession, channel_id: int, *, on: bool) -> int:
    """Switch all keys of a channel on or off; returns how many were not so."""
    values = {"enabled": on, "off_by": "", "off_reason": "", "off_at": None if on else now()}
    statement = update(ChannelKey).where(ChannelKey.channel_id == channel_id, ChannelKey.enabled.is_(not on))
    await revisions.bump(session, revisions.ROUTES)
    result = await session.execute(statement.values(values).execution_options(synchronize_session="fetch"))
    return int(getattr(result, "rowcount", 0) or 0)


async def remove(session: AsyncSession, key: ChannelKey) -> None:
    """Delete a key."""
    await revisions.bump(session, revisions.ROUTES)
    await session.delete(key)
    await session.flush()


async def remove_of(session: AsyncSession, channel_id: int, *, only_auto: bool = False) -> None:
    """Delete the channel's keys, or those that failures switched off."""
    await revisions.bump(session, revisions.ROUTES)
    statement = delete(ChannelKey).where(ChannelKey.channel_id == channel_id)
    if only_auto:
        statement = statement.where(ChannelKey.enabled.is_(False), ChannelKey.off_by == AUTO)
    await session.execute(statement.execution_options(synchronize_session="fetch"))
