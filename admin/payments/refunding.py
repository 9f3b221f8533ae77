"""A refund from its beginning to its end: the credit is taken, the provider asked, the result booked.

Three transactions and one call; a process that dies between them leaves a refund that is "asked", and asking again
(`settle_refund`) goes on from there under the same number. The job `payments.refunds` does so by the clock.
"""

import logging

from sqlalchemy.ext.asyncio import AsyncSession

from admin.payments import registry
from admin.payments.provider import Made, UnknownResultError
from admin.payments.settled import terms, transact
from admin.problems import Problem
from admin.services import Services
from storage.models.order import Order, Refund
from storage.payments import orders, refunds
from storage.payments.fulfilment import By

log = logging.getLogger(__name__)

REPEATS_S = 23 * 3600
"""So long after it was begun a refund that is asked for again is still the same one.

Stripe forgets idempotency keys after 24 hours (docs.stripe.com/api/idempotent_requests, 2026-11).
"""


async def settle_refund(
    services: Services, order_number: str, refund_number: str, actor: str, *, again: bool = False
) -> Refund:
    """Ask the provider for a refund that is "asked", and book what it says; the refund as it is then.

    `again`: it may have been asked before. Raises a Problem: 404, 409 when the provider would then refund twice, 502
    when it does not say what became of it.
    """
    async with services.sessions() as session:
        order = await orders.find(session, order_number)
        refund = None if order is None else await refunds.find(session, order.id, refund_number)
    if order is None or refund is None:
        raise Problem(404, "There is no such refund.", slug="not-found")
    if refund.state != refunds.ASKED:
        return refund
    provider = await registry.find(services, order.provider)
    if provider is None:
        # Paid in another way (cash, by transfer): finance gives it back by hand.
        return await book(services, order, refund_number, Made("done"), actor)
    late = services.clock() - refund.created_at > REPEATS_S
    if again and (late or not provider.refund_repeats):
        raise Problem(409, f"Look at {provider.title} what became of the refund, and say so.", slug="ask-a-person")
    try:
        made = await provider.refund(order, refund)
    except UnknownResultError as error:
        msg = f"The refund is not settled: {error}. Its credit is taken; ask again."
        raise Problem(502, msg, slug="provider-away") from None
    return await book(services, order, refund_number, made, actor)


async def book(services: Services, order: Order, refund_number: str, made: Made, actor: str) -> Refund:
    """Book what became of a refund."""
    settled_on = await terms(services)
    by = By(actor, services.clock())

    async def work(session: AsyncSession) -> Refund | None:
        row = await orders.lock(session, order.number)
        if row is None:
            return None
        if made.state == "done":
            return await refunds.done(session, row, refund_number, made.ref, by, settled_on.issuer)
        if made.state == "failed":
            return await refunds.fail(session, row, refund_number, made.why, by, settled_on.issuer)
        refund = await refunds.find(session, row.id, refund_number)
        if refund is not None:
            refund.provider_ref = made.ref or refund.provider_ref
        return refund

    found = await transact(services, work)
    if found is None:
        raise Problem(404, "There is no such refund.", slug="not-found")
    if made.state == "failed":
        log.warning("order %s: a refund was refused: %s", order.number, made.why)
    return found
