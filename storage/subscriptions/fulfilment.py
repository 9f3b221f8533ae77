"""What an order for a plan does when it is paid, given back, or a refund comes to nothing. Registered when imported."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.order import Order, Refund
from storage.models.subscription import Subscription
from storage.payments import fulfilment
from storage.payments.fulfilment import By, CannotFulfilError
from storage.subscriptions import listing, plans, terms, told
from storage.subscriptions.terms import Payment, RefusedError

REFUNDED = "refunded"


class Subscribing:
    """A term of the plan whose id is the order's item, for the owner of the order's account."""

    async def paid(self, session: AsyncSession, order: Order, by: By) -> None:
        """Begin a subscription, or make the running one of that plan longer."""
        plan = await plans.get(session, int(order.item)) if order.item.isdigit() else None
        if plan is None:
            msg = f"there is no plan {order.item!r} any more"
            raise CannotFulfilError(msg)
        external_id = str(order.details.get("recurring_ref") or "")
        payment = Payment(order.provider, _reference(order), by.actor, by.now, external_id)
        renews = bool(order.details.get("renews"))
        try:
            row, new = await terms.begin(
                session, plan, order.account_kind, order.account_subject_id, payment, renews=renews
            )  # fmt: skip
        except (RefusedError, ValueError) as error:
            raise CannotFulfilError(str(error)) from None
        if new:
            first = row.term == 1 and row.paid_until == row.term_end
            await told.tell(session, "started" if first else "renewed", row, by.now)

    async def refunded(self, session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
        """End it when all of the money is back; a part leaves it as it is."""
        del refund
        row = await self._of(session, order)
        if row is None or order.refunded < order.paid_amount or row.state != "active":
            return
        await terms.end(session, row, REFUNDED, by.now)
        await told.tell(session, "ended", row, by.now)

    async def restored(self, session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
        """It goes on when its time is not over."""
        del refund
        row = await self._of(session, order)
        if row is not None and row.ended_because == REFUNDED and by.now < row.paid_until:
            await terms.revive(session, row, by.now)

    async def _of(self, session: AsyncSession, order: Order) -> Subscription | None:
        found = await listing.of_reference(session, _reference(order))
        return await terms.lock(session, found.id) if found is not None else None


def _reference(order: Order) -> str:
    return f"order:{order.number}"


fulfilment.register(fulfilment.SUBSCRIPTION, Subscribing())
