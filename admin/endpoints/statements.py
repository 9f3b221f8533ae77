"""Monthly statements of a user's or an organisation's account: as data, as a page, as PDF, as a table."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import user_rows
from admin.caller import Caller, Scope, needs
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import problems
from admin.exports import export
from admin.options.payments import Payments
from admin.permissions import Reach
from admin.problems import Problem, invalid
from admin.schemas.statement import StatementOut
from admin.statements import documents
from admin.statements.build import month_span, statement
from admin.surroundings import Surroundings

router = APIRouter(prefix="/statements", tags=["payments"])

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@router.get("/{month}", response_model=StatementOut, responses=problems(404, 409), operation_id="get_statement")
async def get_statement(
    services: Surroundings,
    caller: Annotated[Caller, needs("orders.read")],
    month: Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", examples=["2026-10"])],
    user: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id; oneself.")] = None,
    organisation: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
    form: Annotated[Literal["json", "html", "pdf", "csv"], Query(alias="format")] = "json",
) -> StatementOut | Response:
    """The statement of a month in UTC, of oneself, of a user or of an organisation."""
    now = services.clock()
    if month_span(month)[0] > now:
        raise invalid([("path.month", "has not begun")])
    if user is not None and organisation is not None:
        raise invalid([("query.organisation", "and user exclude each other")])
    async with services.sessions() as session:
        kind, owner_id, name = await _owner(session, caller, user, organisation)
        said = await statement(session, kind, owner_id, name, month, now)
    file = f"statement-{month}-{_UNSAFE.sub('_', name)[:60]}"
    headers = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
    if form == "csv":
        return await export(_batches(documents.rows_of(said)), documents.COLUMNS, "csv", file)
    if form == "html":
        return HTMLResponse(documents.html(said), headers={**headers, "content-security-policy": _POLICY})
    if form == "json":
        return said
    font = (await services.options.get(Payments)).receipt_font
    # Drawing a long one takes hundreds of milliseconds of CPU.
    drawn = await asyncio.to_thread(documents.pdf, said, font)
    headers["content-disposition"] = f'attachment; filename="{file}.pdf"'
    return Response(drawn, media_type="application/pdf", headers=headers)


async def _owner(
    session: AsyncSession, caller: Caller, user: str | None, organisation: str | None
) -> tuple[str, int, str]:
    scope = caller.scope("orders.read")
    if organisation is not None:
        reach = caller.reach("orders.read")
        within = Scope() if reach is Reach.ALL else Scope(organisation_id=caller.organisation_id or -1)
        if reach is Reach.OWN:
            within = Scope(user_id=-1)
        found = await organisation_endpoints.load(session, organisation, within)
        return "organisation", found.id, found.name
    if user is None and caller.user_id is None:
        raise Problem(409, "A token of the gateway is nobody; name a user or an organisation.")
    whose = await user_rows.load(session, user or str(caller.user_id), scope, removed=True)
    return "user", whose.id, whose.name


async def _batches(rows: Sequence[dict[str, Any]]) -> AsyncIterator[Sequence[dict[str, Any]]]:
    yield rows
