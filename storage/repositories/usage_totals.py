"""Sums of usage: from the roll-ups, and from the records only for parts of an hour at the ends of the time asked for.

Roll-ups are written in the transaction that inserts the records, so both always say the same. Where retention has
deleted the records of such a part of an hour, it is missing from the sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, Table, case, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Usage
from storage.rollups.groups import DAY_US, HOUR_US, SUMS
from storage.rollups.upsert import DAYS, HOURS

GroupBy = Literal[
    "key_id",
    "user_id",
    "organisation_id",
    "group",
    "channel_id",
    "provider",
    "model",
    "operation",
    "status",
    "end",
    "day",
    "hour",
]
OrderBy = Literal["group", "requests", "cost"]

_RECORDS: Table = Usage.__table__  # type: ignore[assignment]  # the mapper types it as any selectable
_MEASURES = ("errors", *SUMS)

Span = tuple[Table, int | None, int | None]
"""A table and the times it answers for: from the first, before the second; None = without a bound."""


class UsageTotals(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the requests of one group, in microseconds, tokens and nano-USD; `group` is its value, "" for all.

    A group by "day" or "hour" is the first microsecond of it in UTC, unix time. `first_tokens` requests have a time to
    first token, `first_token_us` is the sum of these times.
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
    provider_cost: int
    total_us: int
    first_tokens: int
    first_token_us: int


async def totals(
    session: AsyncSession,
    *,
    since: int | None = None,
    until: int | None = None,
    group_by: GroupBy | None = None,
    order_by: OrderBy = "group",
    limit: int | None = None,
    key_id: int | None = None,
    user_id: int | None = None,
    organisation_id: int | None = None,
    group: str | None = None,
    channel_id: int | None = None,
    model: str | None = None,
) -> list[UsageTotals]:
    """Sums over requests with since <= started_at < until (unix microseconds) that match everything given, per group.

    An error is a request answered with status 400 or above, or ended otherwise than "complete". Without `group_by`
    there is exactly one answer, even of zeros. Ordered by requests or cost the largest come first.
    """
    wanted = {
        "key_id": key_id,
        "user_id": user_id,
        "organisation_id": organisation_id,
        "group": group,
        "channel_id": channel_id,
        "model": model,
    }
    filters = {name: value for name, value in wanted.items() if value is not None}
    parts = [_part(span, group_by, filters) for span in spans(since, until, by_hour=group_by == "hour")]
    if not parts:
        return [] if group_by else [UsageTotals(group="", **dict.fromkeys(_MEASURES, 0))]
    found = union_all(*parts).subquery()
    measures = {name: func.coalesce(func.sum(found.c[name]), 0).label(name) for name in _MEASURES}
    statement: Select[Any]
    if group_by is None:
        statement = select(literal(""), *measures.values())
    else:
        order = [] if order_by == "group" else [measures[order_by].desc()]
        grouped = found.c.grouped
        statement = select(grouped, *measures.values()).group_by(grouped).order_by(*order, grouped).limit(limit)
    # PostgreSQL and MySQL sum 64-bit integers to a decimal type.
    return [
        UsageTotals(group=row[0], **{name: int(value) for name, value in zip(_MEASURES, row[1:], strict=True)})
        for row in await session.execute(statement)
    ]


def spans(since: int | None, until: int | None, *, by_hour: bool) -> Iterator[Span]:
    """Which table answers for which part of the time: days, then hours around them, then records around these."""
    if since is not None and until is not None and since >= until:
        return
    inner = _inner(since, until, HOUR_US)
    if inner is None:
        yield _RECORDS, since, until
        return
    first, last = inner
    if since != first:
        yield _RECORDS, since, first
    days = None if by_hour else _inner(first, last, DAY_US)
    if days is None:
        if first is None or last is None or first < last:
            yield HOURS, first, last
    else:
        if first != days[0]:
            yield HOURS, first, days[0]
        if days[0] is None or days[1] is None or days[0] < days[1]:
            yield DAYS, days[0], days[1]
        if last != days[1]:
            yield HOURS, days[1], last
    if until != last:
        yield _RECORDS, last, until


def _inner(since: int | None, until: int | None, unit: int) -> tuple[int | None, int | None] | None:
    """The whole units between the two times, None when there is not even the edge of one."""
    first = None if since is None else since + -since % unit
    last = None if until is None else until - until % unit
    return None if first is not None and last is not None and first > last else (first, last)


def _part(span: Span, group_by: GroupBy | None, filters: dict[str, int | str]) -> Select[Any]:
    table, since, until = span
    columns = table.c
    time: ColumnElement[int] = columns.started_at if table is _RECORDS else columns.bucket
    grouped: ColumnElement[Any]
    if group_by is None:
        grouped = literal("")
    elif group_by in {"day", "hour"}:
        grouped = time - time % (DAY_US if group_by == "day" else HOUR_US)
    else:
        grouped = columns[group_by]
    statement = select(grouped.label("grouped"), *_measures(table)).where(
        *(columns[name] == value for name, value in filters.items())
    )
    if since is not None:
        statement = statement.where(time >= since)
    if until is not None:
        statement = statement.where(time < until)
    return statement if group_by is None else statement.group_by(grouped)


def _measures(table: Table) -> list[ColumnElement[Any]]:
    columns = table.c
    requests: ColumnElement[int] = literal(1) if table is _RECORDS else columns.requests
    counts = {
        "errors": case((columns.status >= 400, requests), (columns.end != "complete", requests), else_=0),
        "requests": requests,
    }
    if table is _RECORDS:
        counts["first_tokens"] = case((columns.first_token_us > 0, 1), else_=0)
    return [func.sum(counts[name] if name in counts else columns[name]).label(name) for name in _MEASURES]
