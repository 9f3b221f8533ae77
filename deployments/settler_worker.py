"""The settler's worker: moves usage records from the journal to the database until it is killed.

It may be killed at any instruction: a batch is one transaction, idempotent by request id, and the journal's offset is
written after the commit. Must not start anything, and writes nothing but the board to what others read.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Sequence
from enum import IntEnum
from mmap import mmap

import uvloop

from deployments.settings import Settings
from deployments.telemetry import Telemetry
from deployments.upkeep import Upkeep
from storage.database import open_engine, session_factory
from storage.journal import JournalDrainer
from storage.records import UsageRecord

MIRROR_S = 0.25
TAKE_OVER_S = 0.1
LOWEST_NICE = 19
_PR_SET_PDEATHSIG = 1


class Field(IntEnum):
    """Places on the board. Moments are of time.monotonic(), which all processes of a machine share."""

    BATCH_SINCE = 0
    """When the batch that is under way began; 0: none is."""
    CAUGHT_UP = 1
    """What was written to the journal before this moment is in the database."""
    SETTLED = 2
    """Records settled by all workers."""
    BYTES = 3
    """Bytes of these in the journal."""
    OVERDRAWN = 4
    """Batches' accounts that went below zero."""


class Board:
    """Numbers in memory that a process shares with those it forks; they outlive the worker."""

    def __init__(self) -> None:
        self._numbers = memoryview(mmap(-1, 4096)).cast("d")

    def __getitem__(self, field: Field) -> float:
        return self._numbers[field]

    def __setitem__(self, field: Field, value: float) -> None:
        self._numbers[field] = value  # one aligned store: a reader sees the old number or the new one


def step_back() -> None:
    """Take only the CPU that nobody else wants. There is no way back for a process without privileges."""
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):  # not Linux, or not allowed here
        os.nice(LOWEST_NICE)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when the one that forked it is gone, however little CPU this one gets."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def work(settings: Settings, board: Board, parent: int, *, last: bool) -> None:
    """Settle for ever, or with `last` what is there now. Runs in a process that has been forked for it."""
    uvloop.run(_Worker(settings, board, parent).run(last=last))


class _Worker:
    def __init__(self, settings: Settings, board: Board, parent: int) -> None:
        self._board = board
        self._parent = parent
        self._engine = open_engine(settings.database)
        self._telemetry = Telemetry()
        self._upkeep = Upkeep(settings, session_factory(self._engine), self._telemetry)
        self._drainer = JournalDrainer(settings.data_dir / "journal", self._insert)
        self._before = {field: board[field] for field in (Field.SETTLED, Field.BYTES, Field.OVERDRAWN)}

    async def run(self, *, last: bool) -> None:
        while not self._drainer.take():  # the worker before this one is dying, or an ingress replica stands in
            self._board[Field.CAUGHT_UP] = time.monotonic()
            self._end_alone()
            await asyncio.sleep(TAKE_OVER_S)
        mirror = asyncio.get_running_loop().create_task(self._mirror())
        try:
            if last:
                await self._drainer.drain_once()
            else:
                await self._drainer.run(asyncio.Event())
        finally:
            mirror.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await mirror
            self._show()
            await self._engine.dispose()

    async def _insert(self, records: Sequence[UsageRecord]) -> None:
        self._board[Field.BATCH_SINCE] = time.monotonic()
        try:
            await self._upkeep.insert(records)
        finally:
            self._board[Field.BATCH_SINCE] = 0

    async def _mirror(self) -> None:
        while True:
            await asyncio.sleep(MIRROR_S)
            self._end_alone()
            self._show()

    def _show(self) -> None:
        board, drainer = self._board, self._drainer
        board[Field.CAUGHT_UP] = max(board[Field.CAUGHT_UP], drainer.caught_up_at)
        overdrawn = self._telemetry.counters.get("gateway_accounts_overdrawn_total", {}).get((), 0)
        now = {Field.SETTLED: drainer.inserted, Field.BYTES: drainer.inserted_bytes, Field.OVERDRAWN: overdrawn}
        for field, value in now.items():
            board[field] = self._before[field] + value

    def _end_alone(self) -> None:
        if os.getppid() != self._parent:
            os._exit(1)
