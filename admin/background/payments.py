"""Orders that nothing was heard of: their provider is asked, and those past their time are closed."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from admin.jobs import Run, periodic
from admin.payments import notifications
from admin.payments.settled import transact
from storage.models.order import Order
from storage.payments import orders, settling, states
from storage.payments.fulfilment import By

PAGE = 50
AFTER_S = 60
"""An order is asked about this long after it was made; before, its notification is waited for."""


async def _asked_about(session: AsyncSession, now: int) -> bool:
    return bool(await orders.waiting(session, after=0, made_before=now - AFTER_S, limit=1))


@periodic("payments.ask", every_s=120, needed=_asked_about)
async def ask(run: Run) -> None:
    """Ask about pending orders: a notification may have been lost. Those past their time expire."""
    services = run.services
    now, after = services.clock(), 0
    while True:
        async with services.sessions() as session:
            page = await orders.waiting(session, after=after, made_before=now - AFTER_S, limit=PAGE)
        for order in page:
            after = order.id
            if _is_due(order, now):
                await notifications.ask_quietly(services, order)
            if order.expires_at <= now:
                await transact(services, partial(settling.expire, number=order.number, by=By("gateway", now)))
            await run.save()
        if len(page) < PAGE:
            return


def _is_due(order: Order, now: int) -> bool:
    """Whether it is asked about now: often at first, then seldom, and at the end of its time."""
    if order.state != states.PENDING or order.details.get("checkout") is None:
        return False
    age = now - order.created_at
    return age < 900 or age % 900 < 120 or order.expires_at <= now
