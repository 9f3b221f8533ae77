"""The mock upstream: an OpenAI-compatible server on raw uvloop protocols, fast enough not to be what is measured.

It owns the sockets and timers; what it says stands in mock_replies.py. It reads every request whole and decodes it,
as a real upstream would. Besides the API: GET /__stats (counters), GET /__last (the last API request as it arrived).
It listens on 127.0.0.1 only.

    python -m benchmarks.mock_upstream --port 9100
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import signal
import socket
import time
from collections import deque
from typing import TypeAlias, cast

import msgspec
import uvloop

from benchmarks import mock_replies as replies
from benchmarks.http1 import FramingError, Request, RequestReader
from benchmarks.mock_messages import MessagesText, message_body

API = frozenset({b"/v1/chat/completions", b"/v1/completions", b"/v1/messages"})
_LEGACY = b"/v1/completions"
_MESSAGES = b"/v1/messages"
Text: TypeAlias = replies.StreamText | MessagesText
_decode = msgspec.json.Decoder(replies.Call).decode


class Stats(msgspec.Struct):
    """Counters since the start. `abandoned`: the client left before its answer was whole."""

    requests: int = 0
    connections: int = 0
    open_connections: int = 0
    open_answers: int = 0
    completed: int = 0
    abandoned: int = 0
    bad_requests: int = 0


class Mock:
    """What all connections of one mock server share."""

    def __init__(self) -> None:
        self.stats = Stats()
        self.last: Request | None = None
        self._ids = itertools.count(1)
        self._salt = f"{os.getpid():x}{time.time_ns() & 0xFFFFFF:06x}"

    def new_id(self) -> str:
        """Return an id that no other answer of this machine's mocks has."""
        return f"chatcmpl-{self._salt}{next(self._ids):010x}"

    def last_request(self) -> bytes:
        """Return the last API request as JSON: method, path, headers as sent, body as text."""
        if self.last is None:
            return b"null"
        lines = self.last.head.decode("latin-1").split("\r\n")[1:]
        headers = [[name, value.strip()] for name, _, value in (line.partition(":") for line in lines)]
        body = self.last.body.decode("utf-8", "replace")
        return msgspec.json.encode(
            {"method": self.last.method.decode(), "path": self.last.path.decode(), "headers": headers, "body": body}
        )


