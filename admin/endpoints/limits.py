"""Rate limits: list, set, read, delete. They count from the moment the data plane knows them, within a second."""

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import etags, limit_rows
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.problems import not_found
from admin.schemas.limit import LimitList, LimitOut, LimitSet
from admin.surroundings import Surroundings, announce
from storage.models import Limit
from storage.repositories import limits

router = APIRouter(prefix="/limits", tags=["limits"])


async def _load(session: AsyncSession, ref: str) -> Limit:
    number = object_id(ref)
    found = await (limits.find_by_name(session, ref) if number is None else limits.get(session, number))
    if found is None:
        raise not_found("limit", ref)
    return found


async def _shown(session: AsyncSession, row: Limit) -> LimitOut:
    return limit_rows.shown(row, await limits.names_of(session, [row]))


@router.get("", responses=problems(), operation_id="list_limits")
async def list_limits(services: Surroundings) -> LimitList:
    """All limits by name."""
    async with services.sessions() as session:
        rows = await limits.list_all(session)
        names = await limits.names_of(session, rows)
    return LimitList(items=[limit_rows.shown(row, names) for row in rows])


@router.put("", responses=problems(400, 412, 413), operation_id="set_limit")
async def set_limit(services: Surroundings, wanted: LimitSet, response: Response, if_match: IfMatch = None) -> LimitOut:
    """Set the limit of that name. With another amount its counts go on; with another window they begin anew."""
    async with services.sessions.begin() as session:
        row = await limits.find_by_name(session, wanted.name)
        if row is not None:
            etags.check(if_match, await _shown(session, row))
        written = await limit_rows.write(session, wanted, row, "api" if row is None else row.origin, "body")
        stored = written or row
        if stored is None:
            raise not_found("limit", wanted.name)
        shown = await _shown(session, stored)
    if written is not None:
        await announce(services)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/{limit}", responses=problems(404), operation_id="get_limit")
async def get_limit(services: Surroundings, limit: Ref, response: Response) -> LimitOut:
    """One limit."""
    async with services.sessions() as session:
        shown = await _shown(session, await _load(session, limit))
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete("/{limit}", status_code=204, responses=problems(404, 412), operation_id="delete_limit")
async def delete_limit(services: Surroundings, limit: Ref, if_match: IfMatch = None) -> None:
    """Remove a limit."""
    async with services.sessions.begin() as session:
        row = await _load(session, limit)
        etags.check(if_match, await _shown(session, row))
        await limits.remove(session, row)
    await announce(services)
