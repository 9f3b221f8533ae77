"""Usage records: inserting, and listing single ones. Rows are never changed; usage_totals.py sums them up."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage import rollups
from storage.models import Usage
from storage.records import UsageRecord
from storage.repositories.usage_batch import insert_new


async def insert_many(session: AsyncSession, records: Sequence[UsageRecord]) -> None:
    """Insert the records and add them to the roll-ups, without booking them; those there already change nothing."""
    await rollups.add(session, await insert_new(session, records, token_hex(16)))


async def get(session: AsyncSession, request_id: str) -> Usage | None:
    """The record of that request."""
    return await session.get(Usage, request_id)


async def list_recent(
    session: AsyncSession,
    *,
    limit: int = 100,
    before: int | tuple[int, str] | None = None,
    key_id: int | None = None,
    user_id: int | None = None,
    channel_id: int | None = None,
    model: str | None = None,
    request_id: str | None = None,
) -> Sequence[Usage]:
    """The newest records first, at most `limit`, of those that match everything given; `model` is the one asked for.

    `before` continues a list: (started_at, request_id) of its last record, or only a time in microseconds.
    """
    wanted: list[tuple[InstrumentedAttribute[Any], int | str | None]] = [
        (Usage.key_id, key_id),
        (Usage.user_id, user_id),
        (Usage.channel_id, channel_id),
        (Usage.model, model),
        (Usage.request_id, request_id),
    ]
    statement = select(Usage).where(*(column == value for column, value in wanted if value is not None))
    if isinstance(before, tuple):
        # The first condition says nothing new; it lets every database use the index on started_at.
        place = tuple_(literal(before[0]), literal(before[1]))
        statement = statement.where(Usage.started_at <= before[0], tuple_(Usage.started_at, Usage.request_id) < place)
    elif before is not None:
        statement = statement.where(Usage.started_at < before)
    statement = statement.order_by(Usage.started_at.desc(), Usage.request_id.desc()).limit(limit)
    return (await session.scalars(statement)).all()
