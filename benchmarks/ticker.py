"""A precise wake-up for the open loop: a Linux timerfd, because uvloop's own timers have a grain of one millisecond.

Elsewhere than on Linux it falls back to the loop's timers; up to 1 ms of the generator's own lateness then shows.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
import sys
from collections.abc import Callable

_CLOCK_MONOTONIC = 1
_NONBLOCK_CLOEXEC = os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
_ABSOLUTE = 1
_SECOND = 1_000_000_000


class Ticker:
    """Call `wake` at an absolute time of the monotonic clock, once per `arm`."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._fd = -1
        if sys.platform == "linux":
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._fd = self._libc.timerfd_create(_CLOCK_MONOTONIC, _NONBLOCK_CLOEXEC)
            if self._fd < 0:
                raise OSError(ctypes.get_errno(), "timerfd_create")
            self._loop.add_reader(self._fd, self._expired)

    def arm(self, at_ns: int, now_ns: int) -> None:
        """Wake at `at_ns` (monotonic); at once when that is past."""
        if self._fd < 0:
            self._handle = self._loop.call_later(max(0, at_ns - now_ns) / _SECOND, self._wake)
            return
        at_ns = max(at_ns, now_ns + 1)
        spec = struct.pack("qqqq", 0, 0, at_ns // _SECOND, at_ns % _SECOND)
        if self._libc.timerfd_settime(self._fd, _ABSOLUTE, spec, None) != 0:
            raise OSError(ctypes.get_errno(), "timerfd_settime")

    def close(self) -> None:
        """Stop for good."""
        if self._handle is not None:
            self._handle.cancel()
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _expired(self) -> None:
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return
        self._wake()
