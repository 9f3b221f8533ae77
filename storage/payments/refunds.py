"""Money that goes back: refunds asked for here, refunds made at the provider, disputes.

The credit is taken before the provider is asked, so that it cannot be spent meanwhile; a refund that fails gives it
back. A process that dies in between leaves the refund in the state "asked": asked again under the same number it is
still one refund, and the provider's own count (`Order.provider_refunded`) settles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.events import outbox
from storage.ledger import accounts, entries
from storage.ledger.transactions import new_id
from storage.models.order import Order, Refund
from storage.payments import currencies, fulfilment, orders, receipts, states
from storage.payments.fulfilment import By
from storage.payments.receipts import Issuer

ASKED = "asked"
DONE = "done"
FAILED = "failed"

REFUND = "refund"
DISPUTE = "dispute"

BALANCE = "balance"
"""The provider of orders that are paid from the account itself."""


class Unanswered(NamedTuple):
    """A refund that is open, and the number of its order."""

    refund_id: int
    number: str
    order_number: str


class NotRefundableError(ValueError):
    """The order is not paid, or less of it is left than is to be refunded; the text says which."""


async def ask(
    session: AsyncSession, order: Order, amount: int, *, reason: str, by: By, overdraw: bool = False
) -> Refund:
    """Begin a refund of `amount` in the order's smallest unit: the credit is taken, the provider is still to be asked.

    The order is locked by `orders.lock`. One that was paid from the balance is refunded to it at once.
    Raises NotRefundableError; entries.InsufficientError when a limited account has spent the credit, unless `overdraw`.
    """
    if order.state != states.PAID:
        msg = f"the order is {order.state}, not paid"
        raise NotRefundableError(msg)
    left = order.paid_amount - order.refunded
    if not 0 < amount <= left:
        msg = f"{left} of it can be refunded, in the smallest unit of {order.currency}"
        raise NotRefundableError(msg)
    if not overdraw and order.purpose == fulfilment.TOPUP:
        await _check_balance(session, order, await _credit(session, order, amount))
    if order.provider != BALANCE:
        return await _take(session, order, amount, REFUND, ASKED, None, reason, by)
    return await _take(session, order, amount, REFUND, DONE, None, reason, by)


async def find(session: AsyncSession, order_id: int, number: str) -> Refund | None:
    """The refund of that number, as it is now."""
    statement = select(Refund).where(Refund.number == number, Refund.order_id == order_id)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def unanswered(session: AsyncSession, *, after: int, made: tuple[int, int], limit: int) -> Sequence[Unanswered]:
    """Refunds begun between two times, by id from behind `after`, of which the provider has said nothing yet."""
    first, last = made
    statement = (
        select(Refund.id, Refund.number, Order.number)
        .join(Order, Order.id == Refund.order_id)
        .where(Refund.state == ASKED, Refund.provider_ref.is_(None), Refund.id > after)
        .where(Refund.created_at >= first, Refund.created_at <= last)
    )
    found = await session.execute(statement.order_by(Refund.id).limit(limit))
    return [Unanswered(row[0], row[1], row[2]) for row in found]


async def done(
    session: AsyncSession, order: Order, number: str, provider_ref: str, by: By, issuer: Issuer
) -> Refund | None:
    """The provider made the refund. Of one that is settled already nothing changes."""
    refund = await find(session, order.id, number)
    if refund is None or refund.state != ASKED:
        return refund
    refund.state, refund.done_at, refund.provider_ref = DONE, by.now, provider_ref or refund.provider_ref
    await session.flush()
    await receipts.issue(session, order, issuer, by.now, refund)
    return refund


async def fail(session: AsyncSession, order: Order, number: str, why: str, by: By, issuer: Issuer) -> Refund | None:
    """The provider refused the refund: what was taken is given back. Of one that is settled already nothing changes."""
    refund = await find(session, order.id, number)
    if refund is None or refund.state != ASKED:
        return refund
    refund.reason = f"{refund.reason} ({why})".strip()[:500]
    await _give_back(session, order, refund, by)
    # The provider may have counted one that was made there, and that this one stood for.
    await catch_up(session, order, by, issuer)
    return refund


async def bounced(session: AsyncSession, order: Order, number: str, by: By) -> bool:
    """A refund of ours came back, even one that was done (the customer's card is closed); False when it is no such."""
    refund = await find(session, order.id, number)
    if refund is None or refund.state == FAILED:
        return False
    # The provider counted it, or will: its count is of what it began.
    order.details = {**order.details, "bounced": order.details.get("bounced", 0) + refund.amount}
    refund.reason = f"{refund.reason} (came back)".strip()[:500]
    await _give_back(session, order, refund, by)
    return True


async def catch_up(session: AsyncSession, order: Order, by: By, issuer: Issuer) -> bool:
    """Bring our refunds up to the provider's own count; True when that changed something."""
    live = [one for one in await _live(session, order) if one.kind == REFUND]
    ours = sum(one.amount for one in live)
    counted = order.provider_refunded - order.details.get("bounced", 0)
    changed = False
    if counted >= ours:
        for one in live:
            if one.state == ASKED:
                await done(session, order, one.number, "", by, issuer)
                changed = True
    missing = min(counted - ours, order.paid_amount - order.refunded)
    if missing > 0:
        refund = await _take(session, order, missing, REFUND, DONE, None, "made at the provider", by)
        await receipts.issue(session, order, issuer, by.now, refund)
        changed = True
    return changed


async def dispute(session: AsyncSession, order: Order, amount: int, ref: str, by: By) -> bool:
    """A bank took `amount`; False when that dispute is known."""
    if await _by_ref(session, order, ref) is not None:
        return False
    left = max(min(amount, order.paid_amount - order.refunded), 0)
    await _take(session, order, left, DISPUTE, DONE, ref, "taken back by the customer's bank", by)
    return True


async def dispute_won(session: AsyncSession, order: Order, ref: str, by: By) -> bool:
    """The money of a dispute came back; False when it was not gone."""
    refund = await _by_ref(session, order, ref)
    if refund is None or refund.state != DONE:
        return False
    await _give_back(session, order, refund, by)
    return True


async def _by_ref(session: AsyncSession, order: Order, ref: str) -> Refund | None:
    statement = select(Refund).where(Refund.provider_ref == ref, Refund.order_id == order.id, Refund.kind == DISPUTE)
    return (await session.scalars(statement)).one_or_none()


async def _take(
    session: AsyncSession, order: Order, amount: int, kind: str, state: str, ref: str | None, reason: str, by: By
) -> Refund:
    refund = Refund(
        order_id=order.id, number=f"rf{new_id()}", kind=kind, state=state, amount=amount,
        credit=await _credit(session, order, amount), provider_ref=ref, reason=reason[:500], actor=by.actor,
        created_at=by.now, done_at=by.now if state == DONE else None,
    )  # fmt: skip
    session.add(refund)
    order.refunded += amount
    if order.refunded >= order.paid_amount:
        order.state = states.REFUNDED
    order.updated_at = by.now
    await session.flush()
    await fulfilment.of(order.purpose).refunded(session, order, refund, by)
    if order.provider == BALANCE:
        await _to_balance(session, order, refund, by)
    data = {
        "order": order.number, "title": order.title, "kind": kind, "currency": order.currency,
        "amount": currencies.text(amount, order.currency), "credit": currencies.usd(refund.credit),
    }  # fmt: skip
    await outbox.emit(
        session, "order.refunded", data, user_id=order.user_id, organisation_id=order.organisation_id,
        dedupe=f"refunded:{refund.number}", now=by.now,
    )  # fmt: skip
    return refund


async def _give_back(session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
    refund.state, refund.done_at = FAILED, by.now
    order.refunded -= refund.amount
    order.updated_at = by.now
    if order.state == states.REFUNDED and order.refunded < order.paid_amount:
        order.state = states.PAID
    await session.flush()
    await fulfilment.of(order.purpose).restored(session, order, refund, by)


async def _credit(session: AsyncSession, order: Order, amount: int) -> int:
    """The part of the credit that goes with `amount`, so that all parts add up to the whole."""
    gone = sum(one.credit for one in await _live(session, order))
    return max(states.taken_back(order.credit, order.paid_amount, order.refunded + amount) - gone, 0)


async def _live(session: AsyncSession, order: Order) -> Sequence[Refund]:
    return [one for one in await orders.refunds_of(session, order.id) if one.state != FAILED]


async def _check_balance(session: AsyncSession, order: Order, credit: int) -> None:
    subject = (order.account_kind, order.account_subject_id, 0)
    for account in (await accounts.lock(session, [], [subject])).values():
        if account.limited and account.available < credit:
            raise entries.InsufficientError(credit - account.available)


async def _to_balance(session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
    """What was paid from the balance goes back there: the same part of the price as of what was bought."""
    subject = (order.account_kind, order.account_subject_id, 0)
    account_id = (await accounts.ensure(session, [subject]))[subject]
    before = states.taken_back(order.value, order.paid_amount, order.refunded - refund.amount)
    back = states.taken_back(order.value, order.paid_amount, order.refunded) - before
    await entries.post(
        session, account_id, back, reason=entries.REFUND, actor=by.actor, reference=f"wallet:{refund.number}",
        now=by.now, note=order.title,
    )  # fmt: skip
