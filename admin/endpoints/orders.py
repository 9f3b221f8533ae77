"""Orders: listing, reading, cancelling, asking the provider; completing and refunding for finance."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, exports, order_rows
from admin.caller import Caller, Scope, needs, needs_all
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import problems
from admin.exports import Format
from admin.idempotent import Once
from admin.listing import Listed, Paged, Search, fetch
from admin.payments import checkout, notifications
from admin.payments.provider import ProviderError, UnknownResultError
from admin.payments.settled import terms
from admin.problems import Problem
from admin.schemas.base import UtcTime
from admin.schemas.order import (
    CheckoutOut,
    Note,
    OrderDetail,
    OrderOut,
    ProviderName,
    Purpose,
    State,
    event_out,
    receipt_ref,
    refund_out,
)
from admin.services import Services
from admin.surroundings import Surroundings
from storage.listing import Page
from storage.models.order import Order
from storage.models.organisation import Organisation
from storage.payments import orders, settling, states
from storage.payments.fulfilment import By

router = APIRouter(prefix="/orders", tags=["payments"])

Readers = Annotated[Caller, needs("orders.read")]
Writers = Annotated[Caller, needs("orders.write")]
Managers = Annotated[Caller, needs_all("orders.manage")]
Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", examples=["gw0641d3f9c7a1b2c3d4e5f607"])]

SORTS = {"id": Order.id, "created_at": Order.created_at}
COLUMNS = (
    "number", "purpose", "title", "user", "user_id", "organisation_id", "provider", "method", "state", "currency",
    "amount", "paid_amount", "refunded", "credit", "payment_ref", "created_at", "paid_at",
)  # fmt: skip


@router.get("", response_model=Listed[OrderOut], responses=problems(404) | exports.FILES, operation_id="list_orders")
async def list_orders(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    q: Search = "",
    state: State | None = None,
    purpose: Purpose | None = None,
    provider: Annotated[ProviderName | None, Query()] = None,
    user_id: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
    organisation: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Name or id: orders of its people, and for it.")
    ] = None,
    account: Annotated[Literal["user", "organisation"] | None, Query(description="Whose account is credited.")] = None,
    since: Annotated[UtcTime | None, Query(description="Made then or later.")] = None,
    until: Annotated[UtcTime | None, Query(description="Made before.")] = None,
    download: Annotated[Format | None, Query(alias="format", description="A file of all of them.")] = None,
) -> Listed[OrderOut] | StreamingResponse:
    """Orders, the newest first (`sort=-id`); `q` is the beginning of a number, or a reference of the provider.

    `sort` is one of id, created_at.
    """
    scope = caller.scope("orders.read")
    page = page._replace(sort=page.sort or "-id")

    owner: Organisation | None = None
    if organisation is not None:
        async with services.sessions() as session:
            owner = await organisation_endpoints.load(session, organisation, scope)

    async def one(session: AsyncSession, page: Page) -> tuple[list[OrderOut], str | None]:
        statement = orders.query(
            user_id=scope.user_id, organisation_id=scope.organisation_id, state=state, purpose=purpose,
            provider=provider, account=account, search=q,
        )  # fmt: skip
        if user_id is not None:
            statement = statement.where(Order.user_id == user_id)
        if owner is not None:
            statement = statement.where(Order.organisation_id == owner.id)
        if since is not None:
            statement = statement.where(Order.created_at >= int(since.timestamp()))
        if until is not None:
            statement = statement.where(Order.created_at < int(until.timestamp()))
        rows, following = await fetch(session, statement, page, SORTS, Order.id)
        return await order_rows.shown(session, rows), following

    if download is None:
        async with services.sessions() as session:
            items, following = await one(session, page)
        return Listed(items=items, next=following)

    async def batches() -> AsyncIterator[list[dict[str, Any]]]:
        at: str | None = page.cursor
        while at is not None:
            async with services.sessions() as session:
                items, at = await one(session, page._replace(limit=1000, cursor=at))
            yield [item.model_dump(mode="json") for item in items]

    return await exports.export(batches(), COLUMNS, download, "orders")


@router.get("/{number}", responses=problems(404), operation_id="get_order")
async def get_order(services: Surroundings, caller: Readers, number: Number) -> OrderDetail:
    """One order with its refunds, receipts, and for those who manage orders what its provider said."""
    async with services.sessions() as session:
        row = await order_rows.load(session, number, caller.scope("orders.read"))
        return await _detail(session, caller, row)


@router.post("/{number}/refresh", responses=problems(404, 502), operation_id="refresh_order")
async def refresh_order(services: Surroundings, caller: Readers, number: Number) -> OrderDetail:
    """Ask the provider how far the payment is, for when its notification is late."""
    scope = caller.scope("orders.read")
    async with services.sessions() as session:
        row = await order_rows.load(session, number, scope)
    try:
        await notifications.ask(services, row)
    except (ProviderError, UnknownResultError) as error:
        raise Problem(502, f"{row.provider} does not say: {error}", slug="provider-away") from None
    async with services.sessions() as session:
        return await _detail(session, caller, await order_rows.load(session, number, scope))


@router.post("/{number}/checkout", responses=problems(404, 409, 502), operation_id="open_checkout")
async def open_checkout(services: Surroundings, caller: Writers, number: Number, request: Request) -> CheckoutOut:
    """Where a pending order is paid."""
    async with services.sessions() as session:
        await order_rows.load(session, number, _own(caller))
    opened = await checkout.open_checkout(services, number, str(request.base_url))
    return CheckoutOut(url=opened.url, method=opened.method, fields=dict(opened.fields))


@router.post("/{number}/cancel", responses=problems(404, 409), operation_id="cancel_order")
async def cancel_order(services: Surroundings, caller: Writers, number: Number) -> OrderOut:
    """Stop waiting for the payment. Money that arrives all the same is credited."""
    async with services.sessions.begin() as session:
        await order_rows.locked(session, number, caller.scope("orders.write"))
        try:
            row = await settling.cancel(session, number, By(caller.name, services.clock()))
        except settling.WrongStateError as error:
            raise Problem(409, f"It cannot be cancelled: {error}.") from None
        return await _changed(session, services, caller, "orders.cancel", row, states.PENDING)


@router.post("/{number}/complete", responses=problems(400, 404, 409, 413), operation_id="complete_order")
async def complete_order(services: Surroundings, caller: Managers, number: Number, note: Note, once: Once) -> OrderOut:
    """Say that the order is paid: its credit is booked, once. For payments that no provider told of."""
    settled_on = await terms(services)
    async with once.transaction(OrderOut) as (session, before):
        if before is not None:
            return before
        was = (await order_rows.locked(session, number)).state
        try:
            row = await settling.complete(session, number, By(caller.name, services.clock()), settled_on)
        except settling.WrongStateError as error:
            raise Problem(409, f"It cannot be completed: {error}.") from None
        if row is not None and row.state == states.REVIEW:
            raise Problem(409, f"It cannot be completed: {row.problem}.")
        return once.answer(await _changed(session, services, caller, "orders.complete", row, was, note.reason))


def _own(caller: Caller) -> Scope:
    """Whose orders one pays: one's own, and the organisation's for those who manage its money."""
    return caller.scope("orders.write")


async def _changed(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    action: str,
    row: Order | None,
    was: str,
    reason: str = "",
) -> OrderOut:
    if row is None:
        raise order_rows.no_order()
    (shown,) = await order_rows.shown(session, [row])
    await audit.record(
        session, services, caller, action, kind="order", id=row.id, name=row.number, before={"state": was},
        after={"state": row.state, "reason": reason}, organisation_id=row.organisation_id,
    )  # fmt: skip
    return shown


async def _detail(session: AsyncSession, caller: Caller, row: Order) -> OrderDetail:
    (shown,) = await order_rows.shown(session, [row])
    kept = row.details.get("checkout") if row.state == states.PENDING else None
    events = await orders.events_of(session, row.number) if caller.may("orders.manage") else []
    return OrderDetail(
        order=shown, checkout=None if kept is None else CheckoutOut(**kept),
        refunds=[refund_out(one, row.currency) for one in await orders.refunds_of(session, row.id)],
        receipts=[receipt_ref(one) for one in await orders.receipts_of(session, row.id)],
        events=[event_out(one) for one in events],
    )  # fmt: skip
