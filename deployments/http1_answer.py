"""Answers of providers over HTTP/1.1, on a connection of deployments/http1.py.

What arrives waits in a short queue; when that is full the socket is not read, so a slow client slows the provider. What
is packed, although only identity was accepted, is unfolded as it is taken: packed it may be a thousandth.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from adapters.errors import UpstreamError
from deployments.answer import Answer, cut
from deployments.unfold import DECODERS, ERRORS, Unfolding

HIGH_WATER = 256 * 1024
"""Bytes waiting for their reader at which the socket is no longer read."""

_STEPS = 16
"""Steps of unfolding in one go; then others have their turn."""


class Connection(Protocol):
    """What an answer asks of its connection."""

    loop: asyncio.AbstractEventLoop

    def hold(self) -> None:
        """The reader is behind."""

    def read_on(self) -> None:
        """The reader has caught up."""

    def fail(self) -> None:
        """What arrives cannot be read."""

    def drop(self) -> None:
        """End the connection now."""


def answer_of(wire: Connection, status: int, headers: list[tuple[str, str]]) -> "Http1Answer":
    """The answer with that head."""
    for name, value in headers:
        if name == "content-encoding":
            if (coding := value.lower()) in DECODERS:
                return PackedAnswer(wire, status, headers, Unfolding(coding))
            break
    return Http1Answer(wire, status, headers)


class Http1Answer(Answer):
    """An answer on a connection."""

    __slots__ = (
        "_ended",
        "_error",
        "_headers",
        "_held",
        "_pieces",
        "_size",
        "_take",
        "_waiter",
        "_wire",
        "until_close",
    )

    def __init__(self, wire: Connection, status: int, headers: list[tuple[str, str]]) -> None:
        super().__init__(status)
        self._wire = wire
        self._headers = headers
        self._pieces: list[bytes] = []
        self._size = 0
        self._held = False
        self._ended = False
        self._error: UpstreamError | None = None
        self._take: Callable[[bytes], bool] | None = None
        self._waiter: asyncio.Future[bool] | None = None
        self.until_close = self.header("content-length") is None and self.header("transfer-encoding") is None
        """Whether the end of the connection is the end of the body (RFC 9112, 6.3)."""

    def header(self, name: str) -> str | None:
        """See Answer.header."""
        for key, value in self._headers:
            if key == name:
                return value
        return None

    def headers(self) -> list[tuple[str, str]]:
        """See Answer.headers."""
        return self._headers

    def arrived(self, body: bytes) -> None:
        """From the wire: a piece of the body."""
        if self._take is not None:
            self._give(self._take, body)
            return
        self._pieces.append(body)
        self._size += len(body)
        if self._size > HIGH_WATER and not self._held:
            self._held = True
            self._wire.hold()
        self._wake(end=False)

    def ended(self) -> None:
        """From the wire: that was all of it."""
        self._ended = True
        self._wake(end=True)

    def failed(self, error: UpstreamError) -> None:
        """From the wire: the rest will not come."""
        self._error = error
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    async def pour(self, take: Callable[[bytes], bool]) -> bool:
        """See Answer.pour: here `take` is called by the transport, no task wakes up for it."""
        while self._pieces:
            if not take(self._collected()):
                return False
        if self._error is not None:
            raise self._error
        if not self._ended:
            self._take = take
            if not await self._wait():
                return False
        self._over = True
        return True

    def _give(self, take: Callable[[bytes], bool], body: bytes) -> None:
        try:
            if take(body):
                return
        except Exception as error:  # noqa: BLE001  # it belongs to whoever called `pour`
            if self._waiter is not None and not self._waiter.done():
                self._waiter.set_exception(error)
        self._take = None
        self._wake(end=False)

    def _wake(self, *, end: bool) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(end)

    async def _wait(self) -> bool:
        """Until something arrives (False) or the end is there (True). Raises what `failed` was told."""
        self._waiter = self._wire.loop.create_future()
        try:
            return await self._waiter
        finally:
            self._waiter = self._take = None

    async def _next(self) -> bytes | None:
        while not self._pieces:
            if self._ended:
                return None
            if self._error is not None:
                raise self._error
            await self._wait()
        return self._collected()

    def _collected(self) -> bytes:
        """What has arrived so far; the provider may send on."""
        pieces = self._pieces
        self._pieces = []
        self._size = 0
        if self._held:
            self._let_on()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _let_on(self) -> None:
        """The reader has taken all that waited."""
        self._held = False
        if not self._ended:
            self._wire.read_on()

    async def _drop(self) -> None:
        if not self._ended:
            self._wire.drop()


class _Done:
    """The connection of an answer that has arrived whole: it serves others now."""

    def __init__(self, loop: asyncio.AbstractEventLoop, answer: Http1Answer) -> None:
        self.loop = loop
        self._answer = answer

    def hold(self) -> None:
        """See Connection."""

    def read_on(self) -> None:
        """See Connection."""

    def drop(self) -> None:
        """See Connection."""

    def fail(self) -> None:
        """See Connection."""
        self._answer.failed(cut())


class PackedAnswer(Http1Answer):
    """An answer that came packed: shown plain, and unfolded no further than somebody takes it."""

    __slots__ = ("_arrived", "_packed")

    def __init__(self, wire: Connection, status: int, headers: list[tuple[str, str]], packed: Unfolding) -> None:
        super().__init__(wire, status, headers)
        self._headers = [row for row in headers if row[0] not in ("content-encoding", "content-length")]
        self._packed = packed
        self._arrived = False
        """Whether all has come, of which some may still be packed."""

    def arrived(self, body: bytes) -> None:
        """From the wire: a packed piece of the body."""
        self._packed.feed(body)
        self._unfold()

    def ended(self) -> None:
        """From the wire: that was all of it."""
        self._arrived = True
        self._wire = _Done(self._wire.loop, self)
        if not self._packed.waits():
            super().ended()

    def _let_on(self) -> None:
        self._unfold()

    def _unfold(self) -> None:
        """Unfold what has come, as far as there is room or somebody who takes it."""
        if self._error is not None:
            return
        try:
            for _ in range(_STEPS):
                if self._size > HIGH_WATER or not self._packed.waits():
                    break
                if piece := self._packed.step():
                    super().arrived(piece)
        except ERRORS:
            self._wire.fail()
            return
        waits = self._packed.waits()
        if self._arrived and not waits and not self._ended:
            super().ended()
        if waits or self._size > HIGH_WATER:
            if not self._held:
                self._held = True
                self._wire.hold()
            if self._size <= HIGH_WATER:  # others have their turn
                self._wire.loop.call_soon(self._unfold)
        elif self._held:
            self._held = False
            self._wire.read_on()
