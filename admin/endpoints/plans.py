"""Subscription plans: list, read, create, change, remove."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import Caller, needs, needs_all
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.plan import PlanCreate, PlanOut, PlanPatch, check_reset, columns, plan_out
from admin.surroundings import Surroundings
from storage.models.plan import Plan
from storage.subscriptions import plans

router = APIRouter(prefix="/plans", tags=["subscriptions"], route_class=ListRoute)

SORTS = {"position": Plan.position, "name": Plan.name, "id": Plan.id}
Readers = Annotated[Caller, needs("plans.read")]
Writers = Annotated[Caller, needs_all("plans.write")]


async def load(session: AsyncSession, ref: str, *, offered: bool = False) -> Plan:
    """The plan of that name or id; raises a Problem (404), with `offered` also for one that nobody may buy."""
    number = object_id(ref)
    found = await (plans.find_by_name(session, ref) if number is None else plans.get(session, number))
    if found is None or (offered and not (found.enabled and found.public)):
        raise not_found("plan", ref)
    return found


def _tag(shown: PlanOut) -> PlanOut:
    return shown.model_copy(update={"running": None})


def _all(caller: Caller) -> bool:
    return caller.reach("plans.read") is Reach.ALL


@router.get("", responses=problems(), operation_id="list_plans")
async def list_plans(services: Surroundings, caller: Readers, page: Paged, q: Search = "") -> Listed[PlanOut]:
    """Plans by `position`, `name` or `id`; those who do not manage them see what is sold."""
    async with services.sessions() as session:
        statement = plans.query(offered=not _all(caller))
        if q:
            statement = statement.where(contains(q, Plan.name, Plan.title, identity=Plan.id))
        rows, following = await fetch(session, statement, page, SORTS, Plan.id)
        running = await plans.sold(session, [row.id for row in rows]) if _all(caller) else None
    items = [plan_out(row, None if running is None else running.get(row.id, 0)) for row in rows]
    return Listed(items=items, next=following)


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_plan")
async def create_plan(services: Surroundings, caller: Writers, wanted: PlanCreate, response: Response) -> PlanOut:
    """Make a plan."""
    async with services.sessions.begin() as session:
        if await plans.find_by_name(session, wanted.name) is not None:
            raise Problem(409, f"There is a plan {wanted.name!r} already.")
        row = await plans.create(session, Plan(**columns(wanted.model_dump()), external={}))
        shown = plan_out(row, 0)
        await audit.record(
            session, services, caller, "plans.create", kind="plan", id=row.id, name=row.name, after=shown
        )
    response.headers["location"] = f"/api/v1/plans/{row.id}"
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.get("/{plan}", responses=problems(404), operation_id="get_plan")
async def get_plan(services: Surroundings, caller: Readers, plan: Ref, response: Response) -> PlanOut:
    """One plan."""
    async with services.sessions() as session:
        row = await load(session, plan, offered=not _all(caller))
        running = (await plans.sold(session, [row.id])).get(row.id, 0) if _all(caller) else None
    shown = plan_out(row, running)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.patch("/{plan}", responses=problems(400, 404, 409, 412, 413), operation_id="change_plan")
async def change_plan(
    services: Surroundings, caller: Writers, plan: Ref, patch: PlanPatch, response: Response, if_match: IfMatch = None
) -> PlanOut:
    """Change what the body names. Terms that are paid keep what they were sold with."""
    changes = columns(patch.given())
    async with services.sessions.begin() as session:
        row = await load(session, plan)
        before = plan_out(row, None)
        etags.check(if_match, before)
        try:
            check_reset(changes.get("reset", row.reset), changes.get("reset_s", row.reset_s))
        except ValueError as error:
            raise invalid([("body.reset_s", str(error))]) from None
        taken = await plans.find_by_name(session, changes.get("name", row.name))
        if taken is not None and taken.id != row.id:
            raise Problem(409, f"There is a plan {taken.name!r} already.")
        changed = await plans.update(session, row, changes)
        shown = plan_out(row, None)
        if changed:
            await audit.record(
                session, services, caller, "plans.change", kind="plan", id=row.id, name=row.name, before=before,
                after=shown,
            )  # fmt: skip
        running = (await plans.sold(session, [row.id])).get(row.id, 0)
    response.headers["etag"] = etags.etag_of(shown)
    return shown.model_copy(update={"running": running})


@router.delete("/{plan}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_plan")
async def delete_plan(services: Surroundings, caller: Writers, plan: Ref, if_match: IfMatch = None) -> None:
    """Remove a plan that was never sold; others can be switched off."""
    async with services.sessions.begin() as session:
        row = await load(session, plan)
        before = plan_out(row, None)
        etags.check(if_match, before)
        if await plans.ever_sold(session, row.id):
            raise Problem(409, "The plan was sold; switch it off instead.")
        await plans.remove(session, row)
        await audit.record(
            session, services, caller, "plans.delete", kind="plan", id=before.id, name=before.name, before=before
        )
