"""One client connection: bytes in, one `Request` at a time out, bytes of its answer back.

Reads are bounded (header bytes, body bytes, body bytes of the whole replica, seconds without progress), writes wait for
the client. Must not know about models, keys or providers.
"""

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

import httptools

from deployments.request import Request
from deployments.statuses import BODILESS, status_line

if TYPE_CHECKING:
    from deployments.server import Server

CLOSE_LINE = b"connection: close\r\n"
MAX_QUEUED = 16  # requests read ahead; a client that leaves is noticed only while its connection is read
# Java's client asks for h2c on every first plain request; llhttp would stop parsing there, so the offer is taken out.
_H2C_LINES = re.compile(rb"(?im)^(?:upgrade|http2-settings|connection):[^\r\n]*\r\n")


class Connection(asyncio.Protocol):
    """asyncio protocol of one client connection; at most one request of it is being answered at a time."""

    def __init__(self, server: "Server") -> None:
        self.server = server
        self.limits = server.limits
        self.transport: Any = None
        self.parser = httptools.HttpRequestParser(self)
        self.client_ip = ""
        self.abort_reason = ""
        self.current: Request | None = None
        self.queue: list[Request] = []
        self.streaming = False
        self.keep_alive = True
        self.chunked = True
        self.answered = False
        self.closing = False
        self.blocked = False
        """Whether the client reads more slowly than it is written to."""
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._header_bytes = 0
        self._unseen = 0
        self.reading = False
        self._in_head = False
        self._can_write: asyncio.Future[None] | None = None
        self._since = self._began = server.loop.time()

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.client_ip = peer[0] if peer else ""
        self.server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """The client has left, or the connection was closed here."""
        self.server.connections.discard(self)
        self.server.buffered_bytes -= self._body_bytes + sum(request.size for request in self.queue)
        self._body_bytes = 0
        self.closing = True
        self.queue.clear()
        if self._can_write is not None and not self._can_write.done():
            self._can_write.set_exception(ConnectionResetError("client left"))
            self._can_write.exception()
        self.abort("client_gone")

    def pause_writing(self) -> None:
        """The client does not keep up: `drained` waits from now on."""
        self.blocked = True
        self._can_write = self.server.loop.create_future()
        self._since = self.server.loop.time()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self._can_write is not None and not self._can_write.done():
            self._can_write.set_result(None)
        self._can_write = None
        self.blocked = False

    def data_received(self, data: bytes) -> None:
        """Bytes of one or more requests."""
        if self.closing:
            return
        if not self.reading and b"h2c" in data[:8192]:
            head, blank, rest = data.partition(b"\r\n\r\n")
            if blank and b"\nupgrade: h2c" in head.lower():
                data = _H2C_LINES.sub(b"", head + b"\r\n") + b"\r\n" + rest
        self._unseen += len(data)  # the parser collects a header, trailer or chunk extension until it ends
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.refuse(400, "Protocol upgrades are not offered on this path.")
        except httptools.HttpParserError:
            self.refuse(400, "The request is not valid HTTP/1.1.")
        if self._unseen > self.limits.max_header_bytes and self.reading:
            self._refuse_head()

    # -- httptools callbacks ------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request begins."""
        self.reading = self._in_head = True
        self._target = b""
        self._headers = {}
        self._body = []
        self._header_bytes = self._unseen = 0
        self._since = self._began = self.server.loop.time()

    def on_url(self, url: bytes) -> None:
        """A piece of its target."""
        self._target += url
        self._count_header(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One whole header."""
        if self._in_head:  # what follows a chunked body (trailers) may not change what the head said
            self._headers[name.lower()] = value
        self._count_header(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """The head is there: refuse what is announced too large, say 100 Continue."""
        self._in_head = False
        length = self._headers.get(b"content-length")
        if length is not None and int(length) > self.limits.max_body_bytes:
            self.refuse(413, f"The request body is larger than {self.limits.max_body_bytes} bytes.")
        elif self._headers.get(b"expect", b"").lower() == b"100-continue" and self.current is None:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self.closing:
            return
        self._unseen = 0
        self._body.append(body)
        self._body_bytes += len(body)
        self.server.buffered_bytes += len(body)
        self._since = self.server.loop.time()
        if self._body_bytes > self.limits.max_body_bytes:
            self.refuse(413, f"The request body is larger than {self.limits.max_body_bytes} bytes.")
        elif self.server.buffered_bytes > self.limits.max_buffered_bytes:
            self.refuse(503, "Too many large requests are being read at once; try again in a moment.")

    def on_message_complete(self) -> None:
        """The request is there: answer it, or queue it behind the one being answered."""
        self.reading = False
        if self.closing:
            return
        body = b"".join(self._body) if len(self._body) != 1 else self._body[0]
        self._body = []
        self._body_bytes = 0
        target = self._target
        if not target.startswith(b"/"):
            url = httptools.parse_url(target)
            target = (url.path or b"/") + (b"?" + url.query if url.query else b"")
        method = self.parser.get_method().decode("latin-1")
        request = Request(self, method, target, self._headers, body, time.monotonic())
        request.keep_alive = self.parser.should_keep_alive()
        request.chunked = self.parser.get_http_version() != "1.0"
        if self.current is None:
            self._start(request)
        else:  # pipelined: answered in order
            self.queue.append(request)
            if len(self.queue) >= MAX_QUEUED:
                self.transport.pause_reading()

    # -- answers ------------------------------------------------------------------------------------------------------

    def respond(self, status: int, headers: bytes, body: bytes) -> None:
        r"""Write a whole answer. `headers` are complete `name: value\r\n` lines without framing headers."""
        if self.closing:
            return
        self.answered = True
        close = b"" if self._keeps() else CLOSE_LINE
        head = self.current is not None and self.current.method == "HEAD"
        length = b"" if status in BODILESS else b"content-length: %d\r\n" % len(body)
        self.transport.write(
            b"%b%b%b%b%b\r\n%b"
            % (status_line(status), self.server.date_line, headers, close, length, b"" if head else body)
        )

    def start_stream(self, status: int, headers: bytes, first: bytes) -> None:
        """Begin a streamed answer with its first bytes, in one write."""
        if self.closing:
            return
        self.answered = True
        self.streaming = True
        self.server.open_streams += 1
        if not self.chunked:  # HTTP/1.0: the end of the connection is the end of the answer
            self.keep_alive = False
            start = (status_line(status), self.server.date_line, headers, CLOSE_LINE, first)
            self.transport.write(b"%b%b%b%b\r\n%b" % start)
            return
        close = b"" if self._keeps() else CLOSE_LINE
        self.transport.write(
            b"%b%b%b%btransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n"
            % (status_line(status), self.server.date_line, headers, close, len(first), first)
            if first
            else b"%b%b%b%btransfer-encoding: chunked\r\n\r\n"
            % (status_line(status), self.server.date_line, headers, close)
        )

    def write_chunk(self, chunk: bytes) -> None:
        """Write one piece of a streamed answer; empty pieces are not written (they would end it)."""
        if chunk and not self.closing:
            self.transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if self.chunked else chunk)

    def end_stream(self) -> None:
        """Finish a streamed answer; the connection stays usable."""
        if not self.closing and self.chunked:
            self.transport.write(b"0\r\n\r\n")
        self._stream_over()

    def break_stream(self) -> None:
        """End a streamed answer without its final chunk, so that no client can take it for complete."""
        self.keep_alive = False
        self._stream_over()

    async def drained(self) -> None:
        """Wait until the client has read enough. Raises ConnectionResetError when it left."""
        if self._can_write is not None:
            await self._can_write

    def refuse(self, status: int, message: str) -> None:
        """Answer a request that cannot be read, in the shape that its head asks for, and close."""
        if self.closing:
            return
        if self.current is None:
            headers, body = self.server.refusal(self._target, self._headers, status, message)
            self.transport.write(
                b"%b%b%bconnection: close\r\ncontent-length: %d\r\n\r\n%b"
                % (status_line(status), self.server.date_line, headers, len(body), body)
            )
            self.close(linger=True)
        else:
            self.keep_alive = False
            self.transport.pause_reading()
        self.closing = self.current is None

    # -- life ---------------------------------------------------------------------------------------------------------

    def abort(self, reason: str) -> None:
        """Cancel the request being answered, if any; the pipeline finds the reason in `abort_reason`."""
        if self.current is not None and self.current.task is not None and not self.abort_reason:
            self.abort_reason = reason
            self.current.task.cancel()

    def close_if_idle(self) -> None:
        """Close unless a request is being read or answered."""
        if self.current is None and not self.reading:
            self.close()
        else:
            self.keep_alive = False

    def close(self, *, linger: bool = False) -> None:
        """Close after what was written has gone out.

        `linger` reads on for a moment so that the client sees the answer.
        """
        self.closing = True
        if self.transport is None:
            return
        if linger and not self.transport.is_closing():
            # Closing with unread input resets the connection and may destroy the answer on its way.
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self.server.loop.call_later(1.0, self.transport.close)
        else:
            self.transport.close()

    def sweep(self, now: float) -> None:
        """Close what waits for the client for too long; called once a second."""
        waited = now - self._since
        if self._can_write is not None:
            if waited > self.limits.write_timeout_s:
                self.abort("client_stalled")
                self.transport.abort()
        elif self.closing:
            if waited > self.limits.write_timeout_s:
                self.transport.abort()  # it does not even take the rest of its last answer
        elif self.reading:
            if self.limits.too_slow(waited, now - self._began, self._body_bytes):
                self.refuse(408, "The request did not arrive in time.")
        elif self.current is None and waited > self.limits.idle_timeout_s:
            self.close()

    def _start(self, request: Request) -> None:
        self.current = request
        self.keep_alive = self.keep_alive and request.keep_alive
        self.chunked = request.chunked
        self.answered = False
        self.abort_reason = ""
        self.server.open_requests += 1
        request.task = task = self.server.loop.create_task(self._run(request))
        self.server.tasks.add(task)
        task.add_done_callback(self.server.tasks.discard)

    async def _run(self, request: Request) -> None:
        try:
            await self.server.handler(request)
        except asyncio.CancelledError:
            if not self.abort_reason:
                raise
        finally:
            self._finished(request)

    def _finished(self, request: Request) -> None:
        server = self.server
        server.open_requests -= 1
        server.buffered_bytes -= request.size
        if self.streaming:
            self.break_stream()
        self.current = None
        self._since = server.loop.time()
        if self.closing:
            return
        if not self.answered or not self._keeps():
            self.close()
        elif self.queue:
            self._start(self.queue.pop(0))
            if not self.queue:
                self.transport.resume_reading()

    def _stream_over(self) -> None:
        if self.streaming:
            self.streaming = False
            self.server.open_streams -= 1

    def _keeps(self) -> bool:
        return self.keep_alive and not self.server.draining

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > self.limits.max_header_bytes:
            self._refuse_head()

    def _refuse_head(self) -> None:
        self.refuse(431, f"The request head is larger than {self.limits.max_header_bytes} bytes.")
