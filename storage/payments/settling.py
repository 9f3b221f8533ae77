"""What an order's provider, its customer or finance decides becomes credit, a refund or nothing: exactly once.

The order is locked first; whoever comes second finds it done. A provider's notification is remembered by its id in the
same transaction, and the ledger refuses the same reference a second time: three walls, of which one is enough.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, Executable
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.events import outbox
from storage.ledger import accounts, entries
from storage.ledger.transactions import begin_write, table_of
from storage.models.order import Order, PaymentEvent
from storage.payments import bonuses, currencies, fulfilment, orders, receipts, refunds, states
from storage.payments.fulfilment import By, CannotFulfilError, UnknownPurposeError
from storage.payments.receipts import Issuer
from storage.payments.states import Kind, Notice, Outcome

_EVENTS = table_of(PaymentEvent)

RECURRING_REF = "recurring_ref"
"""In an order's details: the provider's id of what it charges again and again for it."""


class Terms(NamedTuple):
    """What the operator settled on: who issues receipts, and what part of a top-up its inviter gets, in millionths."""

    issuer: Issuer = Issuer()
    inviter_share: int = 0


class Settled(NamedTuple):
    """What happened, and the order it happened to."""

    outcome: Outcome
    order: Order | None


class WrongStateError(ValueError):
    """The order is not in a state for that; the text says which it is in."""


async def notice(session: AsyncSession, provider: str, said: Notice, by: By, terms: Terms) -> Settled:
    """Handle what `provider` said. Any number of times, in any order, at the same time: the result is the same."""
    await begin_write(session)
    number = said.number or await orders.number_of(session, provider, said.checkout_ref, said.payment_ref) or ""
    order = await orders.lock(session, number) if number else None
    if order is None or order.provider != provider:
        return Settled(Outcome.UNKNOWN, None)
    # Under the order's lock: the same notification at the same time waits there, and finds this row.
    if not await _remember(session, provider, said, order.number, by.now):
        return Settled(Outcome.DUPLICATE, order)
    outcome = await _handle(session, order, said, by, terms)
    if outcome is Outcome.REVIEW:
        data = {"order": order.number, "provider": provider, "problem": order.problem}
        await outbox.emit(session, "order.review", data, dedupe=f"review:{provider}:{said.event}"[:100], now=by.now)
    order.updated_at = by.now
    await session.flush()
    await session.execute(
        _EVENTS.update().where(_EVENTS.c.id == _event_id(provider, said.event)).values(outcome=outcome.value)
    )
    return Settled(outcome, order)


async def complete(session: AsyncSession, number: str, by: By, terms: Terms) -> Order | None:
    """Finance says that the order is paid. Raises WrongStateError when it is credited already."""
    order = await orders.lock(session, number)
    if order is None:
        return None
    if order.state not in states.UNPAID:
        msg = f"the order is {order.state} already"
        raise WrongStateError(msg)
    order.details = {**order.details, "completed_by": by.actor}
    await _credit(session, order, order.paid_amount or order.amount, by, terms)
    await session.flush()
    return order


async def cancel(session: AsyncSession, number: str, by: By) -> Order | None:
    """Nobody waits for the payment any more. One that arrives is credited all the same. Raises WrongStateError."""
    order = await orders.lock(session, number)
    if order is None:
        return None
    if order.state != states.PENDING:
        msg = f"the order is {order.state}, not pending"
        raise WrongStateError(msg)
    order.state, order.updated_at = states.CANCELLED, by.now
    await session.flush()
    return order


async def expire(session: AsyncSession, number: str, by: By) -> bool:
    """Close an order that is pending and past its time; True when it was."""
    order = await orders.lock(session, number)
    if order is None or order.state != states.PENDING or order.expires_at > by.now:
        return False
    order.state, order.updated_at = states.EXPIRED, by.now
    await session.flush()
    return True


async def pay_from_balance(session: AsyncSession, order: Order, by: By, terms: Terms) -> None:
    """Pay an order of the provider "balance" from its account: `value` nano-USD, in this transaction.

    Raises entries.InsufficientError, WrongStateError, and CannotFulfilError, after which the caller rolls back.
    """
    if order.provider != refunds.BALANCE or order.state != states.PENDING:
        msg = f"the order is {order.state} and paid by {order.provider}"
        raise WrongStateError(msg)
    subject = (order.account_kind, order.account_subject_id, 0)
    account_id = (await accounts.ensure(session, [subject]))[subject]
    account = (await accounts.lock(session, [account_id]))[account_id]
    # An account that is not limited may be overdrawn by requests, but nothing is bought with money that is not there.
    if account.available < order.value:
        raise entries.InsufficientError(order.value - account.available)
    if order.value:
        await entries.post(
            session, account_id, -order.value, reason=entries.PURCHASE, actor=by.actor,
            reference=f"order:{order.number}", note=order.title, now=by.now,
        )  # fmt: skip
    await _credit(session, order, order.amount, by, terms)
    if order.state != states.PAID:
        raise CannotFulfilError(order.problem)


async def _handle(session: AsyncSession, order: Order, said: Notice, by: By, terms: Terms) -> Outcome:
    credited = order.state in {states.PAID, states.REFUNDED}
    if said.kind is Kind.PAID:
        return await _paid(session, order, said, by, terms)
    if said.kind is Kind.RENEWED:
        return await _renewed(session, order, said, by, terms)
    if said.kind in {Kind.FAILED, Kind.EXPIRED}:
        closed = states.closes(order.state, said.kind)
        order.state = closed or order.state
        return Outcome.CLOSED if closed else Outcome.NOTHING
    if said.kind is Kind.REFUNDED:
        order.provider_refunded = max(order.provider_refunded, said.amount)
        if not credited:
            return Outcome.NOTED
        changed = await refunds.catch_up(session, order, by, terms.issuer)
        return Outcome.REFUNDED if changed else Outcome.NOTHING
    if said.kind is Kind.REFUND_FAILED:
        return Outcome.RESTORED if await refunds.bounced(session, order, said.ref, by) else Outcome.NOTHING
    if not credited:
        order.problem = f"a dispute of a payment that is not known: {said.ref}"[:255]
        return Outcome.REVIEW
    if said.kind is Kind.DISPUTED:
        return Outcome.REFUNDED if await refunds.dispute(session, order, said.amount, said.ref, by) else Outcome.NOTHING
    return Outcome.RESTORED if await refunds.dispute_won(session, order, said.ref, by) else Outcome.NOTHING


async def _paid(session: AsyncSession, order: Order, said: Notice, by: By, terms: Terms) -> Outcome:
    if order.state not in states.UNPAID:
        if said.payment_ref and order.payment_ref and said.payment_ref != order.payment_ref:
            order.problem = f"paid a second time: {said.payment_ref}"[:255]
            return Outcome.REVIEW
        return Outcome.NOTHING
    order.payment_ref = said.payment_ref or order.payment_ref
    order.checkout_ref = said.checkout_ref or order.checkout_ref
    if said.recurring:
        order.details = {**order.details, RECURRING_REF: said.recurring}
    problem = states.problem_of_payment(order.currency, order.amount, said)
    if problem:
        order.state, order.problem = states.REVIEW, problem
        if said.currency.upper() == order.currency:
            order.paid_amount = said.amount
        return Outcome.REVIEW
    await _credit(session, order, max(said.total, said.amount), by, terms)
    return Outcome.CREDITED if order.state != states.REVIEW else Outcome.REVIEW


async def _renewed(session: AsyncSession, first: Order, said: Notice, by: By, terms: Terms) -> Outcome:
    """A charge that the provider made on its own: an order like the first one, whose number is made of the charge."""
    number = f"gw{hashlib.sha256(f'{first.provider}:{said.ref}'.encode()).hexdigest()[:24]}"
    if await orders.find(session, number) is not None:
        return Outcome.NOTHING
    details = {name: value for name, value in first.details.items() if name not in {"checkout", "bounced"}}
    order = await orders.create(
        session, purpose=first.purpose, item=first.item, title=first.title, user_id=first.user_id,
        organisation_id=first.organisation_id, account=(first.account_kind, first.account_subject_id),
        provider=first.provider, method=first.method, currency=first.currency, amount=first.amount, value=first.value,
        credit=first.credit, actor=by.actor, now=by.now, expires_at=by.now, number=number,
        details={**details, "renewal_of": first.number, RECURRING_REF: said.recurring},
    )  # fmt: skip
    outcome = await _paid(session, order, said._replace(checkout_ref=""), by, terms)
    if outcome is Outcome.REVIEW:
        first.problem = f"its renewal {number} needs somebody to look at it"
    return outcome


async def _credit(session: AsyncSession, order: Order, total: int, by: By, terms: Terms) -> None:
    order.paid_amount, order.paid_at, order.updated_at = total, by.now, by.now
    order.state, order.problem = states.PAID, ""
    await session.flush()
    await bonuses.lock_in_order(session, order, terms.inviter_share)
    try:
        async with session.begin_nested():
            await fulfilment.of(order.purpose).paid(session, order, by)
            await session.flush()
    except (CannotFulfilError, UnknownPurposeError) as error:
        await session.refresh(order)
        order.state, order.paid_at = states.REVIEW, None
        order.problem = f"cannot be fulfilled: {error}"[:255]
        await session.flush()
        return
    if order.provider != refunds.BALANCE:  # for what is in the balance there is a receipt already
        await receipts.issue(session, order, terms.issuer, by.now)
    data = {
        "order": order.number, "title": order.title, "purpose": order.purpose, "currency": order.currency,
        "amount": currencies.text(order.paid_amount, order.currency), "credit": currencies.usd(order.credit),
    }  # fmt: skip
    await outbox.emit(
        session, "order.paid", data, user_id=order.user_id, organisation_id=order.organisation_id,
        dedupe=f"paid:{order.number}", now=by.now,
    )  # fmt: skip
    await bonuses.share(session, order, terms.inviter_share, by)
    if order.provider_refunded:
        await refunds.catch_up(session, order, by, terms.issuer)


def _event_id(provider: str, event: str) -> bytes:
    return hashlib.sha256(f"{provider}\n{event}".encode()).digest()


async def _remember(session: AsyncSession, provider: str, said: Notice, number: str, now: int) -> bool:
    row = {
        "id": _event_id(provider, said.event), "provider": provider, "event": said.event[:255],
        "kind": said.kind.value, "order_number": number, "outcome": "", "received_at": now,
    }  # fmt: skip
    done = await session.execute(_insert(session.get_bind().dialect.name), row)
    return cast("CursorResult[Any]", done).rowcount == 1


def _insert(dialect: str) -> Executable:
    if dialect == "mysql":
        return mysql.insert(_EVENTS).prefix_with("IGNORE")
    if dialect == "postgresql":
        return postgresql.insert(_EVENTS).on_conflict_do_nothing()
    return sqlite.insert(_EVENTS).on_conflict_do_nothing()
