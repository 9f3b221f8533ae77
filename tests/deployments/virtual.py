"""A loop whose time passes only while it has nothing to do: an hour takes none, nor does a pause of the machine.

For tests whose code waits for nothing but timers. What waits for sockets, threads or processes needs a real clock.
Write `@virtual` above the test, and `loop.rule(monkeypatch)` before what reads `time.monotonic`.
"""

import asyncio
import selectors
import time
from typing import Any

import pytest

virtual = pytest.mark.asyncio(loop_factories=["virtual"])
"""Above a test: it runs on a VirtualLoop (tests/deployments/conftest.py)."""


class _Jumps(selectors.DefaultSelector):
    """Whoever waits for a timer has waited."""

    def __init__(self, loop: "VirtualLoop") -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:  # no timer is left: somebody else has to wake us, a thread that ends for example
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self._loop.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`now` is its time, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__(_Jumps(self))

    def time(self) -> float:
        """Its own clock."""
        return self.now

    def rule(self, patch: pytest.MonkeyPatch) -> None:
        """Make it the time of everything in this process that asks for monotonic time."""
        patch.setattr(time, "monotonic", lambda: self.now)
        patch.setattr(time, "monotonic_ns", lambda: int(self.now * 1e9))
