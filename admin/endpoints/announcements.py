"""Announcements: notices, announcements, questions with answers, addresses of the API; for readers and for editors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import Caller, SignedIn, needs_all, open_route
from admin.endpoints.common import IfMatch, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.problems import invalid, not_found
from admin.schemas.account import time_of
from admin.schemas.announcement import (
    AnnouncementCreate,
    AnnouncementOut,
    AnnouncementPatch,
    Announcements,
    Kind,
    Shown,
)
from admin.schemas.base import MAX_ID, stored_utc
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import Announcement
from storage.repositories import announcements

router = APIRouter(tags=["announcements"], route_class=ListRoute)

SORTS = {"id": Announcement.id}
Editors = Annotated[Caller, needs_all("announcements.write")]
AnnouncementId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]


async def visible(services: Services, *, signed_in: bool) -> Announcements:
    """What is shown now to everybody, or to those who are signed in."""
    async with services.sessions() as session:
        rows = await announcements.visible(session, time_of(services.clock()), signed_in=signed_in)
    return Announcements(
        items=[
            Shown(
                id=row.id, kind=_out(row).kind, level=_out(row).level, title=row.title, body=row.body, link=row.link,
                at=row.visible_from or row.created_at,
            )
            for row in rows
        ]
    )  # fmt: skip


def _out(row: Announcement) -> AnnouncementOut:
    return AnnouncementOut.model_validate({name: getattr(row, name) for name in AnnouncementOut.model_fields})


async def _load(session: AsyncSession, number: int) -> Announcement:
    found = await announcements.get(session, number)
    if found is None:
        raise not_found("announcement", str(number))
    return found


def _check_times(row: Announcement) -> None:
    if row.visible_from is None or row.visible_until is None:
        return
    if stored_utc(row.visible_until) <= stored_utc(row.visible_from):
        raise invalid([("body.visible_until", "must be after visible_from")])


@router.get(
    "/public/announcements",
    responses=problems(),
    operation_id="public_announcements",
    dependencies=[Depends(open_route)],
)
async def public_announcements(services: Surroundings) -> Announcements:
    """What everybody sees now."""
    return await visible(services, signed_in=False)


@router.get("/announcements", responses=problems(), operation_id="list_announcements")
async def list_announcements(services: Surroundings, caller: SignedIn) -> Announcements:
    """What somebody who is signed in sees now."""
    del caller
    return await visible(services, signed_in=True)


@router.get("/announcements/all", responses=problems(), operation_id="list_all_announcements")
async def list_all_announcements(
    services: Surroundings, caller: Editors, page: Paged, q: Search = "", kind: Annotated[Kind | None, Query()] = None
) -> Listed[AnnouncementOut]:
    """All of them by `id`, for editors."""
    del caller
    statement = announcements.query()
    if kind is not None:
        statement = statement.where(Announcement.kind == kind)
    if q:
        statement = statement.where(contains(q, Announcement.title, identity=Announcement.id))
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Announcement.id)
    return Listed(items=[_out(row) for row in rows], next=following)


@router.post("/announcements", status_code=201, responses=problems(400, 413), operation_id="create_announcement")
async def create_announcement(
    services: Surroundings, caller: Editors, wanted: AnnouncementCreate, response: Response
) -> AnnouncementOut:
    """Write one."""
    row = Announcement(**wanted.model_dump())
    _check_times(row)
    async with services.sessions.begin() as session:
        shown = _out(await announcements.create(session, row))
        await audit.record(
            session, services, caller, "announcements.create", kind="announcement", id=row.id, name=row.title,
            after=shown,
        )  # fmt: skip
    response.headers["location"] = f"/api/v1/announcements/{row.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/announcements/{announcement}", responses=problems(404), operation_id="get_announcement")
async def get_announcement(
    services: Surroundings, caller: Editors, announcement: AnnouncementId, response: Response
) -> AnnouncementOut:
    """One, for editors."""
    del caller
    async with services.sessions() as session:
        shown = _out(await _load(session, announcement))
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch(
    "/announcements/{announcement}", responses=problems(400, 404, 412, 413), operation_id="change_announcement"
)
async def change_announcement(
    services: Surroundings,
    caller: Editors,
    announcement: AnnouncementId,
    patch: AnnouncementPatch,
    response: Response,
    if_match: IfMatch = None,
) -> AnnouncementOut:
    """Change what the body names."""
    async with services.sessions.begin() as session:
        row = await _load(session, announcement)
        before = _out(row)
        etags.check(if_match, before)
        changed = await announcements.update(session, row, patch.given())
        _check_times(row)
        shown = _out(row)
        if changed:
            await audit.record(
                session, services, caller, "announcements.change", kind="announcement", id=row.id, name=row.title,
                before=before, after=shown,
            )  # fmt: skip
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete(
    "/announcements/{announcement}", status_code=204, responses=problems(404, 412), operation_id="delete_announcement"
)
async def delete_announcement(
    services: Surroundings, caller: Editors, announcement: AnnouncementId, if_match: IfMatch = None
) -> None:
    """Remove one."""
    async with services.sessions.begin() as session:
        row = await _load(session, announcement)
        before = _out(row)
        etags.check(if_match, before)
        await announcements.remove(session, row)
        await audit.record(
            session, services, caller, "announcements.delete", kind="announcement", id=before.id, name=before.title,
            before=before,
        )  # fmt: skip
