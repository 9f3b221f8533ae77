"""Refunds of orders, for finance."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, order_rows
from admin.caller import Caller, needs_all, step_up
from admin.endpoints.common import problems
from admin.endpoints.orders import Number
from admin.idempotent import Once
from admin.payments import refunding
from admin.payments.provider import Made
from admin.problems import Problem, invalid
from admin.schemas.amounts import nano_to_usd
from admin.schemas.order import RefundOut, RefundSettle, RefundWanted, refund_out
from admin.services import Services
from admin.surroundings import Surroundings
from storage.ledger.entries import InsufficientError
from storage.models.order import Order
from storage.payments import currencies, orders, refunds
from storage.payments.fulfilment import By

router = APIRouter(prefix="/orders/{number}/refunds", tags=["payments"])

Managers = Annotated[Caller, needs_all("orders.manage")]


@router.post(
    "",
    status_code=201,
    responses=problems(400, 404, 409, 413, 502),
    operation_id="refund_order",
    dependencies=[Depends(step_up)],
)
async def refund_order(
    services: Surroundings, caller: Managers, number: Number, wanted: RefundWanted, once: Once
) -> RefundOut:
    """Give money back: its credit is taken, then the provider is asked. In state "asked" that is not settled."""
    by = By(caller.name, services.clock())
    async with once.transaction(RefundOut) as (session, before):
        if before is not None:
            made = before
        else:
            row = await order_rows.locked(session, number)
            try:
                refund = await refunds.ask(
                    session, row, _amount(row, wanted), reason=wanted.reason, by=by,
                    overdraw=wanted.overdraw,
                )  # fmt: skip
            except refunds.NotRefundableError as error:
                raise Problem(409, f"It cannot be refunded: {error}.") from None
            except InsufficientError as error:
                msg = f"{nano_to_usd(error.missing)} USD of its credit are spent; `overdraw` takes them all the same."
                raise Problem(409, msg, slug="insufficient") from None
            made = once.answer(refund_out(refund, row.currency))
            await _record(session, services, caller, "orders.refund", row, made)
    refund = await refunding.settle_refund(services, number, made.number, caller.name, again=before is not None)
    return refund_out(refund, row.currency if before is None else await _currency(services, number))


@router.post(
    "/{refund}/settle",
    responses=problems(400, 404, 409, 413, 502),
    operation_id="settle_refund",
    dependencies=[Depends(step_up)],
)
async def settle_refund(
    services: Surroundings,
    caller: Managers,
    number: Number,
    refund: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")],
    wanted: RefundSettle,
) -> RefundOut:
    """End a refund that is "asked": ask the provider again, or say what a person found out there."""
    async with services.sessions.begin() as session:
        row = await order_rows.load(session, number)
        found = await refunds.find(session, row.id, refund)
        if found is None:
            raise Problem(404, "There is no such refund.", slug="not-found")
        await _record(
            session, services, caller, f"orders.refund-{wanted.result}", row, refund_out(found, row.currency),
            wanted.reason,
        )  # fmt: skip
    if wanted.result == "ask":
        ended = await refunding.settle_refund(services, number, refund, caller.name, again=True)
    else:
        ended = await refunding.book(services, row, refund, Made(wanted.result, why=wanted.reason), caller.name)
    return refund_out(ended, row.currency)


def _amount(row: Order, wanted: RefundWanted) -> int:
    if wanted.amount is None:
        return row.paid_amount - row.refunded
    try:
        return currencies.smallest(wanted.amount, row.currency)
    except ValueError:
        raise invalid([("body.amount", f"is finer than {row.currency} is")]) from None


async def _currency(services: Services, number: str) -> str:
    async with services.sessions() as session:
        row = await orders.find(session, number)
    return "" if row is None else row.currency


async def _record(
    session: AsyncSession, services: Services, caller: Caller, action: str, row: Order, made: RefundOut, why: str = ""
) -> None:
    after = {**made.model_dump(mode="json"), **({"said": why} if why else {})}
    await audit.record(
        session, services, caller, action, kind="order", id=row.id, name=row.number, after=after,
        organisation_id=row.organisation_id,
    )  # fmt: skip
