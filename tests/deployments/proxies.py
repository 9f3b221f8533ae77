"""Proxies that want a login: HTTP (absolute targets and CONNECT, Basic) and SOCKS5 (RFC 1928, RFC 1929).

They carry a request and its answer, and must not look into them.
"""

import asyncio
import base64
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """An HTTP proxy on 127.0.0.1; `carried` is how many connections had the right login, `refused` how many had not."""

    scheme = "http"

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password
        self.carried = 0
        self.refused = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"{self.scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        login = base64.b64encode(f"{self.user}:{self.password}".encode())
        if b"\r\nproxy-authorization: basic " + login.lower() + b"\r\n" not in head.lower():
            self.refused += 1
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            return
        self.carried += 1
        method, target, _ = head.split(b" ", 2)
        if method == b"CONNECT":
            return
        parts = urlsplit(target.decode())
        path = parts.path.encode()
        await _carry(reader, writer, parts.hostname or "", parts.port or 80, head.replace(target, path, 1))


class Socks(Proxy):
    """A SOCKS5 proxy; `h` at the end of the scheme asks the proxy to look names up."""

    scheme = "socks5h"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        if 2 not in methods:
            self.refused += 1
            writer.write(b"\x05\xff")
            await writer.drain()
            return
        writer.write(b"\x05\x02")
        await reader.readexactly(1)
        user = await reader.readexactly((await reader.readexactly(1))[0])
        password = await reader.readexactly((await reader.readexactly(1))[0])
        if (user.decode(), password.decode()) != (self.user, self.password):
            self.refused += 1
            writer.write(b"\x01\x01")
            await writer.drain()
            return
        self.carried += 1
        writer.write(b"\x01\x00")
        _, _, _, kind = await reader.readexactly(4)
        if kind == 1:
            host = ".".join(str(part) for part in await reader.readexactly(4))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await _carry(reader, writer, host, port, b"")


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, first: bytes
) -> None:
    there, back = await asyncio.open_connection(host, port)
    back.write(first)

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.close()

    await asyncio.gather(copy(reader, back), copy(there, writer), return_exceptions=True)
