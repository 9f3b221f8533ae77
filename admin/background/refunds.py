"""Refunds whose provider was not asked, or whose answer was lost: asked again under their number.

Only of providers that make a refund once however often they are asked; a person sees to the others.
"""

import logging

from sqlalchemy.ext.asyncio import AsyncSession

from admin.jobs import Run, periodic
from admin.payments import refunding
from admin.problems import Problem
from storage.payments import refunds

log = logging.getLogger(__name__)

PAGE = 50
AFTER_S = 120
"""A refund is asked for again this long after it was begun; before, whoever began it is still at it."""


async def _open(session: AsyncSession, now: int) -> bool:
    made = (now - refunding.REPEATS_S, now - AFTER_S)
    return bool(await refunds.unanswered(session, after=0, made=made, limit=1))


@periodic("payments.refunds", every_s=300, needed=_open)
async def ask_again(run: Run) -> None:
    """Ask for refunds that a process which died, or a provider that was away, left open."""
    services = run.services
    now, after = services.clock(), 0
    while True:
        async with services.sessions() as session:
            made = (now - refunding.REPEATS_S, now - AFTER_S)
            page = await refunds.unanswered(session, after=after, made=made, limit=PAGE)
        for row in page:
            after = row.refund_id
            try:
                await refunding.settle_refund(services, row.order_number, row.number, "gateway", again=True)
            except Problem as problem:
                log.warning("order %s: refund %s stays open: %s", row.order_number, row.number, problem.detail)
            await run.save()
        if len(page) < PAGE:
            return
