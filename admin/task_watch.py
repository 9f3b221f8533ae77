"""Asking a provider about one asynchronous task, and doing what follows from its answer.

Used by the clock (admin/background/tasks.py) and by whoever cancels one. No session is open while the provider is
asked. Whatever is asked twice or at once comes to the same: the conclusion is booked once.
"""

from admin.payments.settled import transact
from admin.services import ChannelAskError, Services, TaskSeen
from storage.models import Task
from storage.pricing.conclude import Outcome, conclude
from storage.repositories import tasks

MISSING = 3
"""A provider that does not know a task so often in a row does not know it."""


async def look(services: Services, task: Task, *, cancel: bool = False) -> Task | None:
    """Ask about the task (or have it cancelled) and conclude it if it has ended; returns it as it is then.

    Raises ChannelAskError when a cancellation could not be asked for; what else goes wrong is noted with the task.
    """
    now = services.clock()
    try:
        seen = await services.task(task.kind, task.channel_id, task.channel_key_id, task.upstream_id, cancel=cancel)
    except ChannelAskError as error:
        if cancel:
            raise
        return await _unsaid(services, task, str(error))
    if not seen.known:
        missing = task.missing + 1
        if missing >= MISSING or now >= task.expires_at:
            return await _end(services, task, Outcome(state=tasks.LOST, note="The provider does not know it."))
        return await _note(services, task, missing=missing)
    if seen.ended:
        return await _end(services, task, _outcome(seen))
    if now >= task.expires_at:
        return await _end(services, task, Outcome(state=tasks.LOST, note="It did not end in time."))
    return await _note(services, task, state=seen.state)


def _outcome(seen: TaskSeen) -> Outcome:
    return Outcome(state=seen.state, counts=seen.counts, model=seen.model[:255], finish_reason=seen.finish_reason)


async def _unsaid(services: Services, task: Task, said: str) -> Task | None:
    if services.clock() >= task.expires_at:
        return await _end(services, task, Outcome(state=tasks.LOST, note=said))
    return await _note(services, task, missing=task.missing, note=said)


async def _note(services: Services, task: Task, *, state: str = "", missing: int = 0, note: str = "") -> Task | None:
    async with services.sessions.begin() as session:
        await tasks.asked(session, task, services.clock(), state=state, missing=missing, note=note)
        return await tasks.get(session, task.id)


async def _end(services: Services, task: Task, outcome: Outcome) -> Task | None:
    return await transact(services, lambda session: conclude(session, task.id, outcome, services.clock()))
