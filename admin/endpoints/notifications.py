"""Notifications: where one's events go, what happened of late, and from which balance on one is told."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from admin import audit, etags, target_rows
from admin.caller import Caller, SignedIn, needs, some_step_up, step_up
from admin.endpoints.common import IfMatch, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.notifications.texts import words
from admin.problems import Problem
from admin.schemas.account import signed_to_nano, time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import MAX_ID
from admin.schemas.target import (
    DeliveryOut,
    EventOut,
    Kind,
    KindList,
    KindOut,
    LowBalance,
    OwnerOf,
    Rotation,
    TargetCreate,
    TargetCreated,
    TargetOut,
    TargetPatch,
    delivery_out,
    target_out,
)
from admin.surroundings import Surroundings
from storage.events import deliveries, low, outbox, targets
from storage.events.kinds import KINDS
from storage.models.base import now as moment
from storage.models.event import Delivery, Event, Target

router = APIRouter(prefix="/notifications", tags=["notifications"], route_class=ListRoute)

SORTS = {"id": Target.id, "name": Target.name}
EVENTS = {"id": Event.id}
DELIVERIES = {"id": Delivery.id}
ANY = {"webhook", "email", "bark", "gotify"}
TargetId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]
DeliveryId = Annotated[int, Path(ge=1, le=2**53, description="Id.")]
Readers = Annotated[Caller, needs("notifications.read")]
Writers = Annotated[Caller, needs("notifications.write")]


@router.get("/kinds", responses=problems(), operation_id="list_event_kinds")
async def list_kinds(_caller: SignedIn) -> KindList:
    """Every kind of event."""
    found = [
        KindOut(name=name, description=kind.description, operators=kind.operators, mailed=kind.mailed)
        for name, kind in sorted(KINDS.items())
    ]
    return KindList(items=found)


@router.get("/events", responses=problems(), operation_id="list_events")
async def list_events(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    language: Annotated[str, Query(max_length=20, pattern=r"^[A-Za-z-]*$", description="Of `title` and `text`.")] = "",
) -> Listed[EventOut]:
    """What happened, by `id`; sort=-id has the latest first. Kept for as many days as the option says."""
    scope = caller.scope("notifications.read")
    async with services.sessions() as session:
        statement = outbox.query(scope.user_id, scope.organisation_id)
        rows, following = await fetch(session, statement, page, EVENTS, Event.id)
    items = []
    for row in rows:
        said = words(row.kind, row.data, language)
        items.append(
            EventOut(
                id=row.id, kind=row.kind, data=row.data, title=said.title, text=said.text,
                created_at=time_of(row.created_at),
            )
        )  # fmt: skip
    return Listed(items=items, next=following)


@router.get("/targets", responses=problems(), operation_id="list_targets")
async def list_targets(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    q: Search = "",
    kind: Annotated[Kind | None, Query()] = None,
    owner: Annotated[OwnerOf | None, Query(description="me: those of users.")] = None,
) -> Listed[TargetOut]:
    """Targets by `id` or `name`; webhooks are among them."""
    statement = target_rows.within(caller, "notifications.read", targets.query(ANY if kind is None else {kind}))
    if owner is not None:
        statement = targets.owned_by(statement, owner)
    if q:
        statement = statement.where(contains(q, Target.name, Target.url, Target.address, identity=Target.id))
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Target.id)
    return Listed(items=[target_out(row) for row in rows], next=following)


@router.post(
    "/targets",
    status_code=201,
    responses=problems(400, 409, 413),
    operation_id="create_target",
    dependencies=[Depends(some_step_up)],
)
async def create_target(
    services: Surroundings, caller: Writers, wanted: TargetCreate, response: Response
) -> TargetCreated:
    """Make a target; all but one's own mailbox need a second check. A webhook's secret is in this answer only."""
    if wanted.kind != "email" or wanted.owner != "me":
        await step_up(services, caller)
    user_id, organisation_id = owner = target_rows.owner_of(caller, wanted.owner, "notifications.write")
    async with services.sessions.begin() as session:
        address = ""
        if wanted.kind == "email":
            address = await target_rows.mailbox(session, owner, wanted.address, caller)
        row = Target(
            kind=wanted.kind, name=wanted.name, url=_base(wanted.url, wanted.kind), address=address,
            events=wanted.events, user_id=user_id, organisation_id=organisation_id, created_at=moment(),
            updated_at=moment(),
        )  # fmt: skip
        made = await target_rows.create(session, services, caller, row, wanted.key)
    response.headers["location"] = f"/api/v1/notifications/targets/{made.id}"
    response.headers["cache-control"] = "no-store"
    return made


def _base(url: str | None, kind: str) -> str:
    return (url or "").rstrip("/") if kind in ("bark", "gotify") else url or ""


@router.get("/targets/{target}", responses=problems(404), operation_id="get_target")
async def get_target(services: Surroundings, caller: Readers, target: TargetId, response: Response) -> TargetOut:
    """One target."""
    async with services.sessions() as session:
        shown = target_out(await target_rows.load(session, target, caller, "notifications.read", ANY))
    response.headers["etag"] = etags.etag_of(target_rows.tag(shown))
    return shown


@router.patch(
    "/targets/{target}",
    responses=problems(400, 404, 412, 413),
    operation_id="change_target",
    dependencies=[Depends(some_step_up)],
)
async def change_target(
    services: Surroundings, caller: Writers, target: TargetId, patch: TargetPatch, response: Response,
    if_match: IfMatch = None,
) -> TargetOut:  # fmt: skip
    """Change what the body names; switched on again, its failures are forgotten. Key and url need a second check."""
    changes = patch.given()
    if changes.keys() & {"key", "url"}:
        await step_up(services, caller)
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, target, caller, "notifications.write", ANY)
        etags.check(if_match, target_rows.tag(target_out(row)))
        if "url" in changes:
            changes["url"] = _base(changes["url"], row.kind)
        shown = await target_rows.change(session, services, caller, row, changes)
    response.headers["etag"] = etags.etag_of(target_rows.tag(shown))
    return shown


@router.delete("/targets/{target}", status_code=204, responses=problems(404, 412), operation_id="delete_target")
async def delete_target(services: Surroundings, caller: Writers, target: TargetId, if_match: IfMatch = None) -> None:
    """Remove a target. A user without any is mailed again what matters: switch the mailbox off to hear nothing."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, target, caller, "notifications.write", ANY)
        etags.check(if_match, target_rows.tag(target_out(row)))
        await target_rows.remove(session, services, caller, row)


