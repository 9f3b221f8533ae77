"""Ways of an idempotent answer to a client: from a running sink, from what was kept, from the replica that makes it.

Every reader goes at its own pace and waits for its own client. Decides nothing about claims.
"""

import asyncio

from adapters.errors import GatewayFault, UpstreamError
from deployments.connection import Connection
from deployments.idempotency_claims import Kept
from deployments.idempotency_key import REPLAYED
from deployments.idempotency_sink import Sink
from deployments.idempotency_spool import BLOCK, Spool
from deployments.pool import TOKEN_HEADER
from deployments.replica import Replica
from storage.patience import patience

PATH = "/idempotent/"
MARK = "x-gateway-idempotent"
"""Header of the internal listener's answers: "attached", or "unknown" when it does not make that answer."""

CONNECT_S = 2.0
_WRITTEN_AT_ONCE = 1024 * 1024
_DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", MARK}


async def show(sink: Sink, connection: Connection, more: bytes) -> None:
    """Write the answer from its beginning, and then as it comes. `more`: header lines for this reader alone."""
    reader = _Reader(sink, connection, more)
    try:
        await reader.run()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if connection.abort_reason != "drained" or task is None:
            raise
        # The replica stops: the pipeline ends the answer with an event that says so, which this client gets too.
        task.uncancel()
        sink.abort("drained")
        await reader.run()


class _Reader:
    def __init__(self, sink: Sink, connection: Connection, more: bytes) -> None:
        self._sink = sink
        self._connection = connection
        self._more = more
        self._offset = 0

    async def run(self) -> None:
        sink = self._sink
        while not sink.answered:
            if sink.over:
                raise GatewayFault(503, "The request was not finished; send it again.", code="not_finished")
            await sink.changed()
        if sink.spool is not None:
            await self._follow(sink.spool)
        elif sink.body is not None and not self._connection.answered:
            await replay(
                Kept(sink.status, sink.headers, sink.body, streamed=False, whole=True), self._connection, self._more
            )

    async def _follow(self, spool: Spool) -> None:
        sink, connection = self._sink, self._connection
        while not connection.closing:
            over = sink.over
            piece = spool.read(self._offset)
            self._offset += len(piece)
            if not connection.answered:
                connection.start_stream(sink.status, sink.headers + self._more, piece)
            else:
                connection.write_chunk(piece)
            if piece:
                await connection.drained()
            elif over:
                if sink.broken:
                    connection.break_stream()
                else:
                    connection.end_stream()
                return
            else:
                await sink.changed()


async def replay(kept: Kept, connection: Connection, more: bytes = REPLAYED) -> None:
    """A whole answer; a large one in pieces, as the client takes them."""
    headers = kept.headers + more
    if not kept.streamed and len(kept.body) <= _WRITTEN_AT_ONCE:
        connection.respond(kept.status, headers, kept.body)
        return
    connection.start_stream(kept.status, headers, b"")
    await _pour(connection, kept.body, whole=kept.whole)


async def _pour(connection: Connection, body: bytes, *, whole: bool) -> None:
    """A body into a stream that has begun, as the client takes it, and the stream's end."""
    for start in range(0, len(body), BLOCK):
        connection.write_chunk(body[start : start + BLOCK])
        await connection.drained()
    if whole:
        connection.end_stream()
    else:
        connection.break_stream()


async def ask(replica: Replica, url: str, claim: bytes) -> bool:
    """Whether the replica at `url` makes this answer."""
    headers = [(TOKEN_HEADER, replica.internal_token)]
    try:
        async with patience(CONNECT_S):
            answer = await replica.direct.request(
                "HEAD", f"{url}{PATH}{claim.hex()}", headers, b"", connect_s=CONNECT_S
            )
    except (UpstreamError, TimeoutError):
        return False
    try:
        return answer.header(MARK) == "attached"
    finally:
        await answer.beginning(1)
        await answer.close()


async def relay(replica: Replica, url: str, claim: bytes, connection: Connection) -> bool:
    """Read along at the replica at `url`; False when it cannot be reached or does not make this answer."""
    target = f"{url}{PATH}{claim.hex()}"
    headers = [(TOKEN_HEADER, replica.internal_token)]
    try:
        answer = await replica.direct.request("POST", target, headers, b"", connect_s=CONNECT_S)
    except UpstreamError:
        return False
    try:
        if answer.header(MARK) != "attached":
            await answer.beginning(4096)
            return False
        lines = b"".join(
            f"{name}: {value}\r\n".encode("latin-1", "replace")
            for name, value in answer.headers()
            if name not in _DROPPED
        )
        length = answer.header("content-length")
        if length is not None and int(length) <= _WRITTEN_AT_ONCE:
            body = await answer.whole(_WRITTEN_AT_ONCE)
            connection.respond(answer.status, lines, body)
            return True
        connection.start_stream(answer.status, lines, b"")
        while (piece := await answer.chunk()) is not None:
            connection.write_chunk(piece)
            await connection.drained()
        connection.end_stream()
    except UpstreamError:
        if not connection.answered:
            return False
        connection.break_stream()  # the owner is gone in the middle: this client sees a cut, and may ask again
    finally:
        await answer.close()
    return True
