"""An upstream that misbehaves on purpose, on raw asyncio streams.

Owns what a provider can do to the gateway, byte by byte. Knows nothing of the gateway. A behaviour is a coroutine that
gets a `Call`; it writes what it wants and returns, `Cut` ends the connection at once.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

UNARY = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "up-model-2026",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello!"}, "finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 9,
        "completion_tokens": 4,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 1},
    },
}
UNARY_BYTES = msgspec.json.encode(UNARY)


def event(content: str = "", *, finish: str | None = None, more: str = "") -> bytes:
    """One event of a chat stream."""
    choice = {"index": 0, "delta": {"content": content} if content else {}, "finish_reason": finish}
    head = b'data: {"id":"c1","object":"chat.completion.chunk","model":"up-model-2026","choices":['
    return head + msgspec.json.encode(choice) + b"]" + more.encode() + b"}\n\n"


USAGE = (
    b'data: {"id":"c1","model":"up-model-2026","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,'
    b'"total_tokens":13,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}}\n\n'
)
DONE = b"data: [DONE]\n\n"
WORDS = [event("Hel"), event("lo, "), event("wörld 🌍")]
STREAM = b"".join(WORDS) + event(finish="stop") + DONE
STREAM_WITH_USAGE = b"".join(WORDS) + event(finish="stop") + USAGE + DONE


class CutError(Exception):
    """End the connection: `reset` with RST, otherwise with FIN."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__()
        self.reset = reset


class Call:
    """One request that arrived."""

    def __init__(self, upstream: "Upstream", writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.upstream = upstream
        self.writer = writer
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.header_list = [
            (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:] if line)
        ]
        self.headers = dict(self.header_list)
        self.body = body
        self.at = time.monotonic()
        self.gone_at = 0.0
        self.sent = 0

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)

    async def write(self, data: bytes) -> None:
        """Write and wait until the other side takes it."""
        self.writer.write(data)
        self.sent += len(data)
        await self.writer.drain()

    async def answer(self, status: int, body: bytes, kind: str = "application/json", more: str = "") -> None:
        """A whole answer."""
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{more}\r\n"
        await self.write(head.encode() + body)

    async def begin(self, more: str = "", kind: str = "text/event-stream") -> None:
        """The head of a chunked answer."""
        await self.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n{more}\r\n".encode()
        )

    async def chunk(self, data: bytes) -> None:
        """One piece of it."""
        await self.write(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        """Its end."""
        await self.write(b"0\r\n\r\n")


Behaviour = Callable[[Call], Awaitable[None]]


class Upstream:
    """Listens on a free port of 127.0.0.1 and does what `behave` says; remembers every call."""

    def __init__(self) -> None:
        self.behave: Behaviour = normal
        self.calls: list[Call] = []
        self.connections = 0
        self.open = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """Base URL for a channel."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=1 << 26)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop, whatever is under way."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        sock: socket.socket = writer.get_extra_info("socket")
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
                )
                call = Call(self, writer, head[:-4], await reader.readexactly(length) if length else b"")
                self.calls.append(call)
                behaving = asyncio.ensure_future(self.behave(call))
                leaving = asyncio.ensure_future(self._left(reader))
                done, _ = await asyncio.wait({behaving, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if leaving in done and behaving not in done:
                    call.gone_at = time.monotonic()
                    behaving.cancel()
                leaving.cancel()
                await asyncio.gather(leaving, return_exceptions=True)
                await behaving
        except CutError as cut:
            if cut.reset:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()

    @staticmethod
    async def _left(reader: asyncio.StreamReader) -> None:
        """Return when the other side has closed: nothing is pipelined to an upstream."""
        while not reader.at_eof() and reader.exception() is None:  # noqa: ASYNC110  # a StreamReader has no event
            await asyncio.sleep(0.005)


async def normal(call: Call) -> None:
    """A provider as it should be."""
    if call.target.endswith("/embeddings"):
        await call.answer(200, b'{"object":"list","data":[],"model":"up-model-2026","usage":{"prompt_tokens":8}}')
        return
    document = call.json
    if not document.get("stream"):
        await call.answer(200, UNARY_BYTES, more="x-request-id: up_1\r\nopenai-processing-ms: 12\r\n")
        return
    options = document.get("stream_options") or {}
    await call.begin("x-request-id: up_1\r\n")
    for word in WORDS:
        await call.chunk(word)
    await call.chunk(event(finish="stop"))
    if options.get("include_usage"):
        await call.chunk(USAGE)
    await call.chunk(DONE)
    await call.end()


def answers(
    status: int, body: bytes = b'{"error":{"message":"no"}}', kind: str = "application/json", more: str = ""
) -> Behaviour:
    """Always the same answer."""

    async def behave(call: Call) -> None:
        await call.answer(status, body, kind, more)

    return behave


def streams(*pieces: bytes, pause: float = 0.0, end: str = "end") -> Behaviour:
    """A stream of these pieces; `end`: "end" properly, "cut" (FIN), "reset" (RST), "stall"."""

    async def behave(call: Call) -> None:
        await call.begin()
        for piece in pieces:
            await call.chunk(piece)
            await asyncio.sleep(pause)
        if end == "end":
            await call.end()
        elif end == "stall":
            await asyncio.sleep(60)
        else:
            await asyncio.sleep(0.02)
            # A reset takes from the other side what it has not read. After a pause of the machine these 20 ms are over
            # before it has read anything: it gets some turns of the loop.
            for _ in range(20):
                await asyncio.sleep(0)
            raise CutError(reset=end == "reset")

    return behave


async def stalls(call: Call) -> None:
    """Takes the request and says nothing."""
    await asyncio.sleep(60)


async def resets(call: Call) -> None:
    """Takes the request and resets the connection."""
    raise CutError(reset=True)


async def closes(call: Call) -> None:
    """Takes the request and closes the connection."""
    raise CutError
