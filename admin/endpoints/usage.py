"""Single requests: searched by whatever is known of them, exported, and shown in full. Read only."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import usage_rows
from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.endpoints.explain import RequestId, explained
from admin.exports import FILES, Format, export
from admin.listing import Listed, Paged
from admin.permissions import Reach
from admin.problems import not_found
from admin.schemas.request_log import RequestOut
from admin.schemas.route import RouteOut
from admin.schemas.usage import UsageOut
from admin.services import RouteQuestion, Services
from admin.surroundings import Surroundings
from admin.usage_filters import RowFilters, wanted
from storage.models import Usage
from storage.repositories import teams, usage, usage_search
from storage.repositories.usage_search import Place, TooManyError, Wanted

router = APIRouter(prefix="/usage", tags=["usage"])

Reader = Annotated[Caller, needs("logs.read")]
Text = Annotated[
    str,
    Query(
        max_length=200,
        pattern=r"^[^\x00]*$",
        description="A request's id, or part of what a client was told went wrong.",
        examples=["rate limit"],
    ),
]
OneRequest = Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]

_EXPORTED = (
    "request_id", "started_at", "key", "user", "team", "organisation", "group", "channel", "provider", "operation",
    "model",
    "upstream_model", "stream", "status", "end", "error", "error_text", "input_tokens", "output_tokens",
    "cached_tokens", "cache_write_tokens", "reasoning_tokens", "usage_source", "cost", "provider_cost", "queue_us",
    "first_byte_us", "first_token_us", "total_us", "attempts", "client_ip", "finish_reason", "upstream_request_id",
    "client_protocol", "upstream_protocol", "losses",
)  # fmt: skip
_BATCH = 1000


@router.get("", responses=problems(404), operation_id="list_usage")
async def list_usage(
    services: Surroundings,
    caller: Reader,
    page: Paged,
    filters: RowFilters,
    q: Text = "",
    request_id: OneRequest = None,
) -> Listed[UsageOut]:
    """The records that match everything given, newest first.

    `sort` is one of started_at, cost, total_us, first_token_us, input_tokens, output_tokens. Orders other than by time,
    and filters by the provider's request id, its model, the client's address, streaming or media, look through at most
    500,000 requests.
    """
    sort, descending, behind = usage_rows.ordering(page)
    async with services.sessions() as session:
        found, name = _asked(q, request_id)
        asked = await wanted(session, filters, caller, "logs.read", found)
        rows: Sequence[Usage]
        if name:
            row = await usage.get(session, name)
            rows = [row] if row is not None and not behind and _fits(row, asked) else []
        else:
            try:
                rows = await usage_search.search(
                    session, asked, limit=page.limit + 1, sort=sort, descending=descending, behind=behind
                )
            except TooManyError as error:
                raise usage_rows.too_many(error) from None
        items = await usage_rows.shown(session, rows[: page.limit], caller, services.clock())
    more = len(rows) > page.limit
    return Listed(items=items, next=usage_rows.cursor_behind(rows[page.limit - 1], page) if more else None)


@router.get("/export", responses=problems(404) | FILES, operation_id="export_usage", response_class=StreamingResponse)
async def export_usage(
    services: Surroundings,
    caller: Reader,
    filters: RowFilters,
    q: Text = "",
    form: Annotated[Format, Query(alias="format")] = "csv",
    limit: Annotated[int, Query(ge=1, le=10_000_000, description="Records at most.")] = 1_000_000,
) -> StreamingResponse:
    """The records that match everything given as a file, newest first."""
    async with services.sessions() as session:
        asked = await wanted(session, filters, caller, "logs.read", q)
        if asked.others and (count := await usage_search.count(session, asked)) > usage_search.MOST_LOOKED_THROUGH:
            raise usage_rows.too_many(TooManyError(count))
    return await export(_batches(services, caller, asked, limit), _EXPORTED, form, "usage")


@router.get("/{request_id}", responses=problems(404), operation_id="get_usage")
async def get_usage(
    services: Surroundings,
    caller: Reader,
    request_id: RequestId,
    route: Annotated[bool, Query(description="Say what would be done with such a request now.")] = False,
) -> RequestOut:
    """One request in full: its life, the channels it tried, the arithmetic of its cost."""
    everything = caller.reach("logs.read") is Reach.ALL
    async with services.sessions() as session:
        row = await usage.get(session, request_id)
        if row is None or not await _reached(session, row, caller):
            raise not_found("request", request_id)
        (item,) = await usage_rows.shown(session, [row], caller, services.clock())
        booked_at = await usage_rows.settled_at(session, row)
        tried = await usage_rows.attempts(session, row) if everything else []
        cost = await explained(session, row) if everything else None
    return RequestOut(
        request=item,
        timeline=usage_rows.timeline(row, booked_at, tried),
        attempts=tried,
        cost=cost,
        route=await _route(services, row) if route and everything and row.model else None,
    )


async def _reached(session: AsyncSession, row: Usage, caller: Caller) -> bool:
    """Whether the caller sees a request: one's own, the organisation's, one of a team that the caller leads."""
    if caller.scope("logs.read").holds(row.user_id, row.organisation_id):
        return True
    return bool(row.team_id and caller.user_id) and await teams.leads(session, row.team_id, caller.user_id or 0)


async def _route(services: Services, row: Usage) -> RouteOut:
    question = RouteQuestion(row.model, row.client_protocol or "chat", row.operation, row.stream, row.key_id)
    return RouteOut.model_validate(await services.explain_route(question))


def _asked(text: str, request_id: str | None) -> tuple[str, str]:
    """(text of an error, id of a request): a request's id may stand where a text is looked for."""
    if request_id is None and text.startswith("req_") and " " not in text:
        return "", text
    return text, request_id or ""


def _fits(row: Usage, asked: Wanted) -> bool:
    """Whether the record of an id is what else was asked for; times, texts and orders do not matter then."""
    known = {"media": usage_rows.has_media(row)}
    return all(
        known.get(name, getattr(row, name, None)) == value for name, value in (asked.dimensions | asked.others).items()
    )


async def _batches(
    services: Services, caller: Caller, asked: Wanted, limit: int
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """The records, each batch in a session of its own: a slow reader holds none open."""
    behind: Place | None = None
    while limit > 0:
        async with services.sessions() as session:
            rows = await usage_search.search(session, asked, limit=min(_BATCH, limit), behind=behind)
            items = await usage_rows.shown(session, rows, caller, services.clock())
        yield [item.model_dump() for item in items]
        if len(rows) < min(_BATCH, limit):
            return
        limit -= len(rows)
        behind = (rows[-1].started_at, rows[-1].request_id)
