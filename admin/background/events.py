"""Events become deliveries, deliveries are tried and tried again; balances that are low become events; old ones go."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from admin.jobs import Run, periodic
from admin.notifications.sending import send
from admin.options.notifications import Notifications
from admin.services import Services
from storage.events import deliveries, low, outbox
from storage.models.event import Delivery, Event, Target
from storage.pricing.units import nano_usd

AT_ONCE = 20
PAGE = 100
EACH = 20
"""Deliveries to one target in one turn: one that is slow holds up no other."""


async def _to_deliver(session: AsyncSession, now: int) -> bool:
    return await deliveries.waiting(session, now=now)


async def _to_tell(session: AsyncSession, _now: int) -> bool:
    # What is low by default is an option: any account that limits spending may be.
    return await low.any_limited(session)


@periodic("events.deliver", every_s=4, needed=_to_deliver)
async def deliver(run: Run) -> None:
    """Make deliveries of what happened, and try those that are due."""
    services = run.services
    async with services.sessions.begin() as session:
        while await deliveries.route(session, now=services.clock()) == 200:
            pass
    while await _turn(services):
        await run.save()


async def _turn(services: Services) -> bool:
    async with services.sessions() as session:
        found = await deliveries.due(session, now=services.clock(), limit=PAGE)
    taken: dict[int, int] = {}
    gate = asyncio.Semaphore(AT_ONCE)
    chosen: list[tuple[Delivery, Event, Target]] = []
    for each in found:
        taken[each[2].id] = taken.get(each[2].id, 0) + 1
        if taken[each[2].id] <= EACH:
            chosen.append(each)
    await asyncio.gather(*(_try(services, gate, *each) for each in chosen))
    return len(found) == PAGE


async def _try(services: Services, gate: asyncio.Semaphore, delivery: Delivery, event: Event, target: Target) -> None:
    async with gate:
        if target.enabled:
            result = await send(services, target, event)
        else:
            result = deliveries.Result(delivered=False, problem="The target is switched off.", gone=True)
    async with services.sessions.begin() as session:
        await deliveries.note(session, delivery.id, result, now=services.clock())


@periodic("events.low-balances", every_s=60, needed=_to_tell)
async def low_balances(run: Run) -> None:
    """Tell owners whose balance fell below what they named."""
    services = run.services
    options = await services.options.get(Notifications)
    while True:
        async with services.sessions.begin() as session:
            told = await low.tell(session, default=nano_usd(options.low_balance), now=services.clock())
        await run.save()
        if told < 500:
            return


@periodic("events.clean", every_s=3600)
async def clean(run: Run) -> None:
    """Remove events and deliveries that are older than the option says."""
    services = run.services
    kept = (await services.options.get(Notifications)).kept_days
    while True:
        async with services.sessions.begin() as session:
            gone = await outbox.forget(session, services.clock() - kept * 86_400)
        await run.save()
        if gone < 1000:
            return