@router.post(
    "/targets/{target}/rotate", responses=problems(400, 404, 409, 413), operation_id="rotate_target",
    dependencies=[Depends(step_up)],
)  # fmt: skip
async def rotate_target(
    services: Surroundings, caller: Writers, target: TargetId, wanted: Rotation, response: Response
) -> TargetCreated:
    """A new secret of a webhook; for a time deliveries are signed with both."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, target, caller, "notifications.write", ANY)
        if row.kind != "webhook":
            raise Problem(409, "Only webhooks have a secret that the gateway makes.")
        made = await target_rows.rotate(session, services, caller, row, wanted.overlap_hours)
    response.headers["cache-control"] = "no-store"
    return made


@router.post("/targets/{target}/test", status_code=202, responses=problems(404), operation_id="test_target")
async def test_target(services: Surroundings, caller: Writers, target: TargetId) -> DeliveryOut:
    """Send an event `target.test`; its delivery says within seconds what came of it."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, target, caller, "notifications.write", ANY)
        made = await target_rows.test(session, services, caller, row)
        return delivery_out(made, (await deliveries.events_of(session, [made])).get(made.event_id))


@router.get("/targets/{target}/deliveries", responses=problems(404), operation_id="list_target_deliveries")
async def list_deliveries(
    services: Surroundings,
    caller: Readers,
    target: TargetId,
    page: Paged,
    state: Literal["waiting", "delivered", "failed"] | None = None,
    event: Annotated[str, Query(max_length=64, pattern=r"^[a-z_.]*$", description="Kind.")] = "",
) -> Listed[DeliveryOut]:
    """Deliveries by `id`; sort=-id has the latest first."""
    async with services.sessions() as session:
        row = await target_rows.load(session, target, caller, "notifications.read", ANY)
        statement = deliveries.of_target(row.id, state=state or "", kind=event)
        rows, following = await fetch(session, statement, page, DELIVERIES, Delivery.id)
        found = await deliveries.events_of(session, rows)
    return Listed(items=[delivery_out(one, found.get(one.event_id)) for one in rows], next=following)


@router.post(
    "/targets/{target}/deliveries/{delivery}/again",
    status_code=202,
    responses=problems(404),
    operation_id="redeliver_target",
)
async def deliver_again(services: Surroundings, caller: Writers, target: TargetId, delivery: DeliveryId) -> DeliveryOut:
    """Deliver that event once more, with the same message id."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, target, caller, "notifications.write", ANY)
        made = await target_rows.again(session, services, caller, row, delivery)
        return delivery_out(made, (await deliveries.events_of(session, [made])).get(made.event_id))


def _owner(caller: Caller, owner: OwnerOf, permission: str) -> tuple[str, int]:
    user_id, organisation_id = target_rows.owner_of(caller, owner, permission)
    return ("user", user_id) if user_id is not None else ("organisation", organisation_id or 0)


@router.get("/low-balance", responses=problems(409), operation_id="get_low_balance")
async def get_low_balance(
    services: Surroundings,
    caller: Readers,
    response: Response,
    organisation: Annotated[bool, Query(description="The organisation's instead of one's own.")] = False,
) -> LowBalance:
    """From which balance on the owner is told."""
    owner: OwnerOf = "organisation" if organisation else "me"
    scope, scope_id = _owner(caller, owner, "notifications.read")
    async with services.sessions() as session:
        shown = _low(await low.setting(session, scope, scope_id), owner)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


def _low(below: int | None, owner: OwnerOf) -> LowBalance:
    return LowBalance(below=None if below is None else nano_to_usd(below), owner=owner)


@router.put("/low-balance", responses=problems(400, 409, 412, 413), operation_id="set_low_balance")
async def set_low_balance(
    services: Surroundings, caller: Writers, wanted: LowBalance, response: Response, if_match: IfMatch = None
) -> LowBalance:
    """Name the balance from which on the owner is told; only a balance that limits spending is looked at."""
    scope, scope_id = _owner(caller, wanted.owner, "notifications.write")
    below = None if wanted.below is None else max(signed_to_nano(wanted.below), 0)
    async with services.sessions.begin() as session:
        before = _low(await low.setting(session, scope, scope_id), wanted.owner)
        etags.check(if_match, before)
        await low.set_setting(session, scope, scope_id, below)
        shown = _low(below, wanted.owner)
        await audit.record(
            session, services, caller, "notifications.low_balance", kind=scope, id=scope_id,
            before={"below": before.below}, after={"below": shown.below},
            organisation_id=scope_id if scope == "organisation" else None,
        )  # fmt: skip
    response.headers["etag"] = etags.etag_of(shown)
    return shown
