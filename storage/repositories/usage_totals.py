"""Sums of usage: from the roll-ups, and from the records only at the ends of the time asked for.

That is parts of an hour; parts of a day where both who asked and what was asked matter, because by hour these are kept
apart. Roll-ups are written in the transaction that inserts the records, so both always say the same. Where retention
has deleted the records of such a part, it is missing from the sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, Table, case, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Usage
from storage.rollups import times
from storage.rollups.groups import DAY_US, HOUR_US, SUMS
from storage.rollups.tables import answering

GroupBy = Literal[
    "key_id",
    "user_id",
    "organisation_id",
    "team_id",
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
Per = Literal["hour", "day"]

_RECORDS: Table = Usage.__table__  # type: ignore[assignment]  # the mapper types it as any selectable
_BUCKETS = {"day": DAY_US, "hour": HOUR_US}

Span = tuple[Table, int | None, int | None]
"""A table and the times it answers for: from the first, before the second; None = without a bound."""


class UsageTotals(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the requests of one group, in microseconds, tokens and nano-USD; `group` is its value, "" for all.

    A group by "day" or "hour" is the first microsecond of it in UTC, unix time, and so is `bucket`, the part of the
    time that the sums are of; 0: all. `first_tokens` requests have a time to first token, `first_token_us` is the sum
    of these times.
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
    bucket: int = 0


async def totals(
    session: AsyncSession,
    *,
    since: int | None = None,
    until: int | None = None,
    group_by: GroupBy | None = None,
    per: Per | None = None,
    order_by: OrderBy = "group",
    limit: int | None = None,
    key_id: int | None = None,
    user_id: int | None = None,
    organisation_id: int | None = None,
    team_id: int | None = None,
    group: str | None = None,
    channel_id: int | None = None,
    model: str | None = None,
    provider: str | None = None,
    operation: str | None = None,
    status: int | None = None,
) -> list[UsageTotals]:
    """Sums over requests with since <= started_at < until (unix microseconds) that match everything given, per group.

    An error is a request answered with status 400 or above, or ended otherwise than "complete". Without `group_by`
    there is exactly one answer, even of zeros. Ordered by requests or cost the largest come first. With `per` there are
    sums of each group for each hour or day that has any; the earliest come first, then the order.
    """
    wanted = {
        "key_id": key_id,
        "user_id": user_id,
        "organisation_id": organisation_id,
        "team_id": team_id,
        "group": group,
        "channel_id": channel_id,
        "model": model,
        "provider": provider,
        "operation": operation,
        "status": status,
    }
    filters = {name: value for name, value in wanted.items() if value is not None}
    dimensions = {*filters, *([group_by] if group_by is not None and group_by not in _BUCKETS else [])}
    hours = answering(HOUR_US, dimensions)
    days = None if "hour" in (group_by, per) else answering(DAY_US, dimensions)
    parts = [_part(span, group_by, per, filters) for span in spans(since, until, hours, days)]
    if not parts:
        return [] if group_by or per else [UsageTotals(group="", **dict.fromkeys(SUMS, 0))]
    found = union_all(*parts).subquery()
    measures = {name: func.coalesce(func.sum(found.c[name]), 0).label(name) for name in SUMS}
    by = [found.c[name] for name, asked in (("bucket", per), ("grouped", group_by)) if asked]
    statement: Select[Any] = select(
        found.c.bucket if per else literal(0), found.c.grouped if group_by else literal(""), *measures.values()
    )
    if by:
        largest = [] if order_by == "group" else [measures[order_by].desc()]
        when = [found.c.bucket] if per else []
        what = [found.c.grouped] if group_by else []
        statement = statement.group_by(*by).order_by(*when, *largest, *what).limit(limit)
    # PostgreSQL and MySQL sum 64-bit integers to a decimal type.
    return [
        UsageTotals(
            bucket=row[0], group=row[1], **{name: int(value) for name, value in zip(SUMS, row[2:], strict=True)}
        )
        for row in await session.execute(statement)
    ]


Counted = dict[tuple[int, str | int], dict[int, int]]
"""By the bucket and the group of UsageTotals: requests by slot (storage/rollups/slots.py)."""


async def durations(
    session: AsyncSession,
    filters: Mapping[str, int | str],
    *,
    since: int | None = None,
    until: int | None = None,
    group_by: GroupBy | None = None,
    per: Per | None = None,
) -> Counted | None:
    """How long the requests of each group took, in the whole hours that the time touches, or days.

    Days, where both who asked and what was asked matter; None: that is not known by hour. Of times before the revision
    0022 nothing is known.
    """
    units = [_BUCKETS[each] for each in (group_by, per) if each in _BUCKETS]
    dimensions = {*filters, *([group_by] if group_by is not None and group_by not in _BUCKETS else [])}
    found = times.answering(dimensions, per_hour=HOUR_US in units)
    if found is None:
        return None
    statement, sums = times.query(found, since, until)
    bucket = sums.c.bucket - sums.c.bucket % _BUCKETS[per] if per else literal(0)
    grouped: ColumnElement[Any] = literal("")
    if group_by is not None:
        unit = _BUCKETS.get(group_by)
        grouped = sums.c[group_by] if unit is None else sums.c.bucket - sums.c.bucket % unit
    by = [each for each, asked in ((bucket, per), (grouped, group_by)) if asked]
    statement = statement.add_columns(bucket.label("at"), grouped.label("grouped")).group_by(
        statement.selected_columns[0], *by
    )
    counted: Counted = {}
    matching = statement.where(*(sums.c[name] == value for name, value in filters.items()))
    for slot, requests, at, group in await session.execute(matching):
        counted.setdefault((at, group), {})[slot] = int(requests)
    return counted


def spans(since: int | None, until: int | None, hours: Table | None, days: Table | None) -> list[Span]:
    """Which table answers for which part of the time: days, then hours around them, then records around these."""
    if since is not None and until is not None and since >= until:
        return []
    found: list[Span] = [(_RECORDS, since, until)]
    for table, unit in ((hours, HOUR_US), (days, DAY_US)):
        if table is not None:
            found = [part for span in found for part in _divided(span, table, unit)]
    return found


def _divided(span: Span, table: Table, unit: int) -> list[Span]:
    """The span with its whole units taken over by `table`; as it is when there is none."""
    of, since, until = span
    first = None if since is None else since + -since % unit
    last = None if until is None else until - until % unit
    if first is not None and last is not None and first >= last:
        return [span]
    parts: list[Span] = [(table, first, last)]
    if since != first:
        parts.insert(0, (of, since, first))
    if until != last:
        parts.append((of, last, until))
    return parts


def _part(span: Span, group_by: GroupBy | None, per: Per | None, filters: dict[str, int | str]) -> Select[Any]:
    table, since, until = span
    columns = table.c
    time: ColumnElement[int] = columns.started_at if table is _RECORDS else columns.bucket
    grouped: ColumnElement[Any]
    if group_by is None:
        grouped = literal("")
    elif group_by in _BUCKETS:
        grouped = time - time % _BUCKETS[group_by]
    else:
        grouped = columns[group_by]
    bucket = time - time % _BUCKETS[per] if per else literal(0)
    statement = select(bucket.label("bucket"), grouped.label("grouped"), *_measures(table)).where(
        *(columns[name] == value for name, value in filters.items())
    )
    if since is not None:
        statement = statement.where(time >= since)
    if until is not None:
        statement = statement.where(time < until)
    by = [each for each, asked in ((bucket, per), (grouped, group_by)) if asked]
    return statement.group_by(*by) if by else statement


def _measures(table: Table) -> list[ColumnElement[Any]]:
    columns = table.c
    counts: dict[str, ColumnElement[int]] = {}
    if table is _RECORDS:
        failed = or_(columns.status >= 400, columns.end != "complete")
        counts = {
            "requests": literal(1),
            "errors": case((failed, 1), else_=0),
            "first_tokens": case((columns.first_token_us > 0, 1), else_=0),
        }
    return [func.sum(counts[name] if name in counts else columns[name]).label(name) for name in SUMS]
