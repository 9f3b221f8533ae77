"""Usage records: inserting, and listing single ones. Rows are never changed; usage_totals.py sums them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_hex

from sqlalchemy import and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage import rollups
from storage.models import Usage
from storage.records import UsageRecord
from storage.repositories.usage_batch import insert_new
from storage.rollups.groups import DAY_US
from storage.rollups.tables import answering


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
    wanted = {"key_id": key_id, "user_id": user_id, "channel_id": channel_id, "model": model}
    filters = {name: value for name, value in wanted.items() if value is not None}
    columns = Usage.__table__.c
    statement = select(Usage).where(*(columns[name] == value for name, value in filters.items()))
    if request_id is not None:
        statement = statement.where(Usage.request_id == request_id)
    elif len(filters) > 1:
        days = await _days(session, filters, before[0] if isinstance(before, tuple) else before, limit)
        if not days:
            return []
        statement = statement.where(
            or_(*(and_(Usage.started_at >= first, Usage.started_at < end) for first, end in days))
        )
    if isinstance(before, tuple):
        # The first condition says nothing new; it lets every database use the index on started_at.
        place = tuple_(literal(before[0]), literal(before[1]))
        statement = statement.where(Usage.started_at <= before[0], tuple_(Usage.started_at, Usage.request_id) < place)
    elif before is not None:
        statement = statement.where(Usage.started_at < before)
    statement = statement.order_by(Usage.started_at.desc(), Usage.request_id.desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def _days(
    session: AsyncSession, filters: Mapping[str, int | str], before: int | None, limit: int
) -> list[tuple[int, int]]:
    """The newest days, up to the one of `before`, that have at least `limit` matching records, as spans of time.

    No index fits two conditions at once: a key that asks often, for a model that it seldom asks for, would make the
    database look through all of its records. The roll-up by day says where there are any.
    """
    table = answering(DAY_US, filters)
    assert table is not None  # noqa: S101 - by day there is one with all dimensions
    statement = select(table.c.bucket, func.sum(table.c.requests)).where(
        *(table.c[name] == value for name, value in filters.items())
    )
    if before is not None:
        statement = statement.where(table.c.bucket <= before)
    statement = statement.group_by(table.c.bucket).order_by(table.c.bucket.desc()).limit(limit + 1)
    spans: list[tuple[int, int]] = []
    found = 0
    for bucket, requests in await session.execute(statement):
        if spans and spans[-1][0] == bucket + DAY_US:
            spans[-1] = (bucket, spans[-1][1])
        else:
            spans.append((bucket, bucket + DAY_US))
        # Of the day of `before` all may come after it.
        found += 0 if before is not None and before < bucket + DAY_US else int(requests)
        if found >= limit:
            break
    return spans
