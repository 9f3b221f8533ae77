"""Rate limits: list, set, read, delete. They count from the moment the data plane knows them, within a second."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, limit_rows, owners
from admin.caller import EVERYTHING, Caller, Scope, needs, needs_all
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.problems import not_found
from admin.schemas.limit import LimitOut, LimitSet
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.models import Limit
from storage.repositories import limits

router = APIRouter(prefix="/limits", tags=["limits"], route_class=ListRoute)

Readers = Annotated[Caller, needs("limits.read")]
Writers = Annotated[Caller, needs_all("limits.write")]


async def _load(session: AsyncSession, ref: str, scope: Scope = EVERYTHING) -> Limit:
    number = object_id(ref)
    found = await (limits.find_by_name(session, ref) if number is None else limits.get(session, number))
    if found is None or not await _holds(session, scope, found):
        raise not_found("limit", ref)
    return found


async def _holds(session: AsyncSession, scope: Scope, row: Limit) -> bool:
    """Whether a limit names a key, a user or a team inside of the scope."""
    if scope == EVERYTHING:
        return True
    named = (("key", row.key_id), ("user", row.user_id), ("team", row.team_id))
    kind, number = next(((kind, number) for kind, number in named if number), ("", 0))
    return bool(number) and await owners.holds(session, scope, kind, number)


async def _shown(session: AsyncSession, row: Limit) -> LimitOut:
    return limit_rows.shown(row, await limits.names_of(session, [row]))


@router.get("", responses=problems(), operation_id="list_limits")
async def list_limits(services: Surroundings, caller: Readers, page: Paged, q: Search = "") -> Listed[LimitOut]:
    """Limits by name or `id`; for others than operators those that name their users, keys and teams."""
    statement = limits.query(**caller.scope("limits.read")._asdict())
    if q:
        statement = statement.where(contains(q, Limit.name, Limit.model, identity=Limit.id))
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, {"name": Limit.name, "id": Limit.id}, Limit.id)
        names = await limits.names_of(session, rows)
    return Listed(items=[limit_rows.shown(row, names) for row in rows], next=following)


@router.put("", responses=problems(400, 412, 413), operation_id="set_limit")
async def set_limit(
    services: Surroundings, caller: Writers, wanted: LimitSet, response: Response, if_match: IfMatch = None
) -> LimitOut:
    """Set the limit of that name. With another amount its counts go on; with another window they begin anew."""
    async with services.sessions.begin() as session:
        row = await limits.find_by_name(session, wanted.name)
        before = None if row is None else await _shown(session, row)
        if before is not None:
            etags.check(if_match, before)
        written = await limit_rows.write(session, wanted, row, "api" if row is None else row.origin, "body")
        stored = written or row
        if stored is None:
            raise not_found("limit", wanted.name)
        shown = await _shown(session, stored)
        if written is not None:
            await audit.record(
                session, services, caller, "limits.set", kind="limit", id=shown.id, name=shown.name, before=before,
                after=shown,
            )  # fmt: skip
    if written is not None:
        await announce(services)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


async def switch(services: Services, caller: Caller, ref: str, *, enabled: bool) -> None:
    """Switch a limit on or off. Raises Problems."""
    async with services.sessions.begin() as session:
        row = await _load(session, ref)
        before = await _shown(session, row)
        if await limits.update(session, row, {"enabled": enabled}):
            await audit.record(
                session, services, caller, "limits.set", kind="limit", id=row.id, name=row.name, before=before,
                after=await _shown(session, row),
            )  # fmt: skip


@router.get("/{limit}", responses=problems(404), operation_id="get_limit")
async def get_limit(services: Surroundings, caller: Readers, limit: Ref, response: Response) -> LimitOut:
    """One limit."""
    async with services.sessions() as session:
        shown = await _shown(session, await _load(session, limit, caller.scope("limits.read")))
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete(
    "/{limit}",
    status_code=204,
    responses=problems(404, 412),
    operation_id="delete_limit",
)
async def delete_limit(services: Surroundings, caller: Writers, limit: Ref, if_match: IfMatch = None) -> None:
    """Remove a limit."""
    async with services.sessions.begin() as session:
        row = await _load(session, limit)
        before = await _shown(session, row)
        etags.check(if_match, before)
        await limits.remove(session, row)
        await audit.record(
            session, services, caller, "limits.delete", kind="limit", id=before.id, name=before.name, before=before
        )
    await announce(services)
