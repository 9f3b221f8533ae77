"""Many subscriptions, orders or captured requests at once.

Each is changed as by its own route, which checks and records it, with a result for each. What moves money takes an
Idempotency-Key: repeated with it, what was changed before is not changed again.
"""

from fastapi import APIRouter

from admin import bulk, order_rows
from admin.endpoints import captures, orders, subscriptions
from admin.endpoints.common import problems
from admin.idempotent import Once
from admin.schemas.bulk_commerce import CaptureBulk, OrderBulk, SubscriptionBulk
from admin.schemas.order import Note
from admin.schemas.subscription import Withdrawal
from admin.surroundings import Surroundings
from storage.payments import orders as order_store

router = APIRouter()


@router.post(
    "/subscriptions/bulk",
    responses=problems(400, 409, 413),
    operation_id="change_subscriptions",
    tags=["subscriptions"],
)
async def change_subscriptions(
    services: Surroundings, caller: subscriptions.Managers, wanted: SubscriptionBulk, once: Once
) -> bulk.BulkDone:
    """End many subscriptions now, or give their present periods the full quota back."""
    why = Withdrawal(reason=wanted.reason)

    async def change(number: int) -> None:
        if wanted.action == "end":
            await subscriptions.end_subscription(services, caller, number, why)
        else:
            await subscriptions.reset_subscription(services, caller, number, once.part(number))

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/orders/bulk", responses=problems(400, 409, 413), operation_id="change_orders", tags=["payments"])
async def change_orders(services: Surroundings, caller: orders.Writers, wanted: OrderBulk, once: Once) -> bulk.BulkDone:
    """Stop waiting for the payments of many orders; or say that they are paid, which takes `orders.manage`."""
    if wanted.action == "complete":
        caller.require_all("orders.manage")
    why = Note(reason=wanted.reason)

    async def change(number: int) -> None:
        async with services.sessions() as session:
            row = await order_store.get(session, number)
        if row is None:
            raise order_rows.no_order()
        if wanted.action == "cancel":
            await orders.cancel_order(services, caller, row.number)
        else:
            await orders.complete_order(services, caller, row.number, why, once.part(number))

    return await bulk.each(wanted.ids, change, dry_run=wanted.dry_run)


@router.post("/captures/bulk", responses=problems(400, 413), operation_id="change_captures", tags=["captures"])
async def change_captures(services: Surroundings, caller: captures.Writers, wanted: CaptureBulk) -> bulk.NamedBulkDone:
    """Delete what was captured of many requests, before its time."""

    async def change(request_id: str) -> None:
        await captures.remove_capture(services, caller, request_id)

    return await bulk.each_named(wanted.request_ids, change, dry_run=wanted.dry_run)
