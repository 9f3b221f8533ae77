"""Processes that are killed with -9 at random moments, for tests of what is left behind. Knows nothing of their work.

A life is forked from a process that has imported everything: importing takes as long as twenty lives. The database is
opened after the fork. `done` has a byte for each step of the work, so that one that is quick gets as far as one on a
machine that is busy.
"""

import asyncio
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple


class Life(NamedTuple):
    """A process at work; `done` has a byte for each step of its work."""

    pid: int
    done: BinaryIO

    def end(self, steps: int) -> None:
        """Kill it after some steps and a moment; it may have been quicker. One that ended otherwise ends the test."""
        self.done.read(random.randint(1, steps))
        time.sleep(random.uniform(0, 0.05))
        self.done.close()
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            sys.exit("a process ended before it was killed")


def forked(work: Callable[[int], Any]) -> Life:
    """A new process that does `work(done)`, a coroutine, and ends with it."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        random.seed()
        failed = 1
        try:
            asyncio.run(work(write))
            failed = 0
        finally:
            if failed:
                traceback.print_exc()
            os._exit(failed)
    os.close(write)
    return Life(pid, os.fdopen(read, "rb"))


def lives_and_deaths(
    plans: list[Any], lives: int, steps: int, live: Callable[[Any, int], Callable[[int], Any]]
) -> None:
    """`lives` processes for each plan, one after the other, of which two are at work at any time."""
    running: list[Life] = []
    for life in range(lives):
        running += [forked(live(plan, life)) for plan in plans]
        while len(running) > len(plans):
            running.pop(0).end(steps)
    for each in running:
        each.end(steps)


def ended(last: list[Life]) -> int:
    """The worst exit code of processes that live to their end."""
    return max(os.waitstatus_to_exitcode(os.waitpid(each.pid, 0)[1]) for each in last)


def die(how_often: float) -> None:
    """Now and then: nobody hears the rest."""
    if random.random() < how_often:
        os.kill(os.getpid(), signal.SIGKILL)
