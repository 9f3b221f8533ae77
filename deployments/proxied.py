"""Upstream calls through an HTTP or SOCKS proxy: pyreqwest (reqwest, hyper, rustls) does what `http1_pool` does not.

Known limit of pyreqwest 0.15: a request that is cancelled before the head of its answer has come goes on in its
runtime: the provider is not told that the client left; `read_s` bounds how long. Without a proxy this does not happen.
"""

from datetime import timedelta

from pyreqwest import exceptions as wire
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import StreamRequest
from pyreqwest.response import Response, ResponseBodyReader

from adapters.errors import UpstreamError
from deployments.answer import Answer, cut, misconfigured, reset, unreachable


class ProxiedAnswer(Answer):
    """An answer of pyreqwest's."""

    __slots__ = ("_reader", "_request", "_response")

    def __init__(self, request: StreamRequest, response: Response) -> None:
        super().__init__(response.status)
        self._request = request
        self._response = response
        self._reader: ResponseBodyReader | None = None

    def header(self, name: str) -> str | None:
        """See Answer.header."""
        try:
            return self._response.get_header(name)
        except ValueError:
            return None

    def headers(self) -> list[tuple[str, str]]:
        """See Answer.headers."""
        return [(str(name).lower(), value) for name, value in self._response.headers.items()]

    async def _next(self) -> bytes | None:
        if self._reader is None:
            self._reader = self._response.body_reader
        try:
            chunk = await self._reader.read_chunk()
        except wire.PyreqwestError as error:
            raise translate(error, began=True) from None
        return None if chunk is None else chunk.to_bytes()

    async def _drop(self) -> None:
        await self._request.__aexit__(None, None, None)


class Proxied:
    """Clients by connect timeout, read timeout and proxy."""

    def __init__(self, *, idle_connections: int = 512) -> None:
        self._clients: dict[tuple[float, float, str], Client] = {}
        self._idle_connections = idle_connections

    async def request(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes,
        *,
        connect_s: float,
        read_s: float,
        proxy: str,
    ) -> Answer:
        """Send a request and wait for the head of its answer. Raises UpstreamError."""
        try:
            client = self._clients.get((connect_s, read_s, proxy)) or self._client(connect_s, read_s, proxy)
            builder = client.request(method, url).headers(headers).streamed_read_buffer_limit(0)
            request = (builder.body_bytes(body) if body else builder).build_streamed()
            return ProxiedAnswer(request, await request.__aenter__())
        except wire.PyreqwestError as error:
            raise translate(error, began=False) from None
        except ValueError:  # the library's word for an address or a header that cannot be
            raise misconfigured() from None

    async def close(self) -> None:
        """Close all clients."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()

    def _client(self, connect_s: float, read_s: float, proxy: str) -> Client:
        client = self._clients[connect_s, read_s, proxy] = (
            ClientBuilder()
            .connect_timeout(timedelta(seconds=connect_s))
            .read_timeout(timedelta(seconds=read_s))
            .pool_max_idle_per_host(self._idle_connections)
            .pool_idle_timeout(timedelta(seconds=60))
            .tcp_keepalive(timedelta(seconds=30))
            .follow_redirects(False)
            .referer(False)
            .proxy(ProxyBuilder.all(proxy))
            .build()
        )
        return client


def translate(error: wire.PyreqwestError, *, began: bool) -> UpstreamError:
    """Pyreqwest's error as ours. The message never holds the address that was called."""
    if isinstance(error, wire.ConnectTimeoutError) or (isinstance(error, wire.ConnectError) and not _sent(error)):
        return unreachable()
    if isinstance(error, wire.RequestTimeoutError):
        return UpstreamError(504, "The provider did not answer in time.", klass="upstream_timeout")
    if isinstance(error, wire.BuilderError):
        return misconfigured()
    if began or isinstance(error, wire.BodyDecodeError):
        return cut()
    return reset()


def _sent(error: wire.ConnectError) -> bool:
    """Whether the connection stood and broke under the request: pyreqwest has one name for both, hyper's causes two."""
    causes = error.details["causes"] or []
    return any("(SendRequest)" in cause["message"] for cause in causes)
