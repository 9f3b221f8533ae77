"""Sums of usage: by time, by whoever asked, by whatever was asked. Read only."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from admin import usage_rows
from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.exports import FILES, Format, export
from admin.permissions import Reach
from admin.problems import invalid
from admin.schemas.base import time_text
from admin.schemas.usage import Group, Order, Per, Percentiles, UsageTotal, UsageTotals
from admin.surroundings import Surroundings
from admin.usage_filters import KINDS, OPERATORS_ONLY, SumFilters, wanted
from storage.repositories import names, usage_search, usage_totals
from storage.repositories.usage_search import TooManyError, Wanted
from storage.repositories.usage_totals import GroupBy
from storage.rollups import slots
from storage.rollups.groups import HOUR_US
from storage.rollups.slots import FIRST_TOKEN
from storage.rollups.tables import answering

router = APIRouter(prefix="/usage", tags=["usage"])

_MOST = 10_000
_MOST_EXPORTED = 1_000_000


@router.get("/totals", responses=problems(404) | FILES, operation_id="total_usage", response_model=UsageTotals)
async def total_usage(
    services: Surroundings,
    caller: Annotated[Caller, needs("reports.read")],
    filters: SumFilters,
    group_by: Group | None = None,
    per: Annotated[Per | None, Query(description="Sums for each hour or day by itself.")] = None,
    order_by: Annotated[Order, Query(description="By requests or cost: the largest first.")] = "group",
    percentiles: Annotated[
        bool, Query(description="How long requests took: of the whole hours (or days) that the time touches.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=_MOST_EXPORTED, description="Rows at most; 10,000 unless exported.")] = _MOST,
    form: Annotated[Format | None, Query(alias="format", description="A file in place of JSON.")] = None,
) -> UsageTotals | Response:
    """Sums over the requests that match everything given."""
    everything = caller.reach("reports.read") is Reach.ALL
    if group_by in OPERATORS_ONLY:
        caller.require_all("reports.read")
    column: Any = f"{group_by}_id" if group_by in KINDS else group_by
    async with services.sessions() as session:
        asked = await wanted(session, filters, caller, "reports.read")
        if _from_records(asked, column, per):
            requests = await usage_search.count(session, asked)
            if requests > usage_search.MOST_LOOKED_THROUGH:
                raise usage_rows.too_many(TooManyError(requests))
        rows = await usage_totals.totals(
            session,
            since=asked.since,
            until=asked.until,
            group_by=column,
            per=per,
            order_by=order_by,
            limit=limit if form else min(limit, _MOST),
            **asked.dimensions,  # type: ignore[arg-type]  # each has the type of its column
        )
        counted: usage_totals.Counted | None = {}
        if percentiles:
            counted = await usage_totals.durations(
                session, asked.dimensions, since=asked.since, until=asked.until, group_by=column, per=per
            )
        if counted is None:
            raise invalid([("query.percentiles", "by hour are known of who asked or of what was asked, not of both")])
        named: dict[int, str] | None = None
        if group_by in KINDS:
            named = await names.names(session, KINDS[group_by], (int(row.group) for row in rows))
    items = [_total(row, group_by, per, named, everything=everything) for row in rows]
    if percentiles:
        items = [_timed(item, counted.get((row.bucket, row.group), {})) for item, row in zip(items, rows, strict=True)]
    if form is None:
        return UsageTotals(items=items)
    return await export(_one([_flat(item) for item in items]), _COLUMNS, form, "totals")


def _from_records(asked: Wanted, group_by: GroupBy | None, per: Per | None) -> bool:
    """Whether hours have to be added up from single requests: no roll-up by hour has both who asked and for what."""
    by_hour = "hour" in (per, group_by)
    dimensions = {*asked.dimensions, *([group_by] if group_by and group_by not in ("day", "hour") else [])}
    return by_hour and answering(HOUR_US, dimensions) is None


async def _one(rows: Sequence[dict[str, Any]]) -> AsyncIterator[Sequence[dict[str, Any]]]:
    yield rows


def _beginning(bucket: int, unit: Per) -> str:
    start = datetime.fromtimestamp(bucket // 1_000_000, tz=UTC)
    return start.date().isoformat() if unit == "day" else time_text(start)


def _total(
    row: usage_totals.UsageTotals,
    group_by: Group | None,
    per: Per | None,
    named: dict[int, str] | None,
    *,
    everything: bool,
) -> UsageTotal:
    number = int(row.group) if named is not None else None
    group = str(row.group)
    if named is not None:
        group = named[int(row.group)]
    elif group_by == "day" or group_by == "hour":  # noqa: PLR1714  # a set would not tell the type checker
        group = _beginning(int(row.group), group_by)
    return UsageTotal(
        at=_beginning(row.bucket, per) if per else None,
        group=group,
        id=number,
        requests=row.requests,
        errors=row.errors,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cached_tokens=row.cached_tokens,
        cache_write_tokens=row.cache_write_tokens,
        reasoning_tokens=row.reasoning_tokens,
        cost=row.cost,
        provider_cost=row.provider_cost if everything else 0,
        mean_total_us=row.total_us // max(row.requests, 1),
        mean_first_token_us=row.first_token_us // max(row.first_tokens, 1),
        error_share=_share(row.errors, row.requests),
        cache_share=_share(row.cached_tokens, row.input_tokens),
    )


_NAMES = ("p50", "p95", "p99")
_SHARES = (0.5, 0.95, 0.99)
_TIMES = ("total_us", "first_token_us")
_COLUMNS = [name for name in UsageTotal.model_fields if name not in _TIMES]
_COLUMNS += [f"{name}_{share}" for name in _TIMES for share in _NAMES]


def _timed(item: UsageTotal, counts: dict[int, int]) -> UsageTotal:
    whole = {slot: number for slot, number in counts.items() if slot < FIRST_TOKEN}
    first = {slot - FIRST_TOKEN: number for slot, number in counts.items() if slot >= FIRST_TOKEN}
    found = {
        name: Percentiles(**dict(zip(_NAMES, slots.percentiles(part, _SHARES), strict=True))) if part else None
        for name, part in zip(_TIMES, (whole, first), strict=True)
    }
    return item.model_copy(update=found)


def _flat(item: UsageTotal) -> dict[str, Any]:
    """A row of a file: percentiles in columns of their own."""
    row = item.model_dump(exclude=set(_TIMES))
    for name in _TIMES:
        found: Percentiles | None = getattr(item, name)
        row |= {f"{name}_{share}": getattr(found, share) if found is not None else None for share in _NAMES}
    return row


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
