"""Time in which this machine ran: what a bound in seconds is held against.

A small virtual machine stands still for a second now and then, with everything on it. A bound that counts such a pause
is too short for its machine, and one that leaves room for it says nothing of the code. A process beside the tests looks
at the clock fifty times a second and says how much of it was lost; a program that is merely slow loses nothing.
"""

import mmap
import struct
import subprocess
import sys
import tempfile
import time

TICK_S = 0.02
LATE_S = 0.06
"""A tick that is later than this came after a pause; less is how a busy machine takes turns."""

_STATE = struct.Struct("dd")
_TICKER = """
import mmap, os, struct, sys, time
tick, late = float(sys.argv[2]), float(sys.argv[3])
state, parent = struct.Struct("dd"), os.getppid()
with open(sys.argv[1], "r+b") as file, mmap.mmap(file.fileno(), state.size) as shared:
    lost, last = 0.0, time.monotonic()
    while os.getppid() == parent:
        time.sleep(tick)
        now = time.monotonic()
        if now - last > late:
            lost += now - last - tick
        last = now
        state.pack_into(shared, 0, lost, last)
"""


class _Ticker:
    def __init__(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(_STATE.pack(0.0, time.monotonic()))
            file.flush()
            self._shared = mmap.mmap(file.fileno(), _STATE.size, access=mmap.ACCESS_READ)
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-E", "-c", _TICKER, file.name, str(TICK_S), str(LATE_S)]
            )
            begun_at = time.monotonic()
            while self._read()[1] < begun_at:  # its file has no name afterwards
                time.sleep(TICK_S / 4)

    @property
    def lost_s(self) -> float:
        lost, last = self._read()
        late = time.monotonic() - last
        return lost + (late - TICK_S if late > LATE_S else 0.0)

    def _read(self) -> tuple[float, float]:
        lost, last = _STATE.unpack_from(self._shared)
        return lost, last

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


_ticker: _Ticker | None = None


def end() -> None:
    """End the process that looks at the clock; what is asked of a stopwatch afterwards is wrong."""
    global _ticker
    if _ticker is not None:
        _ticker.end()
        _ticker = None


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        global _ticker  # one process for all stopwatches, and none where there are none
        if _ticker is None:
            _ticker = _Ticker()
        self._ticker = _ticker
        self._lost_s = _ticker.lost_s
        self._began = time.monotonic()

    @property
    def lost_s(self) -> float:
        """Seconds since then in which the machine stood still."""
        return self._ticker.lost_s - self._lost_s

    @property
    def s(self) -> float:
        """Seconds since then in which it ran."""
        return time.monotonic() - self._began - self.lost_s
