"""What was last seen of channels: reading and noting. It is no part of any route, so nothing is counted up."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ChannelState


async def of(session: AsyncSession, channel_ids: Collection[int]) -> dict[int, ChannelState]:
    """The states of these channels, as far as anything was noted."""
    if not channel_ids:
        return {}
    rows = await session.scalars(select(ChannelState).where(ChannelState.channel_id.in_(channel_ids)))
    return {row.channel_id: row for row in rows}


async def note(session: AsyncSession, channel_id: int, **seen: object) -> ChannelState:
    """Note what was seen; the other columns stay. Raises AttributeError for a name that is no column."""
    row = await session.get(ChannelState, channel_id)
    if row is None:
        row = ChannelState(channel_id=channel_id)
        session.add(row)
    for name, value in seen.items():
        if name not in ChannelState.__mapper__.column_attrs:
            raise AttributeError(name)
        setattr(row, name, value)
    await session.flush()
    return row


async def remove(session: AsyncSession, channel_id: int) -> None:
    """Forget a channel."""
    await session.execute(delete(ChannelState).where(ChannelState.channel_id == channel_id))
