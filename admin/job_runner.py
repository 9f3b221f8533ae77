"""Runs background jobs in an Admin replica: finds what is due, claims it by a lease, keeps the lease, notes the end.

Any number of replicas may do this at once. A lease is renewed while its job runs; of a replica that is gone it ends,
and another one goes on from the job's cursor. Must not know what the jobs do.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import jobs
from admin.jobs import KINDS, PERIODIC, Periodic, Run, StoppedError
from admin.services import Services
from storage.events import emit
from storage.repositories import jobs as rows

log = logging.getLogger(__name__)

TICK_S = 2.0
TTL_S = 60
"""A lease lasts so long; a replica that was killed is succeeded after that."""

RENEW_S = 15.0
LOOK_S = 1.0
"""How often a running job is asked whether somebody stopped it; what it awaits then is given up."""

AT_ONCE = 4
"""Jobs that somebody started, per replica; periodic ones come on top."""

RETRY_S = 30
TELL_AFTER = 3
"""Failures in a row of a periodic job that operators are told of, once."""

OFF_S = 60
"""How often a periodic job that is switched off is looked at."""


Stopped = Callable[[], Awaitable[bool]]


class Runner:
    """One per Admin replica. `replica` is its name, for those who look at what runs where."""

    def __init__(self, services: Services, replica: str) -> None:
        self._services = services
        self._replica = replica[:40]
        self._running: dict[str, asyncio.Task[None]] = {}
        self._known = False
        self._idle_until: dict[str, int] = {}
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for jobs."""
        jobs.discover()
        self._loop = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop: what runs is left for another replica to go on with."""
        tasks = [*self._running.values(), *([self._loop] if self._loop is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self.tick()
            except Exception as error:  # noqa: BLE001  # the database may be away in any way: the next tick tries again
                log.warning("background jobs wait for the database: %s", type(error).__name__)
            await asyncio.sleep(TICK_S)

    async def idle(self) -> None:
        """Wait until nothing runs here."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def tick(self) -> None:
        """Start what is due and free."""
        now = self._services.clock()
        if not self._known:
            await self._make_known()
        room = AT_ONCE - sum(name.startswith("job:") for name in self._running)
        async with self._services.sessions() as session:
            idle = {name for name, until in self._idle_until.items() if until > now}
            due = await rows.due(session, PERIODIC.keys() - self._running.keys() - idle, now)
            due = [name for name in due if await self._needed(session, PERIODIC[name], now)]
            waiting = await rows.waiting(session, KINDS.keys(), now, limit=room) if room > 0 else []
        for name in due:
            self._begin(name, self._periodic(PERIODIC[name]))
        for job_id in waiting:
            self._begin(f"job:{job_id}", self._job(job_id))

    async def _needed(self, session: AsyncSession, job: Periodic, now: int) -> bool:
        """Whether it has something to do; one that has not is looked at again after its time, and nothing is noted."""
        if job.needed is None or await job.needed(session, now):
            return True
        self._idle_until[job.name] = now + (job.every_s if isinstance(job.every_s, int) else OFF_S)
        return False

    async def _make_known(self) -> None:
        try:
            async with self._services.sessions.begin() as session:
                await rows.add_schedules(session, PERIODIC.keys())
        except IntegrityError:
            return  # another replica is making them: the next tick sees them
        self._known = True

    def _begin(self, name: str, work: Any) -> None:  # noqa: ANN401  # a coroutine
        if name in self._running:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running[name] = task
        task.add_done_callback(lambda _: self._running.pop(name, None))

    def _holder(self) -> str:
        return f"{self._replica}:{secrets.token_hex(6)}"

    # ---------------------------------------------------------------------------------------------------- by the clock

    async def _periodic(self, job: Periodic) -> None:
        services, holder = self._services, self._holder()
        async with services.sessions.begin() as session:
            state = await rows.claim_schedule(session, job.name, holder, now=services.clock(), ttl_s=TTL_S)
        if state is None:
            return

        async def save(progress: dict[str, Any]) -> None:
            async with services.sessions.begin() as session:
                kept = await rows.keep_schedule(
                    session, job.name, holder, now=services.clock(), ttl_s=TTL_S, state=progress.get("cursor")
                )
            if not kept.held:
                raise StoppedError

        error: str | None = None
        pause = OFF_S
        try:
            pause = await job.pause(services)
            if pause:
                await self._watched(job.work(Run(services, job.name, save, cursor=state)), save)
        except StoppedError:
            return
        except asyncio.CancelledError:
            # This replica stops: another one may go on at once.
            await asyncio.shield(self._end_periodic(job.name, holder, 0, None))
            raise
        except Exception as problem:  # noqa: BLE001  # whatever a job raises is its own: it is noted and tried again
            error = _told(problem, job.name)
        pause = pause or OFF_S
        await self._end_periodic(job.name, holder, min(pause, RETRY_S) if error is not None else pause, error)

    async def _end_periodic(self, name: str, holder: str, pause: int, error: str | None) -> None:
        async with self._services.sessions.begin() as session:
            now = self._services.clock()
            failures = await rows.end_schedule(session, name, holder, now=now, next_at=now + pause, error=error)
            if failures == TELL_AFTER:
                await emit(session, "job.failed", {"name": name, "error": error or ""}, now=now)

    # -------------------------------------------------------------------------------------------- started by somebody

    async def _job(self, job_id: int) -> None:
        services, holder = self._services, self._holder()
        async with services.sessions.begin() as session:
            row = await rows.claim(session, job_id, holder, now=services.clock(), ttl_s=TTL_S)
        if row is None:
            return
        cancelled = False

        async def save(progress: dict[str, Any]) -> None:
            nonlocal cancelled
            async with services.sessions.begin() as session:
                kept = await rows.keep(session, job_id, holder, now=services.clock(), ttl_s=TTL_S, progress=progress)
            cancelled = kept.cancel
            if kept.cancel or not kept.held:
                raise StoppedError

        run = Run(
            services, row.kind, save, cursor=row.cursor, payload=row.payload, job_id=job_id, actor=row.actor,
            user_id=row.user_id,
        )  # fmt: skip
        state, result, error = "done", None, ""
        try:
            result = await self._watched(KINDS[row.kind](run), save, lambda: self._stopped(job_id))
        except StoppedError:
            if not cancelled:
                return
            state = "cancelled"
        except asyncio.CancelledError:
            await asyncio.shield(self._end(row.kind, job_id, holder, "queued", None, ""))
            raise
        except Exception as problem:  # noqa: BLE001  # as above
            state, error = "failed", _told(problem, row.kind)
        await self._end(row.kind, job_id, holder, state, result, error)

    async def _end(
        self, kind: str, job_id: int, holder: str, state: str, result: dict[str, Any] | None, error: str
    ) -> None:
        async with self._services.sessions.begin() as session:
            now = self._services.clock()
            await rows.end(session, job_id, holder, state=state, now=now, result=result, error=error)
            if state == "failed":
                data = {"name": f"{kind} {job_id}", "error": error}
                await emit(session, "job.failed", data, dedupe=f"job:{job_id}", now=now)

    async def _stopped(self, job_id: int) -> bool:
        try:
            async with self._services.sessions() as session:
                return await rows.stopped(session, job_id)
        except Exception:  # noqa: BLE001  # the database is away: it is asked again soon
            return False

    async def _watched(self, work: Any, save: Any, stopped: Stopped | None = None) -> Any:  # noqa: ANN401  # coroutines and what they return
        """Run the work while its lease is kept; raises StoppedError when that is lost or the job is to end."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)
        renew_at = loop.time() + RENEW_S
        try:
            while True:
                done, _ = await asyncio.wait([task], timeout=RENEW_S if stopped is None else LOOK_S)
                if done:
                    return task.result()
                if loop.time() >= renew_at or (stopped is not None and await stopped()):
                    await self._renew(save)
                    renew_at = loop.time() + RENEW_S
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _renew(self, save: Any) -> None:  # noqa: ANN401  # as above
        try:
            await save({})
        except StoppedError:
            raise
        except Exception as error:  # noqa: BLE001  # the database is away: the lease may outlast it
            log.warning("a background job's lease could not be renewed: %s", type(error).__name__)


def _told(problem: Exception, name: str) -> str:
    # Only the class: the text of an error may hold addresses and values. The log has the place.
    log.warning("background job %s failed", name, exc_info=problem)
    return type(problem).__name__
