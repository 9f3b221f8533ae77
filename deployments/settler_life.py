"""The settler's life: which worker runs, at which priority, and when it is replaced.

It forks a worker (settler_worker.py) at idle priority, and another at normal priority in its place when settling falls
behind (settler_pace.py). It ends when its stdin does; a line there says to stop.
Must not touch the database, start a thread or run an event loop: it forks.
"""

import logging
import os
import select
import signal
import time

import msgspec

from deployments import settler_worker
from deployments.settings import Settings
from deployments.settler_pace import Pace
from deployments.settler_worker import Board, Field
from storage.journal import segments

TICK_S = 0.25
REPORT_S = 1.0
STOP_S = 4.0
"""The last worker gets this long, less than the Router waits."""
HUNG_S = 120.0
"""No batch takes this long: statements are cancelled after half of it."""
BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 10.0
LIVED_S = 30.0
"""A worker that lived so long did not die of how it was started."""
STOP = b"stop\n"


class Report(msgspec.Struct):
    """What the Router is told each second. The counts are those since this process started."""

    lag_s: float
    """Age of the oldest record that waits, at most; 0 when nothing waits."""
    hurried: bool
    """Whether the worker has normal priority."""
    settled: int = 0
    bytes: int = 0
    overdrawn: int = 0


class Settler:
    """The worker's life. `stdin` and `stdout` are descriptors of pipes to the Router."""

    def __init__(self, settings: Settings, stdin: int, stdout: int) -> None:
        self._log = logging.getLogger("gateway")
        self._settings = settings
        self._stdin, self._stdout = stdin, stdout
        self._board = Board()
        now = time.monotonic()
        self._board[Field.CAUGHT_UP] = now
        self._pace = Pace(now)
        self._worker = 0
        self._dying: set[int] = set()
        self._forked_at = self._fork_at = self._report_at = now
        self._backoff = BACKOFF_S
        self._stopping = self._alone = False
        signal.signal(signal.SIGTERM, self._on_term)
        os.set_blocking(stdout, False)

    def run(self) -> None:
        """Until told to stop or left alone."""
        while not (self._stopping or self._alone):
            now = time.monotonic()
            self._reap(now)
            if self._worker:
                self._judge(now)
            if not self._worker and now >= self._fork_at:
                self._fork()
            if now >= self._report_at:
                self._report_at = now + REPORT_S
                self._tell()
            self._listen(TICK_S)
        self._kill()
        if self._stopping and not self._alone:
            self._finish()

    def _listen(self, seconds: float) -> None:
        if not select.select([self._stdin], [], [], seconds)[0]:
            return
        if os.read(self._stdin, 100):
            self._stopping = True
        else:
            self._alone = True  # the Router is gone, without a word

    def _judge(self, now: float) -> None:
        began = self._board[Field.BATCH_SINCE]
        batch_s = now - began if began else 0.0
        if self._pace.judge(now, lag_s=self._lag(now), waiting=self._waiting(), batch_s=batch_s):
            self._kill()
        elif batch_s > HUNG_S:
            self._log.error("settling a batch of usage records took %.0f s, it is begun again", batch_s)
            self._kill()

    def _lag(self, now: float) -> float:
        return max(0.0, now - self._board[Field.CAUGHT_UP])

    def _waiting(self) -> int:
        return segments.waiting_bytes(self._settings.data_dir / "journal")

    def _fork(self, *, last: bool = False) -> None:
        self._board[Field.BATCH_SINCE] = 0
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._worker, self._forked_at = pid, time.monotonic()
            return
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            settler_worker.die_with(parent)
            _apart(self._stdin, self._stdout)
            if not (last or self._pace.hurried):
                settler_worker.step_back()
            settler_worker.work(self._settings, self._board, parent, last=last)
            code = 0
        except Exception as error:  # noqa: BLE001  # nothing of the parent's may run in this process
            self._log.warning("usage records wait in the journal: %s", error)
        finally:
            os._exit(code)

    def _kill(self) -> None:
        """Safe at any moment. It is not waited for: without CPU it may take a while to go, and its locks go with it."""
        if self._worker:
            os.kill(self._worker, signal.SIGKILL)
            self._dying.add(self._worker)
            self._worker = 0

    def _reap(self, now: float) -> None:
        for pid in self._dying.copy():
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._dying.discard(pid)
        if not self._worker:
            return
        pid, status = os.waitpid(self._worker, os.WNOHANG)
        if pid:
            self._worker = 0
            wait_s = BACKOFF_S if now - self._forked_at > LIVED_S else self._backoff
            self._backoff = min(LONGEST_BACKOFF_S, 2 * wait_s)
            self._fork_at = now + wait_s
            ended = os.waitstatus_to_exitcode(status)
            self._log.warning("the worker that settles usage ended (%d), another one starts in %.1f s", ended, wait_s)

    def _finish(self) -> None:
        """One more worker, at normal priority, for what is in the journal now."""
        self._fork(last=True)
        until = time.monotonic() + STOP_S
        while self._worker and time.monotonic() < until and not self._alone:
            if os.waitpid(self._worker, os.WNOHANG)[0]:
                self._worker = 0
            else:
                self._listen(0.02)
        self._kill()
        self._tell()

    def _tell(self) -> None:
        board = self._board
        report = Report(
            lag_s=round(self._lag(time.monotonic()), 2) if self._waiting() else 0.0,
            hurried=self._pace.hurried,
            settled=int(board[Field.SETTLED]),
            bytes=int(board[Field.BYTES]),
            overdrawn=int(board[Field.OVERDRAWN]),
        )
        try:
            os.write(self._stdout, msgspec.json.encode(report) + b"\n")
        except BlockingIOError:
            pass  # the Router has not read for minutes; it learns the same from a later one
        except BrokenPipeError:
            self._alone = True

    def _on_term(self, _signal: int, _frame: object) -> None:
        self._stopping = True


def _apart(*descriptors: int) -> None:
    """Let go of the pipes to the Router: their ends tell who lives."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor)
    os.close(nothing)
