"""The embedded HTTP/1.1 server of a replica: listening, reading requests, writing answers, draining.

Owns sockets towards clients and nothing else: it does not know what a model or a key is. httptools (llhttp) parses,
uvloop moves the bytes. A response that is streamed waits for the client (`Connection.drained`), so that a slow client
slows the upstream and not the memory; a client that leaves cancels the task of its request at once.
Why not Granian: docs/decisions/0002.
"""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate

import msgspec

from deployments.connection import Connection
from deployments.limits import Limits
from deployments.request import Request

_SWEEP_S = 1.0
_FORGIVEN = 4
"""Sweeps in a row that are left out when they come late."""

Handler = Callable[[Request], Awaitable[None]]
Refusal = Callable[[bytes, Mapping[bytes, bytes], int, str], tuple[bytes, bytes]]
"""(target, headers so far, status, message) -> header lines and body for a request that cannot be read."""


def plain(_target: bytes, _headers: Mapping[bytes, bytes], _status: int, message: str) -> tuple[bytes, bytes]:
    """A Refusal in OpenAI's shape, for every path."""
    error = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    return b"content-type: application/json\r\n", msgspec.json.encode(error)


class Server:
    """Serves `handler` on one address until `drain` is called.

    `open_requests` and `open_streams` count what is being answered now; autoscaling and metrics read them.
    """

    def __init__(self, handler: Handler, limits: Limits, refusal: Refusal = plain) -> None:
        self.handler = handler
        self.refusal = refusal
        self.limits = limits
        self.connections: set[Connection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.open_requests = 0
        self.open_streams = 0
        self.buffered_bytes = 0
        self.draining = False
        self.date_line = b""
        self.loop = asyncio.get_running_loop()
        self._listener: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def listen(self, host: str, port: int, *, shared: bool = False) -> int:
        """Bind and accept; returns the port (useful with port 0). `shared` sets SO_REUSEPORT. Raises OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.bind((host, port))
        except OSError:
            sock.close()
            raise
        self._tick()
        self._listener = await self.loop.create_server(lambda: Connection(self), sock=sock, backlog=4096)
        self._sweeper = self.loop.create_task(self._sweep())
        return int(sock.getsockname()[1])

    @property
    def listening(self) -> bool:
        """Whether new connections are being accepted by a live sweeper and listener."""
        return (
            self._listener is not None
            and self._listener.is_serving()
            and self._sweeper is not None
            and not self._sweeper.done()
        )

    async def drain(self, timeout_s: float, grace_s: float = 2.0) -> int:
        """Stop accepting, let open requests finish for `timeout_s`, then cancel the rest; returns how many were cut.

        Idle keep-alive connections are closed at once; a busy one is told `connection: close` and closed after its
        answer. `grace_s` is what cancelled requests get to write their error event and to be booked.
        """
        self.draining = True
        if self._listener is not None:
            self._listener.close()
        for connection in list(self.connections):
            connection.close_if_idle()
        deadline = self.loop.time() + timeout_s
        while (left := deadline - self.loop.time()) > 0:
            if self.tasks:
                await asyncio.wait(set(self.tasks), timeout=left)
            elif any(connection.reading and not connection.closing for connection in self.connections):
                await asyncio.sleep(min(left, 0.05))  # a request is half here: it is answered too
            else:
                break
        cut = len(self.tasks)
        if cut:
            for connection in list(self.connections):
                connection.abort("drained")
            await asyncio.wait(set(self.tasks), timeout=grace_s)
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in list(self.connections):
            connection.close()
        return cut

    async def _sweep(self) -> None:
        """Once a second: the date header, and everything that waits on a client for too long.

        One sweep over all connections instead of a timer per request or per event: the hot path sets no timers. A sweep
        that comes late by half a second or more is left out, a few times in a row: the process stood still, and what
        clients have sent meanwhile is not read yet.
        """
        late = 0
        while True:
            due = time.monotonic() + _SWEEP_S
            await asyncio.sleep(_SWEEP_S)
            self._tick()
            late = late + 1 if time.monotonic() - due > _SWEEP_S / 2 else 0
            if 0 < late <= _FORGIVEN:
                continue
            now = self.loop.time()
            for connection in list(self.connections):
                connection.sweep(now)

    def _tick(self) -> None:
        self.date_line = b"date: " + formatdate(time.time(), usegmt=True).encode() + b"\r\n"
