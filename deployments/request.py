"""A client's request as handlers see it. Holds what arrived and the way back; reads and writes nothing itself."""

import asyncio
from typing import TYPE_CHECKING

from adapters.errors import GatewayFault

if TYPE_CHECKING:
    from deployments.connection import Connection


class Request:
    """A request whose body has arrived whole.

    Header names are lower-case bytes; `arrived` is time.monotonic() seconds.
    """

    __slots__ = (
        "arrived",
        "body",
        "chunked",
        "connection",
        "headers",
        "keep_alive",
        "method",
        "path",
        "query",
        "size",
        "task",
    )

    def __init__(
        self,
        connection: "Connection",
        method: str,
        target: bytes,
        headers: dict[bytes, bytes],
        body: bytes,
        arrived: float,
    ) -> None:
        path, _, query = target.partition(b"?")
        self.connection = connection
        self.method = method
        self.path = path.decode("latin-1")
        self.query = query
        self.headers = headers
        self.body = body
        self.size = len(body)
        self.arrived = arrived
        self.keep_alive = True
        self.chunked = True
        self.task: asyncio.Task[None] | None = None

    def resize(self, size: int) -> None:
        """The body was unpacked, or let go (0). Raises GatewayFault (503) when the replica would hold too much."""
        server = self.connection.server
        grown = size - self.size
        server.buffered_bytes += grown
        self.size = size
        if grown > 0 and server.buffered_bytes > server.limits.max_buffered_bytes:
            raise GatewayFault(
                503, "Too many large requests are being read at once; try again in a moment.", code="overloaded"
            )
