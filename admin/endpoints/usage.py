"""Usage: single records and sums, read only."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from admin.endpoints.common import object_id, problems
from admin.problems import invalid, not_found
from admin.schemas.base import UtcTime, time_text
from admin.schemas.usage import Group, Order, UsageList, UsageOut, UsageTotal, UsageTotals
from admin.surroundings import Surroundings
from storage.models import Channel, Key, Organisation, User
from storage.repositories import names, usage, usage_totals

router = APIRouter(prefix="/usage", tags=["usage"])

_CURSOR = re.compile(r"(\d{1,18})\.([\x21-\x7e]{1,64})")
_KINDS: dict[str, names.Named] = {"key": Key, "user": User, "organisation": Organisation, "channel": Channel}

Named = Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")]
ModelName = Annotated[
    str | None, Query(min_length=1, max_length=255, pattern=r"^[^\x00]+$", description="As asked for.")
]


async def _id(session: AsyncSession, word: str, ref: str | None) -> int | None:
    """The id of a key, user, organisation or channel; ids of removed ones are fine, for their records remain."""
    if ref is None:
        return None
    number = object_id(ref)
    if number is not None:
        return number
    found = await names.id_of(session, _KINDS[word], ref)
    if found is None:
        raise not_found(word, ref)
    return found


@router.get("", responses=problems(404), operation_id="list_usage")
async def list_usage(
    services: Surroundings,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    before: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
    key: Named = None,
    user: Named = None,
    channel: Named = None,
    model: ModelName = None,
    request_id: Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")] = None,
) -> UsageList:
    """The newest records that match everything given."""
    place = _CURSOR.fullmatch(before) if before is not None else None
    if before is not None and place is None:
        raise invalid([("query.before", "must be the value of `next` of an earlier page")])
    async with services.sessions() as session:
        rows = await usage.list_recent(
            session,
            limit=limit + 1,
            before=(int(place[1]), place[2]) if place else None,
            key_id=await _id(session, "key", key),
            user_id=await _id(session, "user", user),
            channel_id=await _id(session, "channel", channel),
            model=model,
            request_id=request_id,
        )
        page = rows[:limit]
        found = {
            word: await names.names(session, kind, (getattr(row, f"{word}_id") for row in page))
            for word, kind in _KINDS.items()
        }
    items = [
        UsageOut.model_validate(row).model_copy(
            update={word: named[getattr(row, f"{word}_id")] for word, named in found.items()}
        )
        for row in page
    ]
    more = len(rows) > limit
    return UsageList(items=items, next=f"{page[-1].started_at}.{page[-1].request_id}" if more else None)


def _microseconds(time: datetime | None) -> int | None:
    return None if time is None else int(time.timestamp() * 1_000_000)


@router.get("/totals", responses=problems(404), operation_id="total_usage")
async def total_usage(
    services: Surroundings,
    since: Annotated[UtcTime | None, Query()] = None,
    until: Annotated[UtcTime | None, Query()] = None,
    group_by: Group | None = None,
    order_by: Annotated[Order, Query(description="By requests or cost: the largest first.")] = "group",
    limit: Annotated[int, Query(ge=1, le=10_000, description="Groups at most.")] = 10_000,
    key: Named = None,
    user: Named = None,
    organisation: Named = None,
    group: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
    channel: Named = None,
    model: ModelName = None,
) -> UsageTotals:
    """Sums over records that started at or after `since` and before `until`."""
    column: Any = f"{group_by}_id" if group_by in _KINDS else group_by
    async with services.sessions() as session:
        rows = await usage_totals.totals(
            session,
            since=_microseconds(since),
            until=_microseconds(until),
            group_by=column,
            order_by=order_by,
            limit=limit,
            key_id=await _id(session, "key", key),
            user_id=await _id(session, "user", user),
            organisation_id=await _id(session, "organisation", organisation),
            group=group,
            channel_id=await _id(session, "channel", channel),
            model=model,
        )
        named: dict[int, str] | None = None
        if group_by in _KINDS:
            named = await names.names(session, _KINDS[group_by], (int(row.group) for row in rows))
    return UsageTotals(items=[_total(row, group_by, named) for row in rows])


def _total(row: usage_totals.UsageTotals, group_by: Group | None, named: dict[int, str] | None) -> UsageTotal:
    number = int(row.group) if named is not None else None
    group = str(row.group)
    if named is not None:
        group = named[int(row.group)]
    elif group_by in {"day", "hour"}:
        start = datetime.fromtimestamp(int(row.group) // 1_000_000, tz=UTC)
        group = start.date().isoformat() if group_by == "day" else time_text(start)
    return UsageTotal(
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
        provider_cost=row.provider_cost,
        mean_total_us=row.total_us // max(row.requests, 1),
        mean_first_token_us=row.first_token_us // max(row.first_tokens, 1),
    )
