"""New API's routes about requests, read only: /api/log/ for operators and /api/log/self."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from admin import usage_rows
from admin.caller import Caller, needs, needs_all
from admin.endpoints.common import problems
from admin.newapi_pages import Numbered, Place
from admin.schemas import newapi
from admin.schemas.usage import UsageOut
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import Key, User
from storage.pricing.units import quota_units
from storage.repositories import names, usage_search
from storage.repositories.usage_search import TooManyError, Wanted

public_router = APIRouter(tags=["as New API"])

_CONSUMED, _FAILED = 2, 5
_KNOWN = {0, _CONSUMED, _FAILED}
_MICRO = 1_000_000
_LAST = 9_000_000_000
_NOBODY = -1

_Word = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
_Time = Annotated[int, Query(ge=0, le=_LAST, description="Unix seconds; 0: any.")]


class Asked(msgspec.Struct, frozen=True):
    """What New API's clients filter by; "" and 0: anything."""

    type: int
    since: int
    until: int
    token: str
    model: str
    group: str


async def _asked(
    type_: Annotated[int, Query(alias="type", ge=0, le=100, description="2: went well, 5: failed, 0: both.")] = 0,
    start_timestamp: _Time = 0,
    end_timestamp: _Time = 0,
    token_name: _Word = "",
    model_name: _Word = "",
    group: _Word = "",
) -> Asked:
    return Asked(type_, start_timestamp, end_timestamp, token_name, model_name, group)


Filters = Annotated[Asked, Depends(_asked)]
Logs = newapi.Answer[newapi.Numbered[newapi.LogItem]]


@public_router.get("/api/log/self", responses=problems(), operation_id="new_api_own_logs")
@public_router.get("/api/log/self/", include_in_schema=False)
async def own_logs(
    services: Surroundings, caller: Annotated[Caller, needs("logs.read")], place: Numbered, asked: Filters
) -> Logs:
    """The caller's own requests, the newest first."""
    async with services.sessions() as session:
        wanted = Wanted(user_id=caller.user_id if caller.user_id is not None else _NOBODY)
        return await _page(session, services, caller, await _narrowed(session, wanted, asked), place, asked)


@public_router.get("/api/log/", responses=problems(), operation_id="new_api_logs")
@public_router.get("/api/log", include_in_schema=False)
async def logs(
    services: Surroundings,
    caller: Annotated[Caller, needs_all("logs.read")],
    place: Numbered,
    asked: Filters,
    username: _Word = "",
    channel: Annotated[int, Query(ge=0, le=2**31 - 1, description="Its id; 0: any.")] = 0,
) -> Logs:
    """All requests, the newest first."""
    async with services.sessions() as session:
        user = await _id(session, User, username)
        wanted = Wanted(user_id=user, channel_id=channel or None)
        return await _page(session, services, caller, await _narrowed(session, wanted, asked), place, asked)


async def _id(session: AsyncSession, kind: names.Named, name: str) -> int | None:
    """The id of that name, None for no name; a name that nobody has finds nothing."""
    if not name:
        return None
    found = await names.id_of(session, kind, name)
    return _NOBODY if found is None else found


async def _narrowed(session: AsyncSession, wanted: Wanted, asked: Asked) -> Wanted:
    return msgspec.structs.replace(
        wanted,
        since=asked.since * _MICRO if asked.since else None,
        until=(asked.until + 1) * _MICRO if asked.until else None,
        key_id=await _id(session, Key, asked.token),
        model=asked.model or None,
        group=asked.group or None,
        failed={_CONSUMED: False, _FAILED: True}.get(asked.type),
    )


async def _page(
    session: AsyncSession, services: Services, caller: Caller, wanted: Wanted, place: Place, asked: Asked
) -> Logs:
    items: list[newapi.LogItem] = []
    total = 0
    if asked.type in _KNOWN:
        try:
            rows = await usage_search.search(session, wanted, limit=place.skip + place.size)
        except TooManyError as error:
            raise usage_rows.too_many(error) from None
        # The roll-ups count requests; of those that failed, or did not, they know no number in advance.
        total = max(len(rows), await usage_search.count(session, wanted)) if wanted.failed is None else len(rows)
        here = rows[place.skip :]
        items = [_item(one) for one in await usage_rows.shown(session, here, caller, services.clock())]
    return newapi.Answer(data=newapi.Numbered(page=place.number, page_size=place.size, total=total, items=items))


def _item(row: UsageOut) -> newapi.LogItem:
    failed = row.status >= 400 or row.end != "complete"
    other = {
        "frt": row.first_token_us // 1000,
        "cache_tokens": row.cached_tokens,
        "cache_creation_tokens": row.cache_write_tokens,
        "upstream_model_name": row.upstream_model,
        "status_code": row.status,
    }
    return newapi.LogItem(
        id=row.started_at,
        user_id=row.user_id,
        created_at=row.started_at // _MICRO,
        type=_FAILED if failed else _CONSUMED,
        content=row.error_text,
        username=row.user,
        token_name=row.key,
        model_name=row.model,
        quota=quota_units(row.cost),
        prompt_tokens=row.input_tokens,
        completion_tokens=row.output_tokens,
        use_time=row.total_us // _MICRO,
        is_stream=row.stream,
        channel=row.channel_id,
        channel_name=row.channel,
        token_id=row.key_id,
        group=row.group,
        ip=row.client_ip,
        request_id=row.request_id,
        other=msgspec.json.encode(other).decode(),
    )
