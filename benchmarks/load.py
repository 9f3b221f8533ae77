"""The load generator: closed and open loop on raw uvloop protocols. It owns the client sockets and the clock.

Closed loop: C connections, each sends its next request when the answer before is whole. Open loop: requests start at a
fixed rate whatever the server does, latency counted from the intended start. Answers are checked (status, whole,
number of content events): what is not right is an error by name and is in no latency figure. Loopback only.

    python -m benchmarks.load --port 9100 --model mock-unary --connections 32 --seconds 5
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import re
import resource
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import msgspec
import uvloop

from benchmarks.http1 import FramingError, ResponseReader, build_request
from benchmarks.stats import Timetable, summary
from benchmarks.ticker import Ticker

NANOSECONDS = 1_000_000_000
_STAMPS = re.compile(rb"ns=(\d+)")
_clock = time.monotonic_ns


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, as bytes ready to send: one request, or several that are sent in turn."""

    port: int
    requests: Sequence[bytes]
    content_events: int = 0
    """Content events that each answer must have; 0: the answers are not streams."""


@dataclass(slots=True)
class Result:
    """What one run of the generator saw. Times in nanoseconds, one entry per good answer or event."""

    elapsed_s: float = 0.0
    cpu_s: float = 0.0
    completed: int = 0
    started: int = 0
    events: int = 0
    reconnects: int = 0
    latency: array[int] = field(default_factory=lambda: array("q"))
    first_event: array[int] = field(default_factory=lambda: array("q"))
    event_delay: array[int] = field(default_factory=lambda: array("q"))
    errors: Counter[str] = field(default_factory=Counter)
    lateness: array[int] = field(default_factory=lambda: array("q"))
    """Open loop only: how long after the intended start the generator itself was ready to send."""

    @property
    def failed(self) -> int:
        """Requests that did not end as they must."""
        return sum(self.errors.values())

    def metrics(self) -> dict[str, float]:
        """Return the figures of a report."""
        out: dict[str, float] = {
            "requests_per_s": self.completed / self.elapsed_s if self.elapsed_s else 0.0,
            "requests": float(self.completed),
            "errors": float(self.failed),
            "load_cpu_share": self.cpu_s / self.elapsed_s if self.elapsed_s else 0.0,
        }
        if self.reconnects:
            out["reconnects"] = float(self.reconnects)
        out |= summary(self.latency, "latency")
        if self.events:
            out["events"] = float(self.events)
            out["events_per_s"] = self.events / self.elapsed_s
            out |= summary(self.first_event, "first_event")
            out |= summary(self.event_delay, "event_delay")
        if self.lateness:
            out |= {k: v for k, v in summary(self.lateness, "lateness").items() if k.endswith(("p50_ms", "p99_ms"))}
        return out


class _Connection(asyncio.Protocol):
    """One client connection with at most one request under way."""

    __slots__ = ("_carry", "_marks", "_owner", "_reader", "_transport", "begin", "busy", "first", "total", "wanted")

    def __init__(self, owner: _Run) -> None:
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
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        now = _clock()
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
        self._transport = None
        if self.busy:
            if exc is None and self._reader.end_of_stream():
                self._end(_clock())
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
        self._owner.finished(self, _clock(), error, self._marks)


