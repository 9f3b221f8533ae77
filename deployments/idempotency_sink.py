"""The answer of a request with an Idempotency-Key while it is being made: one writes it, any number read along.

Stands where the pipeline expects a client's `Connection`, with the same few methods. It takes whatever comes at once,
so that no reader holds the provider up, and outlives every reader. Opens no connection and knows no database.
"""

import asyncio
from pathlib import Path

from deployments.calls import Call
from deployments.exchange import Exchange
from deployments.idempotency_spool import Spool
from deployments.pipeline import Pipeline
from deployments.request import Request
from deployments.server import Server


class Sink:
    """`request_id`: what the answer will be called; `spool`: a stream's bytes, `body`: those of a whole answer.

    `most`: a stream that grows beyond it is cut. `over`: nothing more will come; `broken`: and it is not all.
    """

    def __init__(self, server: Server, claim: bytes, fingerprint: bytes, request_id: str, client_ip: str) -> None:
        self.server = server
        self.claim = claim
        self.fingerprint = fingerprint
        self.request_id = request_id
        self.client_ip = client_ip
        self.exchange: Exchange | None = None
        self.task: asyncio.Task[None] | None = None
        self.status = 0
        self.headers = b""
        self.body: bytes | None = None
        self.spool: Spool | None = None
        self.over = False
        self.broken = False
        self.answered = False
        self.streaming = False
        self.abort_reason = ""
        self._folder = Path()
        self._memory = self._most = 0
        self._waiting: list[asyncio.Future[None]] = []

    def bound(self, folder: Path, *, memory: int, most: int) -> None:
        """Where what does not fit in `memory` bytes goes, and how long a stream may get."""
        self._folder, self._memory, self._most = folder, memory, most

    @property
    def size(self) -> int:
        """Bytes of the body so far."""
        return len(self.body) if self.body is not None else self.spool.size if self.spool is not None else 0

    @property
    def charged(self) -> bool:
        """Whether anything was counted for this answer: then it is kept, broken or not, and never made again."""
        exchange = self.exchange
        return exchange is not None and (exchange.end == "complete" or exchange.usage.source != "none")

    async def changed(self) -> None:
        """Wait until there is more, or nothing more."""
        future: asyncio.Future[None] = self.server.loop.create_future()
        self._waiting.append(future)
        await future

    # -- what the pipeline calls ---------------------------------------------------------------------------------------

    blocked = False
    """Never: see the module's first lines."""

    def respond(self, status: int, headers: bytes, body: bytes) -> None:
        """A whole answer."""
        self.answered = self.over = True
        self.status, self.headers, self.body = status, headers, body
        self._wake()

    def start_stream(self, status: int, headers: bytes, first: bytes) -> None:
        """The head of a streamed answer and its first bytes."""
        self.answered = self.streaming = True
        self.status, self.headers = status, headers
        self.spool = Spool(self._folder, self._memory)
        self.write_chunk(first)
        self._wake()

    def write_chunk(self, chunk: bytes) -> None:
        """One piece of it; does not wait and does not fail."""
        if not chunk or self.broken or self.spool is None:
            return
        if self.spool.size + len(chunk) > self._most:
            self._cut()
        else:
            try:
                self.spool.append(chunk)
            except OSError:  # the disk is full, most likely
                self._cut()
        self._wake()

    def end_stream(self) -> None:
        """Its end."""
        self.streaming = False
        self.over = True
        self._wake()

    async def drained(self) -> None:
        """Nobody is waited for."""

    # -- what the server calls, which drains this like a client's connection -------------------------------------------

    reading = False
    closing = False

    def abort(self, reason: str) -> None:
        """Cancel the making of the answer; the pipeline finds the reason in `abort_reason`."""
        if self.task is not None and not self.over and not self.abort_reason:
            self.abort_reason = reason
            self.task.cancel()

    def close_if_idle(self) -> None:
        """It is not idle."""

    def close(self) -> None:
        """There is no socket."""

    def sweep(self, now: float) -> None:
        """No client is waited for."""

    # -- life ---------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """The pipeline has returned, with an answer or without."""
        if not self.over:
            self.over = self.broken = True
            self.streaming = False
        self._wake()

    def _cut(self) -> None:
        """Readers see an answer that is cut; nothing else is held up by it."""
        self.broken = True
        self.abort("answer_not_buffered")

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)


class SinkPipeline(Pipeline):
    """The pipeline of requests with an Idempotency-Key: the claim names the request before it is made."""

    async def _serve(self, request: Request, exchange: Exchange, call: Call) -> None:
        sink: object = getattr(request.connection, "inner", request.connection)  # a capture stands before it
        if isinstance(sink, Sink):
            exchange.request_id = sink.request_id
            sink.exchange = exchange
        await super()._serve(request, exchange, call)
