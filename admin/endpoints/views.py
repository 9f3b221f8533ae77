"""Saved views of the console: one's own, and those that others share."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import Caller, SignedIn
from admin.endpoints.common import IfMatch, problems
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.view import ViewCreate, ViewList, ViewOut, ViewPatch
from admin.surroundings import Surroundings
from storage.models import SavedView
from storage.repositories import saved_views, users

router = APIRouter(prefix="/views", tags=["views"])

MOST = 200
ViewId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]


def _owner(caller: Caller) -> int:
    if caller.user_id is None:
        raise Problem(400, "This credential is nobody's: views belong to people.", slug="not-a-person")
    return caller.user_id


def _out(row: SavedView, caller: Caller) -> ViewOut:
    names = ViewOut.model_fields.keys() - {"own"}
    return ViewOut(own=row.user_id == caller.user_id, **{name: getattr(row, name) for name in names})


async def _load(session: AsyncSession, number: int, caller: Caller) -> SavedView:
    """A view that the caller sees; raises 404."""
    row = await saved_views.get(session, number)
    if row is not None:
        if row.user_id == caller.user_id or row.shared == saved_views.EVERYBODY:
            return row
        home = caller.organisation_id
        if row.shared == saved_views.ORGANISATION and home is not None and row.organisation_id == home:
            return row
    raise not_found("view", str(number))


def _may_change(row: SavedView, caller: Caller) -> None:
    """The owner may; of what is shared also who looks after those it is shared with."""
    if row.user_id == caller.user_id:
        return
    if row.shared == saved_views.EVERYBODY and caller.reach("announcements.write") is Reach.ALL:
        return
    inside = row.shared == saved_views.ORGANISATION and row.organisation_id == caller.organisation_id
    if inside and caller.reach("organisations.write") in (Reach.ORGANISATION, Reach.ALL):
        return
    raise Problem(403, "This view is somebody else's.", slug="forbidden")


async def _placed(session: AsyncSession, fields: dict[str, Any], caller: Caller, owner_id: int) -> dict[str, Any]:
    """The columns that sharing decides. Raises Problems (403, 422)."""
    shared = fields.get("shared")
    if shared is None:
        return fields
    if shared == saved_views.EVERYBODY:
        caller.require_all("announcements.write")
    home = None
    if shared == saved_views.ORGANISATION:
        owner = await users.get(session, owner_id)
        home = owner.organisation_id if owner is not None else None
        if home is None:
            raise invalid([("body.shared", "you are in no organisation")])
    return {**fields, "organisation_id": home}


@router.get("", responses=problems(), operation_id="list_views")
async def list_views(
    services: Surroundings,
    caller: SignedIn,
    page: Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[^\x00]*$")] = None,
) -> ViewList:
    """One's own views and those shared with one, of one page or of all."""
    if caller.user_id is None:
        return ViewList(items=[])
    async with services.sessions() as session:
        rows = await saved_views.seen_by(session, caller.user_id, caller.organisation_id, page)
    return ViewList(items=[_out(row, caller) for row in rows])


@router.post("", status_code=201, responses=problems(400, 413), operation_id="create_view")
async def create_view(services: Surroundings, caller: SignedIn, wanted: ViewCreate, response: Response) -> ViewOut:
    """Save a view; at most 200 of one's own."""
    owner = _owner(caller)
    async with services.sessions.begin() as session:
        if await saved_views.count(session, owner) >= MOST:
            raise Problem(422, f"At most {MOST} views can be saved.", slug="too-many")
        columns = await _placed(session, wanted.model_dump(), caller, owner)
        row = await saved_views.create(session, SavedView(user_id=owner, **columns))
        shown = _out(row, caller)
        if row.shared != "no":
            await audit.record(
                session, services, caller, "views.share", kind="view", id=row.id, name=row.name, after=shown
            )
    response.headers["location"] = f"/api/v1/views/{shown.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch("/{view}", responses=problems(400, 404, 412, 413), operation_id="change_view")
async def change_view(
    services: Surroundings,
    caller: SignedIn,
    view: ViewId,
    patch: ViewPatch,
    response: Response,
    if_match: IfMatch = None,
) -> ViewOut:
    """Change what the body names."""
    async with services.sessions.begin() as session:
        row = await _load(session, view, caller)
        _may_change(row, caller)
        before = _out(row, caller)
        etags.check(if_match, before)
        changed = await saved_views.update(session, row, await _placed(session, patch.given(), caller, row.user_id))
        shown = _out(row, caller)
        if changed and {before.shared, shown.shared} != {"no"}:
            await audit.record(
                session, services, caller, "views.change", kind="view", id=row.id, name=row.name, before=before,
                after=shown,
            )  # fmt: skip
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete("/{view}", status_code=204, responses=problems(404, 412), operation_id="delete_view")
async def delete_view(services: Surroundings, caller: SignedIn, view: ViewId, if_match: IfMatch = None) -> None:
    """Remove a view."""
    async with services.sessions.begin() as session:
        row = await _load(session, view, caller)
        _may_change(row, caller)
        before = _out(row, caller)
        etags.check(if_match, before)
        if row.shared != "no":
            await audit.record(
                session, services, caller, "views.delete", kind="view", id=row.id, name=row.name, before=before
            )
        await saved_views.remove(session, row)
