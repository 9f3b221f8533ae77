"""What the taps of all protocols share: cutting a stream into events, and what to do with one that is too long.

A tap forwards whole events in the turn in which their last byte came. What an event means is the protocol's business;
so is what of it is withheld. Nothing is kept but counters and at most one incomplete event.
"""

import re

from adapters.usage import Usage

MAX_HELD_BYTES = 65536
"""An incomplete event longer than this is neither a usage nor an error event and is let through."""

BOUNDARY = re.compile(rb"\n\n|\r\n\r\n")


class EventTap:
    """Feed it every chunk in order; forward what it returns.

    `failed` is set when the upstream sent an error: stop reading, what follows is not forwarded; `failure` is its event
    as it came. `done`: the upstream said that nothing follows. `size` is what was fed, `events` are those that count
    for an estimate.
    """

    __slots__ = (
        "_aside",
        "_held",
        "done",
        "events",
        "failed",
        "failure",
        "finish_reason",
        "model",
        "size",
        "started",
        "usage",
    )

    kept = 4
    """So many bytes of an event that was let through are seen again with what follows: a boundary is at most four."""

    def __init__(self) -> None:
        self.usage = Usage()
        self.model = ""
        self.finish_reason = ""
        self.started = False
        self.done = False
        self.failed = False
        self.failure = b""
        self.events = 0
        self.size = 0
        self._held = b""
        self._aside = False  # chunks go to `_pass`

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes from the upstream.

        Returns the bytes for the client (may be empty while an event is incomplete).
        """
        self.size += len(chunk)
        if self._aside:
            return self._pass(chunk)
        data = self._held + chunk if self._held else chunk
        if data.endswith((b"\n\n", b"\r\n\r\n")):
            self._held = b""
            return self._events(data)
        unix, dos = data.rfind(b"\n\n"), data.rfind(b"\r\n\r\n")
        end = max(unix + 2 if unix >= 0 else 0, dos + 4 if dos >= 0 else 0)
        whole, rest = data[:end], data[end:]
        out = self._events(whole) if whole else b""
        if self.failed:
            self._held = b""
            return out
        if len(rest) > MAX_HELD_BYTES:
            return out + self._let_through(rest)
        self._held = rest
        return out

    def finish(self) -> bytes:
        """The upstream has ended: whatever was still incomplete, unless the answer was cut in the middle of it."""
        rest, self._held = self._held, b""
        if self._aside or not rest:
            return b""
        out = self._events(rest)
        return out if self.complete or rest.isspace() else b""

    @property
    def over(self) -> bool:
        """Whether nothing that follows is for the client."""
        return self.done or self.failed

    @property
    def complete(self) -> bool:
        """Whether the answer came to its own end, as against being cut off."""
        return self.done or bool(self.finish_reason)

    def _events(self, data: bytes) -> bytes:
        """Look at whole events, or at the last one, which may be cut; returns what of them is for the client."""
        raise NotImplementedError

    def _let_through(self, rest: bytes) -> bytes:
        """The beginning of an event that is too long to wait for; returns what of it is for the client."""
        self._held = rest[-self.kept :]
        self._aside = True
        return rest

    def _pass(self, chunk: bytes) -> bytes:
        """More of an event that was let through, and what follows it."""
        seen = len(self._held)
        data = self._held + chunk
        boundary = BOUNDARY.search(data)
        end = len(data) if boundary is None else boundary.end()
        if boundary is None:
            self._held = data[-self.kept :]
            self._passed(data, seen, end, ended=False)
            return chunk
        self._aside = False
        self._held = b""
        self._passed(data, seen, end, ended=True)
        rest = data[end:]
        self.size -= len(rest)
        return data[seen:end] + self.feed(rest) if rest else data[seen:]

    def _passed(self, data: bytes, seen: int, end: int, *, ended: bool) -> None:
        """Of an event that was let through came `data[seen:end]`; what stands before it was seen before."""
