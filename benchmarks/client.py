"""One client connection of the load generator on a raw protocol: send a request, time and check its answer.

It decides nothing: what comes next is its owner's business.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Protocol, cast

from benchmarks.http1 import FramingError, ResponseReader

_STAMPS = re.compile(rb"ns=(\d+)")
clock = time.monotonic_ns


class Owner(Protocol):
    """What a connection reports to."""

    def finished(self, connection: Connection, now: int, error: str, marks: list[int]) -> None:
        """An answer ended; `error` is empty when it was right; `marks` are the delays of its content events in ns."""

    def idle_lost(self, connection: Connection) -> None:
        """The connection went away while it had nothing to do."""


class Connection(asyncio.Protocol):
    """One client connection with at most one request under way."""

    __slots__ = ("_carry", "_marks", "_owner", "_reader", "_transport", "begin", "busy", "first", "total", "wanted")

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._reader = ResponseReader()
        self._carry = b""
        self._marks: list[int] = []
        self._transport: asyncio.Transport | None = None
        self.begin = 0
        self.first = 0
        self.total = 0
        self.wanted = 0
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes, begin_ns: int, content_events: int) -> None:
        """Send a request; its latency counts from `begin_ns`."""
        self.begin = begin_ns
        self.first = self.total = 0
        self.wanted = content_events
        self.busy = True
        self._carry = b""
        self._marks.clear()
        self._reader.reset()
        assert self._transport is not None
        self._transport.write(request)

    @property
    def open(self) -> bool:
        """True when a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take the time, then look at the bytes."""
        now = clock()
        if not self.busy:
            self.close()
            return
        try:
            body = self._reader.feed(data)
        except FramingError:
            self._fail("framing")
            return
        if body and self.wanted:
            self._events(body, now)
        if self._reader.complete:
            self._end(now)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the answer under way, well or not."""
        self._transport = None
        if self.busy:
            if exc is None and self._reader.end_of_stream():
                self._end(clock())
            else:
                self._fail("cut" if self._reader.status else "no answer")
        else:
            self._owner.idle_lost(self)

    def _events(self, body: bytes, now: int) -> None:
        buffer = self._carry + body if self._carry else body
        cut = buffer.rfind(b"\n\n")
        if cut < 0:
            self._carry = buffer
            return
        whole = buffer[: cut + 2]
        self._carry = buffer[cut + 2 :]
        if not self.first:
            self.first = now
        self.total += whole.count(b"\n\n")
        # Only whole events are looked at, so a stamp is never cut.
        self._marks.extend([now - int(stamp) for stamp in _STAMPS.findall(whole)])
        if b"[DONE]" in whole:
            self._carry = b""

    def _end(self, now: int) -> None:
        self.busy = False
        if self._reader.close:
            self.close()
        error = ""
        if self._reader.status != 200:
            error = f"status {self._reader.status}"
        elif self.wanted and len(self._marks) != self.wanted:
            error = f"{len(self._marks)} of {self.wanted} events"
        self._owner.finished(self, now, error, self._marks)

    def _fail(self, error: str) -> None:
        self.busy = False
        self.close()
        self._owner.finished(self, clock(), error, self._marks)
