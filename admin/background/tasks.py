"""Asynchronous tasks that nobody fetches: providers are asked, spaced by a task's age; what they used is booked."""

import asyncio
import logging
from collections import defaultdict

from sqlalchemy.ext.asyncio import AsyncSession

from admin import task_watch
from admin.jobs import Run, periodic
from admin.problems import Problem
from admin.services import Services
from storage.models import Task
from storage.repositories import tasks

log = logging.getLogger(__name__)

PAGE = 100
AT_ONCE = 16
PAGES = 20
OF_A_CHANNEL = 4
"""A provider is asked about so many at a time; one that is slow holds up no other."""

KEPT_S = 90 * 86_400


async def _any_due(session: AsyncSession, now: int) -> bool:
    return await tasks.any_due(session, now)


@periodic("tasks.ask", every_s=5, needed=_any_due)
async def ask(run: Run) -> None:
    """Ask providers about unfinished tasks; those that have ended are settled."""
    services = run.services
    for _ in range(PAGES):
        async with services.sessions() as session:
            page = await tasks.due(session, services.clock(), PAGE)
        gate = asyncio.Semaphore(AT_ONCE)
        gates: dict[int, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(OF_A_CHANNEL))
        await asyncio.gather(*(_one(services, task, gates[task.channel_id], gate) for task in page))
        await run.save()
        if len(page) < PAGE:
            return


async def _one(services: Services, task: Task, of_channel: asyncio.Semaphore, gate: asyncio.Semaphore) -> None:
    async with of_channel, gate:
        try:
            await task_watch.look(services, task)
        except Problem as problem:
            log.warning("task %d waits: %s", task.id, problem.detail)
        except Exception:  # one that cannot be concluded holds up no other, and waits for its next time
            log.exception("task %d cannot be concluded", task.id)
            async with services.sessions.begin() as session:
                await tasks.asked(session, task, services.clock(), note="It cannot be concluded; see the log.")


@periodic("tasks.clean", every_s=3600)
async def clean(run: Run) -> None:
    """Remove tasks that were concluded long ago, a page at a time; what they cost stays in the usage log."""
    while True:
        async with run.services.sessions.begin() as session:
            gone = await tasks.forget(session, run.services.clock() - KEPT_S)
        await run.save()
        if gone < 1000:
            return
