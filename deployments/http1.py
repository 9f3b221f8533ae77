"""HTTP/1.1 to providers: one connection of it, as an asyncio protocol.

httptools (llhttp) parses, uvloop moves the bytes. What arrives waits in a short queue; when that is full the socket is
not read, so a slow client slows the provider. Dropping an answer cuts the connection at once: the provider notices that
nobody listens, also before it has sent anything. Why not a library: docs/decisions/0003.
"""

import asyncio
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import httptools
import zstandard

from adapters.errors import UpstreamError
from deployments.answer import Answer, cut, reset

HIGH_WATER = 256 * 1024
"""Bytes waiting for their reader at which the socket is no longer read."""

MAX_HEAD = 128 * 1024

_DECODERS: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "gzip": lambda: zlib.decompressobj(wbits=47).decompress,
    "x-gzip": lambda: zlib.decompressobj(wbits=47).decompress,
    "deflate": lambda: zlib.decompressobj(wbits=47).decompress,
    "br": lambda: brotli.Decompressor().process,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj().decompress,
}


class Wire(asyncio.Protocol):
    """One connection. `ask` sends a request and waits for the head; `release` is called when it can be used again.

    At most one request is under way at a time. `usable` is false once the connection has ended or must not be reused.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, release: Callable[["Wire"], None]) -> None:
        self.loop = loop
        self._release = release
        self._transport: Any = None
        self._parser = httptools.HttpResponseParser(self)
        self._head: asyncio.Future[Http1Answer] | None = None
        self._answer: Http1Answer | None = None
        self._headers: list[tuple[str, str]] = []
        self._head_bytes = 0
        self._bodiless = False
        self._interim = False
        self._paused = False
        self.usable = True
        self.idle_since = 0.0

    async def ask(self, request: bytes, body: bytes, *, bodiless: bool) -> "Http1Answer":
        """Send a request; the answer once its head is there. Raises UpstreamError. Cancelling cuts the connection."""
        self._bodiless = bodiless
        head: asyncio.Future[Http1Answer] = self.loop.create_future()
        self._head = head
        if len(body) <= 65536:
            self._transport.write(request + body)
        else:
            self._transport.write(request)
            self._transport.write(body)
        try:
            return await head
        except BaseException:
            if head.done() and not head.cancelled() and head.exception() is None:
                await head.result().close()  # came together with the cancellation; the connection may serve another now
            else:
                self.drop()
            raise

    def drop(self) -> None:
        """End the connection now."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def read_on(self) -> None:
        """The reader has caught up."""
        if self._paused and self.usable:
            self._paused = False
            self._transport.resume_reading()

    def hold(self) -> None:
        """The reader is behind."""
        if self.usable and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, zlib.error, brotli.error, zstandard.ZstdError):
            self._broken()
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """The provider has closed, or the connection broke, or it was dropped here."""
        self.usable = False
        answer = self._answer
        if answer is not None and answer.until_close and exc is None:  # a reset is no end
            self._answer = None
            answer.ended()
        else:
            self._broken()

    # -- httptools callbacks ------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """An answer begins."""
        self._headers = []
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """One whole header."""
        self._head_bytes += len(name) + len(value)
        if self._answer is None and self._head_bytes <= MAX_HEAD:  # later ones are trailers
            self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head is there."""
        status = self._parser.get_status_code()
        self._interim = 100 <= status < 200  # 100 Continue, 103 Early Hints: the answer follows
        if self._interim or self._head is None or self._head.done():
            return
        if self._head_bytes > MAX_HEAD:
            self._broken()
            self.drop()
            return
        self._answer = answer = Http1Answer(self, status, self._headers)
        head, self._head = self._head, None  # before its task runs, another may already be asking on this connection
        head.set_result(answer)
        if self._bodiless:  # the parser does not know that nothing follows: the connection is not used again
            self._answer = None
            answer.ended()
            self.drop()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._answer is not None:
            self._answer.arrived(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self._interim:
            return
        answer, self._answer = self._answer, None
        if answer is None:  # an answer that nobody asked for
            self.drop()
            return
        keep = self.usable and self._parser.should_keep_alive()
        answer.ended()
        if keep:
            self.read_on()
            self._release(self)
        else:
            self.usable = False
            self._transport.close()

    def _broken(self) -> None:
        """Tell whoever waits that nothing more will come."""
        answer, self._answer = self._answer, None
        if answer is not None:
            answer.failed(cut())
        elif self._head is not None and not self._head.done():
            self._head.set_exception(reset())


class Http1Answer(Answer):
    """An answer on a Wire."""

    __slots__ = (
        "_decode",
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

    def __init__(self, wire: Wire, status: int, headers: list[tuple[str, str]]) -> None:
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
        self._decode: Callable[[bytes], bytes] | None = None
        coding = self.header("content-encoding")
        self.until_close = self.header("content-length") is None and self.header("transfer-encoding") is None
        """Whether the end of the connection is the end of the body (RFC 9112, 6.3)."""
        if coding is not None and coding.lower() in _DECODERS:  # although it was told that only identity is accepted
            self._decode = _DECODERS[coding.lower()]()
            self._headers = [row for row in headers if row[0] not in ("content-encoding", "content-length")]

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
        if self._decode is not None:
            body = self._decode(body)
        if not body:
            return
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
            self._held = False
            if not self._ended:
                self._wire.read_on()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _drop(self) -> None:
        if not self._ended:
            self._wire.drop()
