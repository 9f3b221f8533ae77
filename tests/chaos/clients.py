"""Clients at full rate on raw connections that remember, request id by request id, what they got and what it cost.

Must not judge: scenarios say which failures are allowed.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from types import TracebackType
from typing import Any, Self, cast

import msgspec

from benchmarks.http1 import FramingError, ResponseReader, build_request, header_value

ANSWER_S = 40.0
"""A request that has no whole answer after so long has failed."""

PAUSE_S = 0.02
"""After a failure, before the client connects again."""

_PROMPT = re.compile(rb'"prompt_tokens":(\d+)')
_COMPLETION = re.compile(rb'"completion_tokens":(\d+)')
_CODE = re.compile(rb'"code":"([^"]*)"')


def chat(url: str, key: str, model: str, *, stream: bool = False, max_tokens: int | None = None) -> bytes:
    """The bytes of a chat request; a stream asks for its usage."""
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": "Say this is a test."}]}
    if max_tokens is not None:
        body["max_tokens"] = max_tokens
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    headers = [("authorization", f"Bearer {key}"), ("content-type", "application/json")]
    host = url.removeprefix("http://")
    return build_request("POST", "/v1/chat/completions", host, headers, msgspec.json.encode(body))


@dataclass(frozen=True, slots=True)
class Failure:
    """A request without a whole answer. `port` is the client's; `fresh`: nothing had come on this connection yet."""

    at: float
    kind: str
    port: int
    fresh: bool
    request_id: str


@dataclass
class Seen:
    """`complete`: whole answers with 200, request id -> (input tokens, output tokens) as the client was told them."""

    complete: dict[str, tuple[int, int]] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    sent: int = 0


class _Line(asyncio.Protocol):
    """One connection; at most one request under way."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._reader = ResponseReader()
        self._body = b""
        self._answers = 0
        self._transport: asyncio.Transport | None = None
        self.port = 0
        self.busy_since = 0.0
        self.failed = False
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.port = transport.get_extra_info("sockname")[1]
        self._next()

    def data_received(self, data: bytes) -> None:
        try:
            self._body += self._reader.feed(data)
        except FramingError:
            self.fail("framing")
            return
        if self._reader.complete and self.busy_since:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.busy_since:
            if exc is None and self._reader.end_of_stream():
                self._note()
            else:
                self.fail("cut" if self._reader.status else "no answer")
        if not self.closed.done():
            self.closed.set_result(None)

    def fail(self, kind: str) -> None:
        """The request under way has failed."""
        self.busy_since = 0.0
        self.failed = True
        request_id = header_value(self._reader.head, b"x-request-id").decode()
        self._load.seen.failures.append(Failure(time.monotonic(), kind, self.port, not self._answers, request_id))
        assert self._transport is not None
        self._transport.abort()

    def _next(self) -> None:
        assert self._transport is not None
        request = None if self._answers >= self._load.renew else self._load.take()
        if request is None:
            self._transport.close()
            return
        self._reader.reset()
        self._body = b""
        self.busy_since = time.monotonic()
        self._transport.write(request)

    def _end(self) -> None:
        self._note()
        self._answers += 1
        if self._reader.close:
            cast("asyncio.Transport", self._transport).close()
        else:
            self._next()

    def _note(self) -> None:
        self.busy_since = 0.0
        seen, reader, body = self._load.seen, self._reader, self._body
        request_id = header_value(reader.head, b"x-request-id").decode()
        if reader.status != 200:
            code = _CODE.search(body)
            seen.refused[f"{reader.status} {code[1].decode() if code else repr(body[:80])}"] += 1
            self.failed = reader.status >= 500
            return
        streams = b"event-stream" in header_value(reader.head, b"content-type")
        if streams and (b'data: {"error"' in body or not body.endswith(b"data: [DONE]\n\n")):
            self.busy_since = time.monotonic()
            self.fail("stream without its end")
            return
        prompt, completion = _PROMPT.search(body), _COMPLETION.search(body)
        if request_id in seen.complete:
            seen.twice.append(request_id)
        used = (int(prompt[1]), int(completion[1])) if prompt and completion else (0, 0)
        seen.complete[request_id] = used


class Load:
    """`async with Load(...)`: connections send one request after the other, until the block is left or `count` is sent.

    `renew`: requests on one connection, so that all replicas that listen get their share.
    """

    def __init__(
        self, url: str, requests: list[bytes], *, connections: int, count: int = 10**9, renew: int = 50
    ) -> None:
        self.seen = Seen()
        self.renew = renew
        host, _, port = url.removeprefix("http://").partition(":")
        self._address = (host, int(port))
        self._requests: Iterator[bytes] = cycle(requests)
        self._connections = connections
        self._left = count
        self._lines: set[_Line] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._connections)]
        self._tasks.append(asyncio.create_task(self._watch()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = 0
        await self.done()

    async def done(self) -> None:
        """Wait until the last request has ended."""
        *workers, watch = self._tasks
        await asyncio.gather(*workers)
        watch.cancel()

    def take(self) -> bytes | None:
        """The next request; None: no more."""
        if self._left <= 0:
            return None
        self._left -= 1
        self.seen.sent += 1
        return next(self._requests)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._left > 0:
            try:
                _, line = await loop.create_connection(lambda: _Line(self), *self._address)
            except OSError as error:
                self.seen.failures.append(Failure(time.monotonic(), type(error).__name__, 0, True, ""))
                await asyncio.sleep(PAUSE_S)
                continue
            self._lines.add(line)
            await line.closed
            self._lines.discard(line)
            if line.failed:
                await asyncio.sleep(PAUSE_S)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            for line in list(self._lines):
                if line.busy_since and now - line.busy_since > ANSWER_S:
                    line.fail("timeout")


async def volley(url: str, request: bytes, count: int) -> Seen:
    """So many requests at the same time, each on a connection of its own."""
    async with Load(url, [request], connections=count, count=count, renew=1) as load:
        await load.done()
    return load.seen