class Connection(asyncio.Protocol):
    """One client connection: requests in order, one answer at a time."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._reader = RequestReader()
        self._waiting: deque[Request] = deque()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False
        self._told_continue = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        # uvloop's transports are Transports without being subclasses.
        self._transport = cast("asyncio.Transport", transport)
        self._mock.stats.connections += 1
        self._mock.stats.open_connections += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Stop the answer under way."""
        stats = self._mock.stats
        stats.open_connections -= 1
        if self._timer is not None:
            self._timer.cancel()
        if self._busy:
            stats.open_answers -= 1
            stats.abandoned += 1
            self._busy = False

    def data_received(self, data: bytes) -> None:
        """Answer each request as it becomes whole."""
        try:
            requests = self._reader.feed(data)
        except FramingError as error:
            self._mock.stats.bad_requests += 1
            body = replies.error_body(400, str(error))
            self._transport.write(replies.response(400, body, extra=b"connection: close\r\n"))
            self._transport.close()
            return
        if self._reader.expects_continue and not self._told_continue:
            self._told_continue = True
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        for request in requests:
            self._told_continue = False
            if self._busy:
                self._waiting.append(request)
            else:
                self._answer(request)

    def _answer(self, request: Request) -> None:
        path = request.path.split(b"?", 1)[0]
        if request.method == b"POST" and (path in API or path == b"/v1/embeddings"):
            self._call(path, request)
        elif request.method == b"GET" and path == b"/v1/models":
            self._transport.write(replies.response(200, replies.models_body()))
        elif request.method == b"GET" and path == b"/__stats":
            self._transport.write(replies.response(200, msgspec.json.encode(self._mock.stats)))
        elif request.method == b"GET" and path == b"/__last":
            self._transport.write(replies.response(200, self._mock.last_request()))
        else:
            self._transport.write(replies.response(404, replies.error_body(404, "The mock has no such path.")))

    def _call(self, path: bytes, request: Request) -> None:
        mock = self._mock
        mock.stats.requests += 1
        mock.stats.open_answers += 1
        mock.last = request
        self._busy = True
        try:
            call = _decode(request.body)
        except msgspec.DecodeError as error:
            mock.stats.bad_requests += 1
            self._whole(replies.response(400, replies.error_body(400, f"Not a request: {error}")))
            return
        kind = replies.behaviour(call.model)
        prompt = replies.prompt_tokens(request.body)
        if kind.kind == "error":
            extra = b"retry-after: 1\r\n" if kind.number in {429, 503} else b""
            body = replies.error_body(kind.number, f"The mock answers {kind.number}, as asked.")
            self._whole(replies.response(kind.number, body, extra=extra))
        elif kind.kind == "html":
            page = b"<html><body><h1>Bad gateway</h1></body></html>"
            self._whole(replies.response(kind.number, page, b"text/html"))
        elif kind.kind == "reset":
            self._reset()
        elif kind.kind == "stall":
            self._timer = self._loop.call_later(kind.number / 1000, self._succeed, path, call, kind, prompt)
        else:
            self._succeed(path, call, kind, prompt)

    def _succeed(self, path: bytes, call: replies.Call, kind: replies.Behaviour, prompt: int) -> None:
        self._timer = None
        if path == b"/v1/embeddings":
            self._whole(replies.response(200, replies.embeddings_body(call, prompt)))
        elif call.stream:
            self._stream(call, kind, prompt, path)
        else:
            request_id = self._mock.new_id()
            size = kind.number if kind.kind == "unary" else 700
            if path == _MESSAGES:
                body = message_body(call.model, size, request_id, prompt)
            else:
                body = replies.unary_body(call.model, size, request_id, prompt, text_completion=path == _LEGACY)
            self._whole(replies.response(200, body, extra=b"x-request-id: %b\r\n" % request_id.encode()))

    def _stream(self, call: replies.Call, kind: replies.Behaviour, prompt: int, path: bytes) -> None:
        request_id = self._mock.new_id()
        text: Text = (
            MessagesText(call.model, request_id)
            if path == _MESSAGES
            else replies.StreamText(
                call.model, request_id, wants_usage=call.wants_usage, text_completion=path == _LEGACY
            )
        )
        head = replies.stream_head(request_id)
        if opening := text.opening():
            head += replies.chunked(opening)
        if kind.kind == "paced":
            self._transport.write(head)
            start = self._loop.time()
            self._timer = self._loop.call_at(start + kind.interval_ms / 1000, self._pace, text, kind, prompt, start, 0)
            return
        count = kind.number if kind.kind in {"burst", "cut", "fail"} else 16
        stamp = time.monotonic_ns() if kind.stamped else 0
        events = b"".join([replies.chunked(text.content(i, stamp)) for i in range(count)])
        if kind.kind == "cut":
            self._transport.write(head + events)
            # The close waits for the loop to flush, so that the events arrive before the cut.
            self._timer = self._loop.call_later(0.005, self._cut)
            return
        closing = [replies.failure_event()] if kind.kind == "fail" else text.closing(prompt, count)
        self._whole(head + events + b"".join(map(replies.chunked, closing)) + b"0\r\n\r\n")

    def _pace(self, text: Text, kind: replies.Behaviour, prompt: int, start: float, index: int) -> None:
        event = replies.chunked(text.content(index, time.monotonic_ns() if kind.stamped else 0))
        index += 1
        if index < kind.number:
            self._transport.write(event)
            # An absolute timetable: lateness of one event does not push the next.
            at = start + (index + 1) * kind.interval_ms / 1000
            self._timer = self._loop.call_at(at, self._pace, text, kind, prompt, start, index)
            return
        self._timer = None
        closing = b"".join(map(replies.chunked, text.closing(prompt, kind.number)))
        self._whole(event + closing + b"0\r\n\r\n")

    def _whole(self, data: bytes) -> None:
        """Write the end of an answer and take the next request."""
        self._transport.write(data)
        stats = self._mock.stats
        stats.open_answers -= 1
        stats.completed += 1
        self._busy = False
        if self._waiting:
            self._answer(self._waiting.popleft())

    def _cut(self) -> None:
        self._end_early()
        self._transport.close()

    def _reset(self) -> None:
        self._end_early()
        sock = self._transport.get_extra_info("socket")
        # Linger 0 makes the close a TCP reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self._transport.abort()

    def _end_early(self) -> None:
        self._timer = None
        self._mock.stats.open_answers -= 1
        self._mock.stats.completed += 1
        self._busy = False


async def start(port: int = 0) -> tuple[asyncio.Server, int, Mock]:
    """Start a mock in this process on the running loop; return the server, its port and its shared state."""
    mock = Mock()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(mock), "127.0.0.1", port, backlog=4096, reuse_address=True
    )
    return server, int(server.sockets[0].getsockname()[1]), mock


async def _serve(port: int) -> None:
    server, bound, _mock = await start(port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(f"mock upstream on http://127.0.0.1:{bound}/v1", flush=True)
    await stop.wait()
    server.close()


def main() -> None:
    """Run the mock until it is told to stop."""
    parser = argparse.ArgumentParser("python -m benchmarks.mock_upstream", description="OpenAI-compatible mock.")
    parser.add_argument("--port", type=int, default=9100, help="port on 127.0.0.1; 0 takes a free one (default 9100)")
    uvloop.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
