"""A client that sends exactly the bytes a test wants and reads answers as HTTP/1.1 frames them.

Owns no idea of what an answer should be.
"""

import asyncio
from types import TracebackType
from typing import Any, Self

import msgspec

WAIT_S = 30.0


class Answer:
    """One answer. `pieces` are the chunks of a chunked body; `whole`: it came to its proper end."""

    def __init__(self, status: int, headers: dict[str, str], header_list: list[tuple[str, str]]) -> None:
        self.status = status
        self.headers = headers
        self.header_list = header_list
        self.pieces: list[bytes] = []
        self.whole = False

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """The error of an OpenAI error answer; fails when the shape is another."""
        error: dict[str, Any] = self.json["error"]
        assert self.headers["content-type"].startswith("application/json")
        assert set(error) >= {"message", "type", "param", "code"}
        assert isinstance(error["message"], str)
        assert error["message"]
        return error


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.writer.close()

    def send(self, data: bytes) -> None:
        """Write without waiting."""
        self.writer.write(data)

    async def head(self) -> Answer:
        """The head of the next answer; skips 100 Continue."""
        async with asyncio.timeout(WAIT_S):
            raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = raw[:-4].split("\r\n")
        assert lines[0].startswith("HTTP/1.1 "), raw
        status = int(lines[0].split(" ")[1])
        if status == 100:
            return await self.head()
        pairs = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        return Answer(status, dict(pairs), pairs)

    async def piece(self) -> bytes:
        """The next chunk of a chunked body, empty at its end."""
        async with asyncio.timeout(WAIT_S):
            size = int((await self.reader.readuntil(b"\r\n"))[:-2], 16)
            data = await self.reader.readexactly(size + 2)
        assert data[-2:] == b"\r\n"
        return data[:-2]

    async def answer(self, *, bodiless: bool = False) -> Answer:
        """The next answer, or what came of it."""
        answer = await self.head()
        try:
            if bodiless or answer.status in (204, 304):
                answer.whole = True
            elif answer.headers.get("transfer-encoding") == "chunked":
                while piece := await self.piece():
                    answer.pieces.append(piece)
                answer.whole = True
            elif "content-length" in answer.headers:
                async with asyncio.timeout(WAIT_S):
                    answer.pieces.append(await self.reader.readexactly(int(answer.headers["content-length"])))
                answer.whole = True
            else:
                async with asyncio.timeout(WAIT_S):
                    answer.pieces.append(await self.reader.read(-1))
                answer.whole = True
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        return answer

    async def closed(self, seconds: float = WAIT_S) -> bytes:
        """What still comes until the server closes the connection; fails when it does not."""
        try:
            async with asyncio.timeout(seconds):
                return await self.reader.read(-1)
        except ConnectionError:
            return b""


def request(method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> bytes:
    """The bytes of a request."""
    lines = {"host": "gateway", **(headers or {})}
    if body is not None and "transfer-encoding" not in lines:
        lines.setdefault("content-length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + (body or b"")
