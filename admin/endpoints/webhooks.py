"""Outgoing webhooks of an organisation or the gateway: made, changed, tried, rotated, and what came of deliveries."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from admin import etags, target_rows
from admin.caller import Caller, needs, some_step_up, step_up
from admin.endpoints.common import IfMatch, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.problems import invalid
from admin.schemas.base import MAX_ID
from admin.schemas.target import (
    DeliveryOut,
    Rotation,
    TargetCreated,
    TargetOut,
    TargetPatch,
    WebhookCreate,
    delivery_out,
    target_out,
)
from admin.surroundings import Surroundings
from storage.events import deliveries, targets
from storage.models.base import now as moment
from storage.models.event import Delivery, Target

router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=ListRoute)

SORTS = {"name": Target.name, "id": Target.id}
DELIVERIES = {"id": Delivery.id}
KINDS = {"webhook"}
TargetId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]
DeliveryId = Annotated[int, Path(ge=1, le=2**53, description="Id.")]
Readers = Annotated[Caller, needs("webhooks.read")]
Writers = Annotated[Caller, needs("webhooks.write")]


@router.get("", responses=problems(), operation_id="list_webhooks")
async def list_webhooks(services: Surroundings, caller: Readers, page: Paged, q: Search = "") -> Listed[TargetOut]:
    """Webhooks by `name` or `id`."""
    statement = target_rows.within(caller, "webhooks.read", targets.query(KINDS))
    if q:
        statement = statement.where(contains(q, Target.name, Target.url, identity=Target.id))
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Target.id)
    return Listed(items=[target_out(row) for row in rows], next=following)


@router.post(
    "", status_code=201, responses=problems(400, 409, 413), operation_id="create_webhook",
    dependencies=[Depends(step_up)],
)  # fmt: skip
async def create_webhook(
    services: Surroundings, caller: Writers, wanted: WebhookCreate, response: Response
) -> TargetCreated:
    """Make a webhook. The only answer that holds its secret."""
    if wanted.owner == "me":
        raise invalid([("body.owner", "must be organisation or gateway; one's own are notification targets")])
    user_id, organisation_id = target_rows.owner_of(caller, wanted.owner, "webhooks.write")
    row = Target(
        kind="webhook", name=wanted.name, url=wanted.url, address="", events=wanted.events, user_id=user_id,
        organisation_id=organisation_id, created_at=moment(), updated_at=moment(),
    )  # fmt: skip
    async with services.sessions.begin() as session:
        made = await target_rows.create(session, services, caller, row, None)
    response.headers["location"] = f"/api/v1/webhooks/{made.id}"
    response.headers["cache-control"] = "no-store"
    return made


@router.get("/{webhook}", responses=problems(404), operation_id="get_webhook")
async def get_webhook(services: Surroundings, caller: Readers, webhook: TargetId, response: Response) -> TargetOut:
    """One webhook."""
    async with services.sessions() as session:
        shown = target_out(await target_rows.load(session, webhook, caller, "webhooks.read", KINDS))
    response.headers["etag"] = etags.etag_of(target_rows.tag(shown))
    return shown


@router.patch(
    "/{webhook}", responses=problems(400, 404, 412, 413), operation_id="change_webhook",
    dependencies=[Depends(some_step_up)],
)  # fmt: skip
async def change_webhook(
    services: Surroundings, caller: Writers, webhook: TargetId, patch: TargetPatch, response: Response,
    if_match: IfMatch = None,
) -> TargetOut:  # fmt: skip
    """Change what the body names; switched on again, its failures are forgotten. An address needs a second check."""
    changes = patch.given()
    if "url" in changes:
        await step_up(services, caller)
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, webhook, caller, "webhooks.write", KINDS)
        etags.check(if_match, target_rows.tag(target_out(row)))
        shown = await target_rows.change(session, services, caller, row, changes)
    response.headers["etag"] = etags.etag_of(target_rows.tag(shown))
    return shown


@router.delete("/{webhook}", status_code=204, responses=problems(404, 412), operation_id="delete_webhook")
async def delete_webhook(services: Surroundings, caller: Writers, webhook: TargetId, if_match: IfMatch = None) -> None:
    """Remove a webhook with the record of its deliveries."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, webhook, caller, "webhooks.write", KINDS)
        etags.check(if_match, target_rows.tag(target_out(row)))
        await target_rows.remove(session, services, caller, row)


@router.post(
    "/{webhook}/rotate", responses=problems(400, 404, 413), operation_id="rotate_webhook",
    dependencies=[Depends(step_up)],
)  # fmt: skip
async def rotate_webhook(
    services: Surroundings, caller: Writers, webhook: TargetId, wanted: Rotation, response: Response
) -> TargetCreated:
    """A new secret; for a time deliveries are signed with both."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, webhook, caller, "webhooks.write", KINDS)
        made = await target_rows.rotate(session, services, caller, row, wanted.overlap_hours)
    response.headers["cache-control"] = "no-store"
    return made


@router.post("/{webhook}/test", status_code=202, responses=problems(404), operation_id="test_webhook")
async def test_webhook(services: Surroundings, caller: Writers, webhook: TargetId) -> DeliveryOut:
    """Send an event `target.test`; its delivery says within seconds what came of it."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, webhook, caller, "webhooks.write", KINDS)
        made = await target_rows.test(session, services, caller, row)
        return delivery_out(made, (await deliveries.events_of(session, [made])).get(made.event_id))


@router.get("/{webhook}/deliveries", responses=problems(404), operation_id="list_webhook_deliveries")
async def list_deliveries(
    services: Surroundings,
    caller: Readers,
    webhook: TargetId,
    page: Paged,
    state: Literal["waiting", "delivered", "failed"] | None = None,
    event: Annotated[str, Query(max_length=64, pattern=r"^[a-z_.]*$", description="Kind.")] = "",
) -> Listed[DeliveryOut]:
    """Deliveries by `id`; sort=-id has the latest first."""
    async with services.sessions() as session:
        row = await target_rows.load(session, webhook, caller, "webhooks.read", KINDS)
        statement = deliveries.of_target(row.id, state=state or "", kind=event)
        rows, following = await fetch(session, statement, page, DELIVERIES, Delivery.id)
        found = await deliveries.events_of(session, rows)
    return Listed(items=[delivery_out(one, found.get(one.event_id)) for one in rows], next=following)


@router.post(
    "/{webhook}/deliveries/{delivery}/again", status_code=202, responses=problems(404), operation_id="redeliver_webhook"
)
async def deliver_again(
    services: Surroundings, caller: Writers, webhook: TargetId, delivery: DeliveryId
) -> DeliveryOut:
    """Deliver that event once more, with the same message id."""
    async with services.sessions.begin() as session:
        row = await target_rows.load(session, webhook, caller, "webhooks.write", KINDS)
        fresh = await target_rows.again(session, services, caller, row, delivery)
        return delivery_out(fresh, (await deliveries.events_of(session, [fresh])).get(fresh.event_id))
