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
import resource
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence

import msgspec
import uvloop

from benchmarks.client import Connection, clock
from benchmarks.requests import chat_body, chat_request
from benchmarks.stats import Timetable
from benchmarks.tally import Result, Target
from benchmarks.ticker import Ticker

NANOSECONDS = 1_000_000_000


class _Run:
    """What both loops share: the result, the connections and the end."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.result = Result()
        self.loop = asyncio.get_running_loop()
        self.done = self.loop.create_future()
        self.connections: set[Connection] = set()
        self._requests = _cycle(target.requests)
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self) -> Connection:
        """Open one more connection."""
        _, connection = await self.loop.create_connection(lambda: Connection(self), "127.0.0.1", self.target.port)
        self.connections.add(connection)
        return connection

    async def connect_some(self, count: int) -> list[Connection]:
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

    def launch(self, connection: Connection, begin_ns: int) -> None:
        """Send the next request."""
        self.result.started += 1
        connection.send(next(self._requests), begin_ns, self.target.content_events)

    def finished(self, connection: Connection, now: int, error: str, marks: list[int]) -> None:
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

    def next(self, connection: Connection, now: int) -> None:
        """Go on after an answer."""
        raise NotImplementedError

    def idle_lost(self, connection: Connection) -> None:
        """A connection without a request went away: a keep-alive limit, no error."""
        self.connections.discard(connection)

    def end(self) -> None:
        """End the run."""
        if not self.done.done():
            self.done.set_result(None)

    async def finish(self, limit_s: float) -> Result:
        """Wait for the end, at most `limit_s`; what is still open then is an error."""
        begin, cpu = clock(), _own_cpu()
        try:
            await asyncio.wait_for(asyncio.shield(self.done), limit_s)
        except TimeoutError:
            self.result.errors["no end in time"] += sum(1 for c in self.connections if c.busy)
        self.result.elapsed_s = (clock() - begin) / NANOSECONDS
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
        self._deadline = clock() + round(seconds * NANOSECONDS)
        self._live = 0
        self._seconds = seconds

    async def run(self, grace_s: float) -> Result:
        """Connect, then load."""
        ready = await self.connect_some(self._size)
        self._live = self._size
        self._deadline = clock() + round(self._seconds * NANOSECONDS)
        for index, connection in enumerate(ready):
            self.loop.call_later(self._stagger * index / self._size, self.next, connection, 0)
        return await self.finish(self._seconds + grace_s)

    def next(self, connection: Connection, now: int) -> None:
        """Send the next request, or retire the connection."""
        now = clock()
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
        self._free: deque[Connection] = deque()
        self._waiting: deque[int] = deque()
        self._opening = 0
        self._under_way = 0

    async def run(self, grace_s: float) -> Result:
        """Connect, then let the timetable begin."""
        self._free.extend(await self.connect_some(self._initial))
        self._times = Timetable(clock() + 20_000_000, self._rate, self._seconds)
        self._ticker = Ticker(self._tick)
        self._ticker.arm(self._times.start_ns, 0)
        try:
            return await self.finish(self._seconds + grace_s)
        finally:
            self._ticker.close()

    def _tick(self) -> None:
        now = clock()
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

    def _offer(self, connection: Connection) -> None:
        if self._waiting:
            self.launch(connection, self._waiting.popleft())
        else:
            self._free.append(connection)

    def next(self, connection: Connection, now: int) -> None:  # noqa: ARG002
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
    target: Target, *, rate: float, seconds: float, connections: int = 16, limit: int = 256, grace_s: float = 30.0
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
