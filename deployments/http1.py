"""HTTP/1.1 to providers: one connection of it, as an asyncio protocol.

httptools (llhttp) parses, uvloop moves the bytes; answers are in deployments/http1_answer.py. Dropping one cuts the
connection at once: the provider notices that nobody listens, also before it has sent anything. Why not a library:
docs/decisions/0003.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import httptools

from deployments.answer import cut, reset
from deployments.http1_answer import Http1Answer, answer_of

MAX_HEAD = 128 * 1024


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
        self._bodies: list[bytes] = []
        self._bodiless = False
        self._interim = False
        self._paused = False
        self.usable = True
        self.idle_since = 0.0

    async def ask(self, request: bytes, body: bytes, *, bodiless: bool) -> Http1Answer:
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

    def fail(self) -> None:
        """What arrives cannot be read: whoever waits is told, and the connection ends."""
        self._broken()
        self.drop()

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._hand_on()
            self.fail()
            return
        if self._bodies:
            self._hand_on()

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
            self.fail()
            return
        self._answer = answer = answer_of(self, status, self._headers)
        head, self._head = self._head, None  # before its task runs, another may already be asking on this connection
        head.set_result(answer)
        if self._bodiless:  # the parser does not know that nothing follows: the connection is not used again
            self._answer = None
            answer.ended()
            self.drop()

    def on_body(self, body: bytes) -> None:
        """A chunk of the body; those that came together are handed on together, in one write to the client."""
        self._bodies.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self._interim:
            return
        self._hand_on()
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

    def _hand_on(self) -> None:
        """Give the answer what has come of its body."""
        bodies = self._bodies
        if len(bodies) == 1:
            body = bodies.pop()
        else:
            body = b"".join(bodies)
            bodies.clear()
        if body and self._answer is not None:
            self._answer.arrived(body)

    def _broken(self) -> None:
        """Tell whoever waits that nothing more will come."""
        answer, self._answer = self._answer, None
        if answer is not None:
            answer.failed(cut())
        elif self._head is not None and not self._head.done():
            self._head.set_exception(reset())
