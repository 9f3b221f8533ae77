"""The only way to providers. Everything else sees `Upstream` and `Answer`.

`http1_pool` carries the calls; those of a channel with a proxy go through `proxied`. Why two: docs/decisions/0003.
"""

from typing import Protocol

from deployments.answer import Answer
from deployments.endpoint import Endpoint
from deployments.http1_pool import Http1Pool
from deployments.proxied import Proxied
from deployments.table import Channel

__all__ = ["Answer", "Direct", "Upstream"]


class Upstream(Protocol):
    """Sends a request to a channel's provider."""

    async def send(
        self, channel: Channel, endpoint: Endpoint, path: str, headers: list[tuple[str, str]], body: bytes
    ) -> Answer:
        """POST `body` to one of the channel's protocols; returns when the head of the answer has arrived.

        `path` has its query with it. Raises UpstreamError.
        """


class Direct:
    """Upstream calls from this process. Make it inside a running event loop."""

    def __init__(self, *, idle_connections: int = 512) -> None:
        self._pool = Http1Pool(idle_connections=idle_connections)
        self._proxied = Proxied(idle_connections=idle_connections)

    async def send(
        self, channel: Channel, endpoint: Endpoint, path: str, headers: list[tuple[str, str]], body: bytes
    ) -> Answer:
        """See Upstream.send."""
        return await self.call(channel, "POST", endpoint.base_url + path, headers, body)

    async def call(
        self, channel: Channel, method: str, url: str, headers: list[tuple[str, str]], body: bytes
    ) -> Answer:
        """Any request to a channel's provider, through its proxy where it has one. Raises UpstreamError."""
        if channel.proxy:
            return await self._proxied.request(
                method,
                url,
                headers,
                body,
                connect_s=channel.connect_s,
                read_s=channel.read_s,
                proxy=channel.proxy,
            )
        return await self._pool.request(method, url, headers, body, connect_s=channel.connect_s)

    async def request(
        self, method: str, url: str, headers: list[tuple[str, str]], body: bytes, *, connect_s: float
    ) -> Answer:
        """Any request, without a proxy. Raises UpstreamError."""
        return await self._pool.request(method, url, headers, body, connect_s=connect_s)

    async def close(self) -> None:
        """Close all connections that wait for a next request."""
        await self._pool.close()
        await self._proxied.close()
