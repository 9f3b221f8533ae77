"""Background jobs: what can be run, and how it tells how far it is. admin/job_runner.py runs them.

    @periodic("subscriptions.renew", every_s=60)        runs by the clock, in exactly one Admin replica
    @kind("channels.test")                              runs when somebody calls `submit`, with progress and a result

Both are registered by importing a module of admin/background. A job may be ended at any await and is run again from its
cursor by another replica: what it does twice must come to the same. Must not open anything, and not know any noun.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.services import Services
from storage.models.job import Job
from storage.repositories import jobs

State = dict[str, Any]


class StoppedError(Exception):
    """Somebody cancelled the job, or another replica has taken it over: stop, and change nothing more."""


@dataclass(slots=True)
class Run:
    """One run of a job. `payload` is what `submit` was given, `cursor` what the last `save` left, {} at first.

    `save` notes progress; it raises StoppedError when the job should end. `job_id` is 0 for periodic jobs.
    """

    services: Services
    name: str
    save_state: Callable[[dict[str, Any]], Awaitable[None]] = field(repr=False)
    cursor: State = field(default_factory=dict)
    payload: State = field(default_factory=dict)
    job_id: int = 0
    actor: str = "gateway"
    user_id: int | None = None

    async def save(
        self,
        *,
        cursor: State | None = None,
        done: int | None = None,
        total: int | None = None,
        result: State | None = None,
    ) -> None:
        """Note what is given; a run that follows a crash finds it. Raises StoppedError."""
        if cursor is not None:
            self.cursor = cursor
        given = {"cursor": cursor, "done": done, "total": total, "result": result}
        await self.save_state({name: value for name, value in given.items() if value is not None})


Work = Callable[[Run], Awaitable[None]]
Task = Callable[[Run], Awaitable[State | None]]
Every = int | Callable[[Services], Awaitable[int]]
Needed = Callable[[AsyncSession, int], Awaitable[bool]]
"""Whether there is something to do at that time (Unix seconds): one cheap query, which writes nothing."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job by the clock. `every_s` is seconds from one end to the next start, or asks the options; 0: not now.

    One with `needed` is left alone while that says no: an idle gateway writes nothing into its database.
    """

    name: str
    every_s: Every
    work: Work
    needed: Needed | None = None

    async def pause(self, services: Services) -> int:
        """Seconds to the next run, 0: it is switched off."""
        return self.every_s if isinstance(self.every_s, int) else await self.every_s(services)


PERIODIC: dict[str, Periodic] = {}
KINDS: dict[str, Task] = {}


def periodic(name: str, *, every_s: Every, needed: Needed | None = None) -> Callable[[Work], Work]:
    """Register a job that runs by the clock."""

    def register(work: Work) -> Work:
        PERIODIC[name] = Periodic(name, every_s, work, needed)
        return work

    return register


def kind(name: str) -> Callable[[Task], Task]:
    """Register a kind of job that is started by `submit`; what it returns is its result."""

    def register(task: Task) -> Task:
        KINDS[name] = task
        return task

    return register


async def submit(
    session: AsyncSession,
    services: Services,
    name: str,
    payload: State,
    *,
    actor: str,
    user_id: int | None = None,
    total: int = 0,
) -> Job:
    """Leave a job to be run, in the caller's transaction; it begins within seconds of the commit.

    `payload` is JSON and holds no secrets. Raises KeyError for a kind that does not exist.
    """
    if name not in KINDS:
        raise KeyError(name)
    return await jobs.add(session, name, payload, actor=actor, user_id=user_id, now=services.clock(), total=total)


def discover() -> None:
    """Import every module of admin/background, which registers what is in it."""
    package = importlib.import_module("admin.background")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"admin.background.{module.name}")
