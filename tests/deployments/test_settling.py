"""The settler as the process that it is: nothing lost, nothing twice, nobody left, whoever is killed."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from deployments.settings import Settings
from deployments.settling import Settling
from deployments.telemetry import Telemetry
from storage.journal import JournalWriter
from storage.records import UsageRecord

WITHIN_S = 40.0
"""For what takes a second on a quiet machine."""

ROUTER = """
import asyncio, sys
from deployments.settings import Settings
from deployments.settling import Settling
from deployments.telemetry import Telemetry

asyncio.run(Settling(Settings(data=sys.argv[1]), Telemetry()).run(asyncio.Event()))
"""

PATIENT = """
from deployments import settler, settler_life, settler_pace
settler_pace.LATE_S = settler_pace.STUCK_S = settler_life.STOP_S = 60.0
settler.main()
"""
"""A settler that neither changes its worker nor leaves records behind because the machine is slow or stood still."""


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settlers of this test are patient, and so is who starts them."""
    monkeypatch.setattr(Settling, "command", (sys.executable, "-c", PATIENT, "deployments.settler"))
    monkeypatch.setattr("deployments.settling.STOP_S", 60.0)


@pytest.fixture
def settings(tmp_path: Path, empty_database: Path) -> Settings:
    """Of a gateway with an empty database."""
    shutil.copy(empty_database, tmp_path / "gateway.db")
    return Settings(data=str(tmp_path))


class Journal:
    """A replica's journal, and what the database has of it."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.data_dir
        self.writer = JournalWriter(self.path / "journal", "ingress-x")
        self.written = 0

    def write(self, count: int) -> None:
        for _ in range(count):
            self.writer.append(UsageRecord(f"r{self.written}", 1_763_794_000_000_000, key_id=1, status=200, cost=7))
            self.written += 1

    def settled(self) -> tuple[int, int]:
        """Rows, and what the ledger's batches say they are."""
        with sqlite3.connect(self.path / "gateway.db") as connection:
            rows = connection.execute("SELECT count(*) FROM usage_records").fetchone()[0]
            return rows, connection.execute("SELECT coalesce(sum(records), 0) FROM settlements").fetchone()[0]

    async def all_settled(self) -> None:
        """Each record once."""
        await until(lambda: self.settled()[0] >= self.written)
        assert self.settled() == (self.written, self.written)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not true():  # noqa: ASYNC110  # what other processes do
            await asyncio.sleep(0.02)


@pytest.fixture
def journal(settings: Settings) -> Iterator[Journal]:
    made = Journal(settings)
    yield made
    made.writer.close()


@pytest.fixture
async def settling(settings: Settings) -> AsyncIterator[tuple[Settling, asyncio.Event, asyncio.Task[None]]]:
    """A Router's side of it, running."""
    stop = asyncio.Event()
    made = Settling(settings, Telemetry())
    task = asyncio.get_running_loop().create_task(made.run(stop))
    yield made, stop, task
    stop.set()
    await task


def family(of: int | None = None) -> list[int]:
    """Pids of the living settler and its worker below this process or another; none, one or both."""
    return [one.pid for one in psutil.Process(of).children(recursive=True) if "deployments.settler" in command(one)]


def command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # gone, or a zombie
        return []


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Nobody else can write meanwhile."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


@pytest.mark.usefixtures("patient")
async def test_whoever_is_killed_each_record_is_settled_once_and_a_stop_settles_the_rest(
    settling: tuple[Settling, asyncio.Event, asyncio.Task[None]], journal: Journal
) -> None:
    made, stop, task = settling
    journal.write(50)
    await journal.all_settled()
    settler, worker = family()
    if sys.platform == "linux":
        assert os.sched_getscheduler(worker) == os.SCHED_IDLE
        assert os.sched_getscheduler(settler) != os.SCHED_IDLE, "it has to see when the worker gets no CPU"
    journal.write(3000)
    os.kill(worker, signal.SIGKILL)
    await journal.all_settled()
    assert family()[0] == settler
    journal.write(3000)
    os.kill(settler, signal.SIGKILL)
    await until(lambda: settler not in family() and worker not in family())
    await journal.all_settled()
    await until(lambda: made.report.settled)
    await until(lambda: made.depth() == (0, 0))  # the note of it follows the commit
    assert made._telemetry.counters["gateway_settler_restarts_total"] == {(): 1}
    journal.write(500)
    stop.set()
    await task
    assert journal.settled() == (journal.written, journal.written), "what is there at the stop"
    assert family() == []


async def test_a_batch_that_holds_locks_is_begun_again_at_normal_priority(
    settling: tuple[Settling, asyncio.Event, asyncio.Task[None]], journal: Journal, settings: Settings
) -> None:
    made, _, _ = settling
    await until(lambda: len(family()) == 2)
    settler, worker = family()
    with locked(settings.data_dir / "gateway.db"):
        journal.write(100)
        await until(lambda: made.report.hurried)
        await until(lambda: worker not in family() and len(family()) == 2)
        assert os.sched_getscheduler(family()[1]) == os.sched_getscheduler(settler)
        assert made.report.lag_s > 0
        assert made.depth()[0]
    await journal.all_settled()


async def test_a_router_that_is_killed_leaves_nobody(settings: Settings, journal: Journal) -> None:
    with subprocess.Popen([sys.executable, "-c", ROUTER, str(settings.data_dir)]) as router:  # noqa: ASYNC220
        await until(lambda: len(family(router.pid)) == 2)
        left = [psutil.Process(pid) for pid in family(router.pid)]
        journal.write(5000)
        os.kill(router.pid, signal.SIGKILL)
    await until(lambda: not any(command(one) for one in left))
    made, stop = Settling(settings, Telemetry()), asyncio.Event()
    task = asyncio.get_running_loop().create_task(made.run(stop))
    await journal.all_settled()
    stop.set()
    await task


async def test_a_settler_that_cannot_start_is_tried_again_and_a_stop_ends_that(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settling, "command", (str(settings.data_dir / "nothing"),))
    monkeypatch.setattr("deployments.settling.BACKOFF_S", 0.005)
    made, stop = Settling(settings, Telemetry()), asyncio.Event()
    task = asyncio.get_running_loop().create_task(made.run(stop))
    await until(lambda: made._telemetry.counters.get("gateway_settler_restarts_total", {}).get((), 0) > 2)
    monkeypatch.setattr(Settling, "command", (sys.executable, "-c", "print('no report')"))
    await until(lambda: made._telemetry.counters["gateway_settler_restarts_total"][()] > 4)
    stop.set()
    await task
