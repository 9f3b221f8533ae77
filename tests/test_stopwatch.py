"""The stopwatch that bounds in tests are held against."""

import os
import signal
import time

from tests import stopwatch
from tests.stopwatch import Stopwatch


def test_a_process_that_works_or_waits_loses_nothing() -> None:
    watch = Stopwatch()
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    time.sleep(0.2)
    assert watch.s >= 0.4 - stopwatch.LATE_S


def test_a_pause_is_lost_time() -> None:
    watch = Stopwatch()
    assert stopwatch._ticker is not None
    pid = stopwatch._ticker._process.pid
    began = time.monotonic()
    os.kill(pid, signal.SIGSTOP)  # as it sees a machine that stands still
    try:
        time.sleep(0.5)
        assert watch.lost_s >= 0.4  # seen before it runs again
    finally:
        os.kill(pid, signal.SIGCONT)
    time.sleep(0.2)
    assert 0.4 <= watch.lost_s <= time.monotonic() - began
    assert watch.s <= time.monotonic() - began - 0.4
