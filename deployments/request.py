"""A client's request as handlers see it. Holds what arrived and the way back; reads and writes nothing itself."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployments.connection import Connection


class Request:
    """A request whose body has arrived whole.

    Header names are lower-case bytes; `arrived` is time.monotonic() seconds.
    """

    __slots__ = ("arrived", "body", "connection", "headers", "method", "path", "query", "size", "task")

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
        self.task: asyncio.Task[None] | None = None
