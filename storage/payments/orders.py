"""Orders: making and finding them. What changes their state is in settling.py and refunds.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.transactions import begin_write, new_id
from storage.models.order import Order, PaymentEvent, Receipt, Refund
from storage.payments import fulfilment, states

NUMBER_LENGTH = 26
"""Characters of an order's number."""


async def create(
    session: AsyncSession,
    *,
    purpose: str,
    user_id: int,
    organisation_id: int | None,
    provider: str,
    currency: str,
    amount: int,
    value: int,
    credit: int,
    actor: str,
    now: int,
    expires_at: int,
    account: tuple[str, int] | None = None,
    item: str = "",
    title: str = "",
    method: str = "",
    details: dict[str, Any] | None = None,
    number: str = "",
) -> Order:
    """A new order in the state pending; `account` is (kind, subject id) of who is credited, the user when absent.

    `amount` is in the smallest unit of `currency`, `value` and `credit` are nano-USD. Raises UnknownPurposeError for a
    purpose that nobody fulfils.
    """
    fulfilment.of(purpose)
    kind, subject_id = account or ("user", user_id)
    order = Order(
        number=number or f"gw{new_id()}", purpose=purpose, item=item, title=title, user_id=user_id,
        organisation_id=organisation_id, account_kind=kind, account_subject_id=subject_id, provider=provider,
        method=method, state=states.PENDING, currency=currency, amount=amount, value=value, credit=credit,
        details=details or {}, paid_amount=0, provider_refunded=0, refunded=0, problem="", actor=actor,
        created_at=now, updated_at=now, expires_at=expires_at,
    )  # fmt: skip
    session.add(order)
    await session.flush()
    return order


async def get(session: AsyncSession, order_id: int) -> Order | None:
    """The order of that id."""
    return await session.get(Order, order_id)


async def find(session: AsyncSession, number: str) -> Order | None:
    """The order of that number."""
    return (await session.scalars(select(Order).where(Order.number == number))).one_or_none()


async def lock(session: AsyncSession, number: str) -> Order | None:
    """The order as it is now, which nobody else changes before this transaction ends."""
    await begin_write(session)
    statement = select(Order).where(Order.number == number).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def number_of(session: AsyncSession, provider: str, checkout_ref: str, payment_ref: str) -> str | None:
    """The number of the provider's order with that checkout or payment."""
    for column, ref in ((Order.checkout_ref, checkout_ref), (Order.payment_ref, payment_ref)):
        if ref:
            statement = select(Order.number).where(column == ref, Order.provider == provider).limit(1)
            found = await session.scalar(statement)
            if found is not None:
                return found
    return None


async def set_checkout(session: AsyncSession, number: str, checkout_ref: str, details: dict[str, Any]) -> Order | None:
    """Remember what the provider made for the order; a notification may have been quicker, so it is locked."""
    order = await lock(session, number)
    if order is not None:
        order.checkout_ref = checkout_ref or order.checkout_ref
        order.details = {**order.details, **details}
        await session.flush()
    return order


def query(
    *,
    user_id: int | None = None,
    organisation_id: int | None = None,
    state: str | None = None,
    purpose: str | None = None,
    provider: str | None = None,
    account: str | None = None,
    search: str = "",
) -> Select[Order]:
    """A list of orders.

    `account` is the kind of account that is credited, `search` is the beginning of a number, or a provider's reference.
    """
    statement = select(Order)
    wanted: dict[Any, Any] = {
        Order.user_id: user_id, Order.organisation_id: organisation_id, Order.state: state, Order.purpose: purpose,
        Order.provider: provider, Order.account_kind: account,
    }  # fmt: skip
    for column, value in wanted.items():
        if value is not None:
            statement = statement.where(column == value)
    if len(search) >= NUMBER_LENGTH:
        statement = statement.where(
            (Order.number == search) | (Order.payment_ref == search) | (Order.checkout_ref == search)
        )
    elif search:
        begins = Order.number.startswith(search, autoescape=True)
        statement = statement.where(begins | (Order.payment_ref == search) | (Order.checkout_ref == search))
    return statement


async def count_pending(session: AsyncSession, user_id: int, now: int) -> int:
    """How many orders of the user wait for their payment."""
    statement = select(func.count()).select_from(Order)
    found = statement.where(Order.user_id == user_id, Order.state == states.PENDING, Order.expires_at > now)
    return await session.scalar(found) or 0


async def waiting(session: AsyncSession, *, after: int, made_before: int, limit: int) -> Sequence[Order]:
    """Pending orders from before that time, by id from behind `after`."""
    statement = select(Order).where(Order.state == states.PENDING, Order.created_at <= made_before, Order.id > after)
    return (await session.scalars(statement.order_by(Order.id).limit(limit))).all()


async def refunds_of(session: AsyncSession, order_id: int) -> Sequence[Refund]:
    """The order's refunds, the oldest first."""
    return (await session.scalars(select(Refund).where(Refund.order_id == order_id).order_by(Refund.id))).all()


async def events_of(session: AsyncSession, number: str) -> Sequence[PaymentEvent]:
    """What its provider said about the order, the oldest first."""
    statement = select(PaymentEvent).where(PaymentEvent.order_number == number)
    return (await session.scalars(statement.order_by(PaymentEvent.received_at))).all()


async def receipts_of(session: AsyncSession, order_id: int) -> Sequence[Receipt]:
    """The order's receipt and credit notes, the oldest first."""
    return (await session.scalars(select(Receipt).where(Receipt.order_id == order_id).order_by(Receipt.id))).all()
