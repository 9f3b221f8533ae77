"""Vendors: who makes models."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import Caller, needs, needs_all
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.problems import Problem, not_found
from admin.schemas.model import VendorCreate, VendorOut, VendorPatch
from admin.surroundings import Surroundings
from storage.models import Vendor
from storage.repositories import models

router = APIRouter(prefix="/vendors", tags=["models"], route_class=ListRoute)

SORTS = {"name": Vendor.name, "id": Vendor.id}

Readers = Annotated[Caller, needs("models.read")]
Writers = Annotated[Caller, needs_all("models.write")]


async def load(session: AsyncSession, ref: str) -> Vendor:
    """The vendor of that name or id; raises a Problem (404)."""
    number = object_id(ref)
    found = await (models.find_vendor(session, ref) if number is None else models.get_vendor(session, number))
    if found is None:
        raise not_found("vendor", ref)
    return found


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if await models.find_vendor(session, name) is not None:
        raise Problem(409, f"There is a vendor {name!r} already.")


@router.get("", responses=problems(), operation_id="list_vendors")
async def list_vendors(services: Surroundings, _caller: Readers, page: Paged, q: Search = "") -> Listed[VendorOut]:
    """Vendors by `name` or `id`."""
    statement = models.vendors_query()
    if q:
        statement = statement.where(contains(q, Vendor.name, identity=Vendor.id))
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Vendor.id)
    return Listed(items=[VendorOut.model_validate(row) for row in rows], next=following)


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_vendor")
async def create_vendor(services: Surroundings, caller: Writers, wanted: VendorCreate, response: Response) -> VendorOut:
    """Add a vendor."""
    async with services.sessions.begin() as session:
        await _refuse_taken(session, wanted.name)
        row = await models.create_vendor(session, Vendor(**wanted.model_dump()))
        shown = VendorOut.model_validate(row)
        await audit.record(
            session, services, caller, "vendors.create", kind="vendor", id=row.id, name=row.name, after=shown
        )
    response.headers["location"] = f"/api/v1/vendors/{row.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/{vendor}", responses=problems(404), operation_id="get_vendor")
async def get_vendor(services: Surroundings, _caller: Readers, vendor: Ref, response: Response) -> VendorOut:
    """One vendor."""
    async with services.sessions() as session:
        shown = VendorOut.model_validate(await load(session, vendor))
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch("/{vendor}", responses=problems(400, 404, 409, 412, 413), operation_id="change_vendor")
async def change_vendor(
    services: Surroundings,
    caller: Writers,
    vendor: Ref,
    patch: VendorPatch,
    response: Response,
    if_match: IfMatch = None,
) -> VendorOut:
    """Change what the body names and leave the rest."""
    given = patch.given()
    async with services.sessions.begin() as session:
        row = await load(session, vendor)
        before = VendorOut.model_validate(row)
        etags.check(if_match, before)
        if given.get("name", row.name) != row.name:
            await _refuse_taken(session, given["name"])
        changed = await models.update_vendor(session, row, given)
        shown = VendorOut.model_validate(row)
        if changed:
            await audit.record(
                session, services, caller, "vendors.change", kind="vendor", id=row.id, name=row.name, before=before,
                after=shown,
            )  # fmt: skip
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete("/{vendor}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_vendor")
async def delete_vendor(services: Surroundings, caller: Writers, vendor: Ref, if_match: IfMatch = None) -> None:
    """Remove a vendor without models."""
    async with services.sessions.begin() as session:
        row = await load(session, vendor)
        before = VendorOut.model_validate(row)
        etags.check(if_match, before)
        if await models.count_models(session, row.id):
            raise Problem(409, "Models of this vendor are there; change or remove them first.")
        await audit.record(
            session, services, caller, "vendors.delete", kind="vendor", id=row.id, name=row.name, before=before
        )
        await models.remove_vendor(session, row)
