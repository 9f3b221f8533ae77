"""Processes that conclude asynchronous tasks until they are killed, beside replicas whose clients fetched their ends.

    python -m tests.admin.tasks_killed <plan.json> ...

One step is the job `tasks.ask` as the Admin runs it, and some of the records that replicas book, again and again as
after a kill. Each process kills itself between two statements now and then, and is killed at a random moment otherwise.
The last one lives, and time passes until every task is due.
"""

import asyncio
import os
import random
import sys
from functools import partial
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError

from admin import jobs
from admin.background import tasks as background
from admin.problems import Problem
from admin.services import TaskSeen
from storage import crypto
from storage.database import open_engine, session_factory
from storage.ledger.settling import settle
from storage.ledger.transactions import transact
from storage.models import Task
from storage.pricing import Counted
from storage.records import UsageRecord
from storage.repositories import tasks
from tests.admin.services import make_services
from tests.killing import die, ended, forked, lives_and_deaths

LIFE_S = 1200
"""Each process's clock is so much ahead of the one before it, so that what waits is due again."""
STEPS = 6
LIVES = 5


class Plan(msgspec.Struct):
    """What there is. `counted`: a task's id at its provider -> what the provider counted, null: it failed; `begun` and
    `fetched`: what replicas book of its beginning, and of an end that a client fetched."""

    url: str
    now: int
    counted: dict[str, tuple[int, int] | None]
    begun: list[UsageRecord]
    fetched: list[UsageRecord]


class Worker:
    """One process of the Admin, and what replicas do meanwhile."""

    def __init__(self, plan: Plan, life: int, *, deadly: bool) -> None:
        self.plan, self.now = plan, plan.now + life * LIFE_S
        engine = open_engine(plan.url)
        if deadly:
            listen(engine.sync_engine, "before_cursor_execute", lambda *_: die(0.01))
            listen(engine.sync_engine, "commit", lambda *_: die(0.02))
        self.sessions = session_factory(engine)
        self.services = make_services(
            self.sessions, crypto.SecretBox(b"k" * 32), clock=lambda: self.now, task=self._said
        )

    async def _said(self, _kind: str, _channel: int, _key: int, upstream_id: str, **_more: bool) -> TaskSeen:
        await asyncio.sleep(0)
        counts = self.plan.counted[upstream_id]
        if counts is None:
            return TaskSeen(known=True, state="failed", ended=True)
        return TaskSeen(known=True, state="completed", ended=True, counts=Counted(*counts), model="m-2026")

    async def ask(self) -> None:
        try:
            await background.ask(jobs.Run(self.services, "tasks.ask", _saved))
        except Problem as problem:
            if problem.status != 503:  # the database is busy: the clock asks again
                raise

    async def all_concluded(self) -> bool:
        async with self.sessions() as session:
            return await session.scalar(select(Task.id).where(Task.settlement == tasks.OPEN).limit(1)) is None

    async def book(self, records: list[UsageRecord]) -> None:
        try:
            await transact(self.sessions, lambda session: settle(session, records, now=self.now))
        except DBAPIError:
            pass  # the database is busy: it is settled with the next batch, as the settler does it


async def _saved(_: object) -> None:
    pass


async def _live(plan: Plan, life: int, done: int) -> None:
    worker = Worker(plan, life, deadly=True)
    while True:
        some = random.sample(plan.fetched, 3) + random.sample(plan.begun, 3)
        await asyncio.gather(worker.ask(), worker.book(some))
        os.write(done, b".")
        worker.now += 30


async def _finish(plan: Plan, _done: int) -> None:
    worker = Worker(plan, LIVES, deadly=False)
    for _ in range(20):
        worker.now += LIFE_S
        await worker.book([*plan.begun, *plan.fetched])
        await worker.ask()
        if await worker.all_concluded():
            return
    sys.exit("there are tasks that are not concluded")


def main() -> None:
    """Fork, kill, and finish, each plan on its own database and all of them at once."""
    plans = [msgspec.json.decode(Path(path).read_bytes(), type=Plan) for path in sys.argv[1:]]
    lives_and_deaths(plans, LIVES, STEPS, lambda plan, life: partial(_live, plan, life))
    sys.exit(ended([forked(partial(_finish, plan)) for plan in plans]))


if __name__ == "__main__":
    main()
