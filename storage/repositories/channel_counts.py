"""How many channels there are in which state, and which of them need a look: counted by the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import Channel, ChannelState

AUTO = "auto"


class Counts(NamedTuple):
    """Channels: all of them, those that are on, those that failures switched off."""

    total: int
    enabled: int
    off_by_failures: int


async def counts(session: AsyncSession) -> Counts:
    """How many there are."""
    total = enabled = failed = 0
    statement = select(Channel.enabled, Channel.off_by, func.count()).group_by(Channel.enabled, Channel.off_by)
    for on, off_by, number in await session.execute(statement):
        total += number
        enabled += number if on else 0
        failed += number if not on and off_by == AUTO else 0
    return Counts(total, enabled, failed)


async def by_provider(session: AsyncSession, limit: int) -> dict[str, int]:
    """How many channels the providers have, those with the most first."""
    return await _by(session, Channel.provider, limit)


async def by_tag(session: AsyncSession, limit: int) -> dict[str, int]:
    """How many channels the tags have, those with the most first."""
    return await _by(session, Channel.tag, limit)


async def _by(session: AsyncSession, column: InstrumentedAttribute[str], limit: int) -> dict[str, int]:
    statement = select(column, func.count()).where(column != "").group_by(column)
    rows = await session.execute(statement.order_by(func.count().desc(), column).limit(limit))
    return {row[0]: row[1] for row in rows}


async def failing(session: AsyncSession, limit: int) -> Sequence[Any]:
    """Channels that failures switched off, and those that are on and failed their last test; the latest first.

    Rows of id, name, enabled, off_reason, off_at, test_error, tested_at.
    """
    off = and_(Channel.enabled.is_(False), Channel.off_by == AUTO)
    failed = and_(Channel.enabled.is_(True), ChannelState.test_ok.is_(False))
    statement = (
        select(
            Channel.id, Channel.name, Channel.enabled, Channel.off_reason, Channel.off_at, ChannelState.test_error,
            ChannelState.tested_at,
        )
        .outerjoin(ChannelState, ChannelState.channel_id == Channel.id)
        .where(or_(off, failed))
        .order_by(Channel.enabled, Channel.updated_at.desc(), Channel.id)
        .limit(limit)
    )  # fmt: skip
    return (await session.execute(statement)).all()