class _Run:
    """What both loops share: the result, the connections and the end."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.result = Result()
        self.loop = asyncio.get_running_loop()
        self.done = self.loop.create_future()
        self.connections: set[_Connection] = set()
        self._requests = _cycle(target.requests)
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self) -> _Connection:
        """Open one more connection."""
        _, connection = await self.loop.create_connection(lambda: _Connection(self), "127.0.0.1", self.target.port)
        self.connections.add(connection)
        return connection

    async def connect_some(self, count: int) -> list[_Connection]:
        """Open connections one by one with pauses.

        Of servers whose workers share a listening socket, the first to wake takes all that come at once, and the other
        workers would stand idle for the whole run.
        """
        pause = min(0.004, 0.5 / max(count, 1))
        out = []
        for _ in range(count):
            out.append(await self.connect())
            await asyncio.sleep(pause)
        return out

    def spawn(self, connecting: Callable[[], Coroutine[object, object, None]]) -> None:
        """Open a connection in the background; the task is kept until it ends."""
        task = self.loop.create_task(connecting())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def launch(self, connection: _Connection, begin_ns: int) -> None:
        """Send the next request."""
        self.result.started += 1
        connection.send(next(self._requests), begin_ns, self.target.content_events)

    def finished(self, connection: _Connection, now: int, error: str, marks: list[int]) -> None:
        """Book an answer."""
        result = self.result
        if error:
            result.errors[error] += 1
        else:
            result.completed += 1
            result.latency.append(now - connection.begin)
            if connection.wanted:
                result.events += connection.total
                result.first_event.append(connection.first - connection.begin)
                result.event_delay.extend(marks)
        self.next(connection, now)

    def next(self, connection: _Connection, now: int) -> None:
        """Go on after an answer."""
        raise NotImplementedError

    def idle_lost(self, connection: _Connection) -> None:
        """A connection without a request went away: a keep-alive limit, no error."""
        self.connections.discard(connection)

    def end(self) -> None:
        """End the run."""
        if not self.done.done():
            self.done.set_result(None)

    async def finish(self, limit_s: float) -> Result:
        """Wait for the end, at most `limit_s`; what is still open then is an error."""
        begin, cpu = _clock(), _own_cpu()
        try:
            await asyncio.wait_for(asyncio.shield(self.done), limit_s)
        except TimeoutError:
            self.result.errors["no end in time"] += sum(1 for c in self.connections if c.busy)
        self.result.elapsed_s = (_clock() - begin) / NANOSECONDS
        self.result.cpu_s = _own_cpu() - cpu
        for task in self._tasks:
            task.cancel()
        for connection in list(self.connections):
            connection.busy = False
            connection.close()
        await asyncio.sleep(0)
        return self.result


class _ClosedRun(_Run):
    """C connections, each busy all the time until the deadline or the count is reached."""

    def __init__(self, target: Target, connections: int, seconds: float, count: int, stagger_s: float) -> None:
        super().__init__(target)
        self._size = connections
        self._count = count
        self._stagger = stagger_s
        self._deadline = _clock() + round(seconds * NANOSECONDS)
        self._live = 0
        self._seconds = seconds

    async def run(self, grace_s: float) -> Result:
        """Connect, then load."""
        ready = await self.connect_some(self._size)
        self._live = self._size
        self._deadline = _clock() + round(self._seconds * NANOSECONDS)
        for index, connection in enumerate(ready):
            self.loop.call_later(self._stagger * index / self._size, self.next, connection, 0)
        return await self.finish(self._seconds + grace_s)

    def next(self, connection: _Connection, now: int) -> None:
        """Send the next request, or retire the connection."""
        now = _clock()
        if now >= self._deadline or (self._count and self.result.started >= self._count):
            self._live -= 1
            if self._live == 0:
                self.end()
        elif connection.open:
            self.launch(connection, now)
        else:
            self.connections.discard(connection)
            self.result.reconnects += 1
            self.spawn(self._replace)

    async def _replace(self) -> None:
        try:
            connection = await self.connect()
        except OSError:
            self.result.errors["connect"] += 1
            await asyncio.sleep(0.05)
            self.spawn(self._replace)
            return
        self.next(connection, 0)


class _OpenRun(_Run):
    """Arrivals on a timetable. A free connection takes each; without one, and below the limit, a new one is opened."""

    def __init__(self, target: Target, rate: float, seconds: float, connections: int, limit: int) -> None:
        super().__init__(target)
        self._rate, self._seconds, self._initial, self._limit = rate, seconds, connections, limit
        self._free: deque[_Connection] = deque()
        self._waiting: deque[int] = deque()
        self._opening = 0
        self._under_way = 0

    async def run(self, grace_s: float) -> Result:
        """Connect, then let the timetable begin."""
        self._free.extend(await self.connect_some(self._initial))
        self._times = Timetable(_clock() + 20_000_000, self._rate, self._seconds)
        self._ticker = Ticker(self._tick)
        self._ticker.arm(self._times.start_ns, 0)
        try:
            return await self.finish(self._seconds + grace_s)
        finally:
            self._ticker.close()

    def _tick(self) -> None:
        now = _clock()
        for intended in self._times.due(now):
            self.result.lateness.append(now - intended)
            self._under_way += 1
            self._arrive(intended)
        if not self._times.finished:
            self._ticker.arm(self._times.intended(self._times.next), now)

    def _arrive(self, intended: int) -> None:
        while self._free:
            # The one used last: the others may be closed by the server's keep-alive limit meanwhile.
            connection = self._free.pop()
            if connection.open:
                self.launch(connection, intended)
                return
            self.connections.discard(connection)
        self._waiting.append(intended)
        if self._opening < len(self._waiting) and len(self.connections) + self._opening < self._limit:
            self._opening += 1
            self.spawn(self._add)

    async def _add(self) -> None:
        try:
            connection = await self.connect()
        except OSError:
            self._opening -= 1
            self.result.errors["connect"] += 1
            if self._waiting:
                self._waiting.popleft()
                self._ended()
            return
        self._opening -= 1
        self._offer(connection)

    def _offer(self, connection: _Connection) -> None:
        if self._waiting:
            self.launch(connection, self._waiting.popleft())
        else:
            self._free.append(connection)

    def next(self, connection: _Connection, now: int) -> None:  # noqa: ARG002
        """Take a waiting arrival, or become free."""
        if connection.open:
            self._offer(connection)
        else:
            self.connections.discard(connection)
            if self._waiting and self._opening < len(self._waiting):
                self._opening += 1
                self.spawn(self._add)
        self._ended()

    def _ended(self) -> None:
        self._under_way -= 1
        if self._times.finished and self._under_way == 0:
            self.end()


async def closed_loop(
    target: Target, *, connections: int, seconds: float, count: int = 0, stagger_s: float = 0.0, grace_s: float = 30.0
) -> Result:
    """Run a closed loop for `seconds`, or until `count` requests were started; `stagger_s` spreads the first starts."""
    with _quiet():
        return await _ClosedRun(target, connections, seconds, count, stagger_s).run(grace_s)


async def open_loop(
    target: Target, *, rate: float, seconds: float, connections: int = 16, limit: int = 2000, grace_s: float = 30.0
) -> Result:
    """Run an open loop of `rate` requests per second; at most `limit` connections are opened."""
    with _quiet():
        return await _OpenRun(target, rate, seconds, connections, limit).run(grace_s)


class _quiet:  # noqa: N801
    """Keep the collector from pausing the generator; there are no cycles to collect on its path."""

    def __enter__(self) -> None:
        gc.collect()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        gc.enable()


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _cycle(requests: Sequence[bytes]) -> Iterator[bytes]:
    while True:
        yield from requests


def chat_body(model: str, *, stream: bool = False, prompt_bytes: int = 0, tokens: int = 64) -> bytes:
    """Return a chat request; `prompt_bytes` above 0 makes the prompt about that long, over several messages."""
    messages = [{"role": "system", "content": "You are a helpful assistant."}]
    if prompt_bytes:
        # Turns of 4 KB with line ends, quotes and non-ASCII text, as a long conversation has.
        turn = ('A line of the conversation, with a "quoted" word, a tab\t and an umlaut ä.\n' * 60)[:4000]
        roles = ("user", "assistant")
        messages += [{"role": roles[i % 2], "content": turn} for i in range(max(1, prompt_bytes // len(turn.encode())))]
    messages.append({"role": "user", "content": "Say what a gateway is, in a few words."})
    body: dict[str, object] = {"model": model, "messages": messages, "temperature": 0.7, "max_tokens": tokens}
    if stream:
        body["stream"] = True
    return msgspec.json.encode(body)


def chat_request(
    port: int, headers: Sequence[tuple[str, str]], body: bytes, path: str = "/v1/chat/completions"
) -> bytes:
    """Return a POST with the headers that the official SDK sends, as far as they matter."""
    always = [("accept", "application/json"), ("content-type", "application/json"), ("user-agent", "bench/1")]
    return build_request("POST", path, f"127.0.0.1:{port}", [*always, *headers], body)


def main() -> None:
    """Load a server by hand."""
    parser = argparse.ArgumentParser("python -m benchmarks.load", description="Load generator, 127.0.0.1 only.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", default="sk-none")
    parser.add_argument("--model", default="mock-unary")
    parser.add_argument("--events", type=int, default=0, help="content events expected (a stream), 0 for unary")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.0, help="requests per second; above 0 makes it an open loop")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--prompt-bytes", type=int, default=0)
    given = parser.parse_args()
    body = chat_body(given.model, stream=given.events > 0, prompt_bytes=given.prompt_bytes)
    request = chat_request(given.port, [("authorization", f"Bearer {given.key}")], body)
    target = Target(given.port, [request], given.events)
    if given.rate:
        run = open_loop(target, rate=given.rate, seconds=given.seconds, connections=given.connections)
    else:
        run = closed_loop(target, connections=given.connections, seconds=given.seconds)
    result = uvloop.run(run)
    print(msgspec.json.format(msgspec.json.encode(result.metrics() | {"by_error": dict(result.errors)})).decode())


if __name__ == "__main__":
    main()
