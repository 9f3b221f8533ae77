"""Usage: single records and sums, read only."""

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from admin.endpoints.common import object_id, problems
from admin.problems import invalid, not_found
from admin.schemas.base import UtcTime
from admin.schemas.usage import Group, UsageList, UsageOut, UsageTotal, UsageTotals
from admin.surroundings import Surroundings
from storage.repositories import channels, keys, usage
from storage.repositories.usage import GroupBy

router = APIRouter(prefix="/usage", tags=["usage"])

_CURSOR = re.compile(r"(\d{1,18})\.([\x21-\x7e]{1,64})")
_COLUMNS: dict[str, GroupBy] = {"key": "key_id", "channel": "channel_id"}

Named = Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")]
ModelName = Annotated[
    str | None, Query(min_length=1, max_length=255, pattern=r"^[^\x00]+$", description="As asked for.")
]


async def _id(ref: str | None, kind: str, find: Callable[[str], Awaitable[Any]]) -> int | None:
    """The id of a key or channel; ids of removed ones are fine, for their records remain."""
    if ref is None:
        return None
    number = object_id(ref)
    if number is not None:
        return number
    row = await find(ref)
    if row is None:
        raise not_found(kind, ref)
    return int(row.id)


async def _key_id(session: AsyncSession, ref: str | None) -> int | None:
    return await _id(ref, "key", lambda name: keys.find_by_name(session, name))


async def _channel_id(session: AsyncSession, ref: str | None) -> int | None:
    return await _id(ref, "channel", lambda name: channels.find_by_name(session, name))


async def _names(ids: Iterable[int], get: Callable[[int], Awaitable[Any]]) -> dict[int, str]:
    """The present names of these keys or channels, "" for those that are gone."""
    rows = {number: await get(number) if number else None for number in sorted(set(ids))}
    return {number: row.name if row is not None else "" for number, row in rows.items()}


@router.get("", responses=problems(404), operation_id="list_usage")
async def list_usage(
    services: Surroundings,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    before: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
    key: Named = None,
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
            key_id=await _key_id(session, key),
            channel_id=await _channel_id(session, channel),
            model=model,
            request_id=request_id,
        )
        page = rows[:limit]
        key_names = await _names((row.key_id for row in page), lambda number: keys.get(session, number))
        channel_names = await _names((row.channel_id for row in page), lambda number: channels.get(session, number))
    items = [
        UsageOut.model_validate(row).model_copy(
            update={"key": key_names[row.key_id], "channel": channel_names[row.channel_id]}
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
    key: Named = None,
    channel: Named = None,
    model: ModelName = None,
) -> UsageTotals:
    """Sums over records that started at or after `since` and before `until`."""
    column: Any = None if group_by is None else _COLUMNS.get(group_by, group_by)
    async with services.sessions() as session:
        rows = await usage.totals(
            session,
            since=_microseconds(since),
            until=_microseconds(until),
            group_by=column,
            key_id=await _key_id(session, key),
            channel_id=await _channel_id(session, channel),
            model=model,
        )
        names: dict[int, str] = {}
        if group_by in {"key", "channel"}:
            noun: Any = keys if group_by == "key" else channels
            names = await _names((int(row.group) for row in rows), lambda number: noun.get(session, number))
    return UsageTotals(items=[_total(row, group_by, names) for row in rows])


def _total(row: usage.UsageTotals, group_by: Group | None, names: dict[int, str]) -> UsageTotal:
    number = int(row.group) if group_by in {"key", "channel"} else None
    group = str(row.group)
    if number is not None:
        group = names[number]
    elif group_by == "day":
        group = datetime.fromtimestamp(int(row.group) // 1_000_000, tz=UTC).date().isoformat()
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
    )
