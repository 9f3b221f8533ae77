"""Usage records: inserting batches, listing and summing. Rows are never changed."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, case, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage import rollups
from storage.models import Usage
from storage.records import UsageRecord
from storage.repositories.usage_batch import insert_new

GroupBy = Literal["key_id", "channel_id", "provider", "model", "operation", "status", "end", "day"]

_DAY_US = 86_400_000_000


class UsageTotals(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the requests of one group. Tokens and nano-USD; `group` is the value grouped by, "" for all.

    A group by "day" is the first microsecond of that UTC day in unix time.
    """

    group: str | int
    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: int


async def insert_many(session: AsyncSession, records: Sequence[UsageRecord]) -> None:
    """Insert the records and add them to the roll-ups, without booking them; those there already change nothing."""
    await rollups.add(session, await insert_new(session, records, token_hex(16)))


async def get(session: AsyncSession, request_id: str) -> Usage | None:
    """The record of that request."""
    return await session.get(Usage, request_id)


def _filters(key_id: int | None, channel_id: int | None, model: str | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if key_id is not None:
        wanted.append(Usage.key_id == key_id)
    if channel_id is not None:
        wanted.append(Usage.channel_id == channel_id)
    if model is not None:
        wanted.append(Usage.model == model)
    return wanted


async def list_recent(
    session: AsyncSession,
    *,
    limit: int = 100,
    before: int | tuple[int, str] | None = None,
    key_id: int | None = None,
    channel_id: int | None = None,
    model: str | None = None,
    request_id: str | None = None,
) -> Sequence[Usage]:
    """The newest records first, at most `limit`, of those that match everything given; `model` is the one asked for.

    `before` continues a list: (started_at, request_id) of its last record, or only a time in microseconds.
    """
    statement = select(Usage).where(*_filters(key_id, channel_id, model))
    if request_id is not None:
        statement = statement.where(Usage.request_id == request_id)
    if isinstance(before, tuple):
        # The first condition says nothing new; it lets every database use the index on started_at.
        place = tuple_(literal(before[0]), literal(before[1]))
        statement = statement.where(Usage.started_at <= before[0], tuple_(Usage.started_at, Usage.request_id) < place)
    elif before is not None:
        statement = statement.where(Usage.started_at < before)
    statement = statement.order_by(Usage.started_at.desc(), Usage.request_id.desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def totals(
    session: AsyncSession,
    *,
    since: int | None = None,
    until: int | None = None,
    group_by: GroupBy | None = None,
    key_id: int | None = None,
    channel_id: int | None = None,
    model: str | None = None,
) -> list[UsageTotals]:
    """Sums over records with since <= started_at < until (unix microseconds), per group, in the order of the groups.

    An error is a request answered with status 400 or above, or ended otherwise than "complete". Without `group_by`
    there is exactly one answer, even of zeros.
    """
    group: ColumnElement[Any]
    if group_by is None:
        group = literal("")
    elif group_by == "day":
        group = Usage.started_at - Usage.started_at % _DAY_US
    else:
        group = Usage.__table__.c[group_by]
    failed = case((Usage.status >= 400, 1), (Usage.end != "complete", 1), else_=0)
    sums = (
        Usage.input_tokens,
        Usage.output_tokens,
        Usage.cached_tokens,
        Usage.cache_write_tokens,
        Usage.reasoning_tokens,
        Usage.cost,
    )
    columns = [func.coalesce(func.sum(column), 0) for column in (failed, *sums)]
    statement = select(group.label("grouped"), func.count(), *columns).where(*_filters(key_id, channel_id, model))
    if since is not None:
        statement = statement.where(Usage.started_at >= since)
    if until is not None:
        statement = statement.where(Usage.started_at < until)
    if group_by is not None:
        statement = statement.group_by(group).order_by("grouped")
    # PostgreSQL sums 64-bit integers to a decimal type.
    return [
        UsageTotals(
            group=row[0],
            requests=row[1],
            errors=int(row[2]),
            input_tokens=int(row[3]),
            output_tokens=int(row[4]),
            cached_tokens=int(row[5]),
            cache_write_tokens=int(row[6]),
            reasoning_tokens=int(row[7]),
            cost=int(row[8]),
        )
        for row in await session.execute(statement)
    ]
