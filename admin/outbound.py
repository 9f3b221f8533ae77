"""Calls to addresses that people typed in (webhooks, identity providers, payment gateways), as an httpx transport.

Names are resolved here and the connection goes to the very address that was checked, so that a name which answers
otherwise the second time gains nothing; of several the next is tried when one cannot be connected to. Private networks
are refused unless an option allows them. Answers are bounded, and read as they are: one that is packed although nobody
asked for it is never unpacked, however large it would become.
It follows no redirects, sends no cookies and knows no proxy.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import httpx

from adapters.address_guard import Guard

Allowed = Callable[[], Awaitable[Iterable[str]]]
Resolve = Callable[[str, int], Awaitable[list[str]]]

Outbound = httpx.AsyncClient
"""What endpoints call with; `outbound_client` makes one."""

MAX_ANSWER = 8 * 1024 * 1024
TIMEOUT_S = 15.0
MOST_ADDRESSES = 3
"""How many addresses of a name are tried."""


class RefusedAddressError(httpx.ConnectError):
    """The host has no address that may be connected to."""


class _Bounded(httpx.AsyncByteStream):
    """An answer's body; longer than allowed it is an error."""

    def __init__(self, stream: httpx.AsyncByteStream, most: int) -> None:
        self._stream = stream
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > self._most:
                raise httpx.ReadError("the answer is larger than is read")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """`allowed` names the networks (CIDR) that may be connected to although they are not public."""

    def __init__(self, allowed: Allowed, *, resolve: Resolve | None = None, most: int = MAX_ANSWER) -> None:
        self._allowed = allowed
        self._resolve = resolve or _look_up
        self._most = most
        # A kept connection is known by its number, and was verified for the first name only.
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it. Raises RefusedAddressError and what httpx raises."""
        url = request.url
        if url.scheme not in ("http", "https") or not url.host or url.userinfo:
            raise httpx.UnsupportedProtocol("only http:// and https:// without a user name are called")
        host = url.raw_host.decode("ascii").strip("[]")
        guard = Guard(await self._allowed())
        try:
            found = await self._resolve(host, url.port or (443 if url.scheme == "https" else 80))
        except (OSError, UnicodeError):
            found = []
        # One sentence for both, so that nobody learns which names exist inside.
        addresses = [address for address in dict.fromkeys(found) if guard.passes(address)]
        if not addresses:
            raise RefusedAddressError("the host has no public address", request=request)
        request.headers["host"] = url.netloc.decode("ascii")
        request.headers["accept-encoding"] = "identity"
        request.extensions = {**request.extensions, "sni_hostname": host}
        response = await self._first(request, url, addresses[:MOST_ADDRESSES])
        # httpx would unpack it piece by piece, and a piece of 64 KB may become 64 MB.
        response.headers.pop("content-encoding", None)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Bounded(response.stream, self._most)
        return response

    async def _first(self, request: httpx.Request, url: httpx.URL, addresses: list[str]) -> httpx.Response:
        """The answer of the first address that can be connected to; nothing of a body was sent to the others."""
        try:
            for address in addresses[:-1]:
                request.url = url.copy_with(host=address)
                try:
                    return await self._inner.handle_async_request(request)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    continue
            request.url = url.copy_with(host=addresses[-1])
            return await self._inner.handle_async_request(request)
        finally:
            request.url = url

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


def outbound_client(allowed: Allowed, *, resolve: Resolve | None = None) -> Outbound:
    """A client on a guarded transport."""
    return httpx.AsyncClient(
        transport=GuardedTransport(allowed, resolve=resolve),
        timeout=httpx.Timeout(TIMEOUT_S, connect=5.0),
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": "llm-gateway"},
    )


async def _look_up(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in found]
