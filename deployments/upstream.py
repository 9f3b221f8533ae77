"""The only module that opens connections to providers. Everything else sees `Upstream` and `Answer`.

pyreqwest (reqwest, hyper, rustls underneath) does the work; a client is shared by all channels with the same connect
timeout and proxy, so that connections are pooled per provider. Its errors become UpstreamError here. Why:
docs/decisions/0003.
"""

import asyncio
from datetime import timedelta
from typing import Protocol

from pyreqwest import exceptions as wire
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import StreamRequest
from pyreqwest.response import Response, ResponseBodyReader

from adapters.errors import UpstreamError
from deployments.table import Channel

READ_S = 86_400.0
"""Longest silence on a connection where the caller names none. Deadlines are the watch's (deployments/watch.py); this
bounds what pyreqwest 0.15 leaves behind: a request cancelled before its head has come goes on in its runtime."""

WHOLE = 65536
"""Bytes of an unstreamed answer that arrive together with its head, without a second trip into the runtime."""


class Answer:
    """An answer of a provider whose head has arrived. Read it with `whole` or `chunk`, always `close` it."""

    __slots__ = ("_over", "_reader", "_request", "_response", "status")

    def __init__(self, request: StreamRequest, response: Response) -> None:
        self._request = request
        self._response = response
        self._reader: ResponseBodyReader | None = None
        self._over = False
        self.status: int = response.status

    def header(self, name: str) -> str | None:
        """First value of a header, or None, also where it is no text."""
        try:
            return self._response.get_header(name)
        except ValueError:
            return None

    def headers(self) -> list[tuple[str, str]]:
        """All headers, names in lower case."""
        return [(str(name).lower(), value) for name, value in self._response.headers.items()]

    async def chunk(self) -> bytes | None:
        """The next bytes as they arrived, None at the end. Raises UpstreamError when the connection breaks."""
        if self._reader is None:
            self._reader = self._response.body_reader
        try:
            chunk = await self._reader.read_chunk()
        except wire.PyreqwestError as error:
            raise translate(error, began=True) from None
        if chunk is None:
            self._over = True
            return None
        return chunk.to_bytes()

    async def whole(self, limit: int) -> bytes:
        """The rest of the body, at most `limit` bytes. Raises UpstreamError."""
        length = self._response.get_header("content-length")
        if length is not None and length.isdigit() and int(length) <= min(limit, 1 << 20):
            try:
                body = await self._response.bytes()
            except wire.PyreqwestError as error:
                raise translate(error, began=True) from None
            self._over = True
            return body.to_bytes()
        pieces: list[bytes] = []
        size = 0
        while (piece := await self.chunk()) is not None:
            size += len(piece)
            if size > limit:
                raise UpstreamError(
                    502, "The provider's answer is larger than this gateway accepts.", klass="upstream_too_large"
                )
            pieces.append(piece)
        return b"".join(pieces)

    async def beginning(self, limit: int) -> bytes:
        """The body, but at most `limit` bytes of it, or what came of it: an error's status says more than its text."""
        body = b""
        try:
            while len(body) < limit and (piece := await self.chunk()) is not None:
                body += piece
        except UpstreamError:
            pass
        return body[:limit]

    async def finish(self, seconds: float) -> None:
        """Read on to the end, so that the connection can be used again, but for no longer than that; never raises."""
        if self._over:
            return
        try:
            async with asyncio.timeout(seconds):
                while await self.chunk() is not None:
                    pass
        except (TimeoutError, UpstreamError):
            pass

    async def close(self) -> None:
        """Give the connection back, or cut it when the body was not read to its end."""
        if not self._over:
            self._over = True
            await self._request.__aexit__(None, None, None)


class Upstream(Protocol):
    """Sends a request to a channel's provider."""

    async def send(
        self, channel: Channel, path: str, headers: list[tuple[str, str]], body: bytes, *, stream: bool
    ) -> Answer:
        """POST `body`; returns when the head of the answer has arrived. Raises UpstreamError."""


class Direct:
    """Upstream calls from this process."""

    def __init__(self, *, idle_connections: int = 512) -> None:
        self._clients: dict[tuple[float, float, str], Client] = {}
        self._idle_connections = idle_connections

    async def send(
        self, channel: Channel, path: str, headers: list[tuple[str, str]], body: bytes, *, stream: bool
    ) -> Answer:
        """See Upstream.send."""
        return await self.request(
            "POST",
            channel.base_url + path,
            headers,
            body,
            stream=stream,
            connect_s=channel.connect_s,
            read_s=channel.read_s,
            proxy=channel.proxy,
        )

    async def request(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes,
        *,
        stream: bool,
        connect_s: float,
        read_s: float = READ_S,
        proxy: str = "",
    ) -> Answer:
        """Any request; `stream`: hand out the head as soon as it is there instead of waiting for a small body.

        Raises UpstreamError.
        """
        opened = await self.open(
            method, url, headers, body, stream=stream, connect_s=connect_s, read_s=read_s, proxy=proxy
        )
        return Answer(*opened)

    async def open(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes,
        *,
        stream: bool,
        connect_s: float,
        read_s: float = READ_S,
        proxy: str = "",
    ) -> tuple[StreamRequest, Response]:
        """The library's own request and response, for kinds of Answer. Raises UpstreamError."""
        client = self._clients.get((connect_s, read_s, proxy)) or self._client(connect_s, read_s, proxy)
        try:
            builder = client.request(method, url).headers(headers).streamed_read_buffer_limit(0 if stream else WHOLE)
            request = (builder.body_bytes(body) if body else builder).build_streamed()
            return request, await request.__aenter__()
        except wire.PyreqwestError as error:
            raise translate(error, began=False) from None
        except ValueError:  # the library's word for an address or a header that cannot be
            raise _config() from None

    async def close(self) -> None:
        """Close all pools."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()

    def _client(self, connect_s: float, read_s: float, proxy: str) -> Client:
        builder = (
            ClientBuilder()
            .connect_timeout(timedelta(seconds=connect_s))
            .read_timeout(timedelta(seconds=read_s))
            .pool_max_idle_per_host(self._idle_connections)
            .pool_idle_timeout(timedelta(seconds=60))
            .tcp_nodelay(True)
            .tcp_keepalive(timedelta(seconds=30))
            .follow_redirects(False)
            .referer(False)
        )
        builder = builder.proxy(ProxyBuilder.all(proxy)) if proxy else builder.no_proxy()
        client = self._clients[connect_s, read_s, proxy] = builder.build()
        return client


def translate(error: wire.PyreqwestError, *, began: bool) -> UpstreamError:
    """Pyreqwest's error as ours. The message never holds the address that was called."""
    if isinstance(error, wire.ConnectTimeoutError) or (isinstance(error, wire.ConnectError) and not _sent(error)):
        return UpstreamError(502, "The provider could not be reached.", klass="upstream_unreachable")
    if isinstance(error, wire.RequestTimeoutError):
        return UpstreamError(504, "The provider did not answer in time.", klass="upstream_timeout")
    if isinstance(error, wire.BuilderError):
        return _config()
    if began or isinstance(error, wire.BodyDecodeError):
        return UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut")
    return UpstreamError(502, "The connection to the provider failed.", klass="upstream_reset")


def _sent(error: wire.ConnectError) -> bool:
    """Whether the connection stood and broke under the request: pyreqwest has one name for both, hyper's causes two."""
    causes = error.details["causes"] or []
    return any("(SendRequest)" in cause["message"] for cause in causes)


def _config() -> UpstreamError:
    return UpstreamError(502, "The channel's address or headers are not valid.", klass="upstream_config")
