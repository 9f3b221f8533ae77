"""Subscriptions by the clock: renewed from the balance ahead of time, ended when their time is over, reported before.

Each subscription is a transaction of its own, which says by its reference what it paid: repeated, it pays nothing.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from admin.jobs import Run, periodic
from admin.options.notifications import Notifications
from admin.payments.settled import transact
from admin.services import Services
from admin.surroundings import announce
from storage.ledger.entries import InsufficientError
from storage.models.subscription import Subscription
from storage.subscriptions import listing, plans, purses, terms, told
from storage.subscriptions.terms import RENEW_AHEAD_S, RefusedError

PAGE = 200
UNPAID_S = 3 * 86_400
"""A subscription that the balance does not cover is tried again for so long; nothing is spent from it meanwhile."""


async def _to_change(session: AsyncSession, now: int) -> bool:
    before = now + RENEW_AHEAD_S
    return bool(
        await listing.to_renew(session, before=before, after=0, limit=1)
        or await listing.over(session, now=now, after=0, limit=1)
    )


@periodic("subscriptions.renew", every_s=30, needed=_to_change)
async def renew(run: Run) -> None:
    """Pay the next term of those that end within minutes, end those that are over."""
    services = run.services
    changed = await _each(run, lambda session, after: _to_renew(session, services, after), _renew)
    changed = await _each(run, lambda session, after: _over(session, services, after), _end) or changed
    if changed:
        await announce(services)


@periodic("subscriptions.ending", every_s=3600)
async def ending(run: Run) -> None:
    """Report those that end in a few days and are not renewed."""
    services = run.services
    days = (await services.options.get(Notifications)).ending_days
    after = 0
    while days:
        now = services.clock()
        async with services.sessions.begin() as session:
            rows = await listing.ending(session, now=now, before=now + days * 86_400, after=after, limit=PAGE)
            for row in rows:
                await told.tell(session, "ending", row, now)
        if len(rows) < PAGE:
            return
        after = rows[-1].id
        await run.save()


async def _to_renew(session: AsyncSession, services: Services, after: int) -> list[int]:
    before = services.clock() + RENEW_AHEAD_S
    return list(await listing.to_renew(session, before=before, after=after, limit=PAGE))


async def _over(session: AsyncSession, services: Services, after: int) -> list[int]:
    return list(await listing.over(session, now=services.clock(), after=after, limit=PAGE))


async def _each(
    run: Run,
    page: Callable[[AsyncSession, int], Awaitable[list[int]]],
    work: Callable[[AsyncSession, Subscription, int], Awaitable[bool]],
) -> bool:
    """Do `work` with each subscription of all pages, locked; whether something changed."""
    services, changed, after = run.services, False, 0
    while True:
        async with services.sessions() as session:
            ids = await page(session, after)
        for subscription_id in ids:

            async def one(session: AsyncSession, wanted: int = subscription_id) -> bool:
                row = await terms.lock(session, wanted)
                return row is not None and row.state == "active" and await work(session, row, services.clock())

            changed = await transact(services, one) or changed
        if len(ids) < PAGE:
            return changed
        after = ids[-1]
        await run.save()


async def _renew(session: AsyncSession, row: Subscription, now: int) -> bool:
    if row.paid_until >= now + RENEW_AHEAD_S or not row.renews:
        return False
    plan = await plans.get(session, row.next_plan_id or row.plan_id)
    if plan is None:
        return False
    try:
        async with session.begin_nested():
            renewed = await terms.renew(session, row, plan, now=now)
    except (InsufficientError, RefusedError, ValueError):
        await session.refresh(row)
        await told.tell(session, "unpaid", row, now)
        return False
    if renewed:
        await told.tell(session, "renewed", row, now)
    return renewed


async def _end(session: AsyncSession, row: Subscription, now: int) -> bool:
    unpaid = row.renews and row.pay_by == terms.BALANCE
    last = row.paid_until + UNPAID_S if unpaid else purses.ends_at(row)
    if now < last:
        return False
    await terms.end(session, row, "unpaid" if unpaid else "expired", now)
    await told.tell(session, "ended", row, now)
    return True
