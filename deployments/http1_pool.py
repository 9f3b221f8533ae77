"""Connections to providers, kept for the next request: by scheme, host and port, the last used first."""

import asyncio
import ssl
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import httpx

from adapters.errors import UpstreamError
from deployments.answer import misconfigured, unreachable
from deployments.http1 import Wire
from deployments.http1_answer import Http1Answer
from storage.patience import patience

IDLE_S = 60.0
"""A connection that nobody used for this long is closed."""

_SAFE = "%/:?#[]@!$&'()*+,;=-._~"


class Place(NamedTuple):
    """Where a connection goes."""

    tls: bool
    host: str
    port: int


class Address(NamedTuple):
    """An address taken apart: where to connect, the Host header, the request target."""

    place: Place
    host: str
    target: str


class Http1Pool:
    """Sends requests over kept or new connections. `idle_connections`: kept for each place."""

    def __init__(self, *, idle_connections: int = 512) -> None:
        self._idle_connections = idle_connections
        self._idle: dict[Place, list[Wire]] = {}
        self._loop = asyncio.get_running_loop()
        self._tls: ssl.SSLContext | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    async def request(
        self, method: str, url: str, headers: list[tuple[str, str]], body: bytes, *, connect_s: float
    ) -> Http1Answer:
        """Send a request and wait for the head of its answer. Raises UpstreamError; cancelling cuts the connection."""
        try:
            address = _address(url)
            request = _head(method, address, headers, len(body))
        except ValueError:
            raise misconfigured() from None
        bodiless = method == "HEAD"
        idle = self._idle.get(address.place)
        while idle:
            wire = idle.pop()
            if not wire.usable:
                continue
            try:
                return await wire.ask(request, body, bodiless=bodiless)
            except UpstreamError:
                # Most likely the provider closed a kept connection just as it was used again. The caller decides
                # whether to try once more; the others of that age are as doubtful, so that will be on a new one.
                for other in idle:
                    other.drop()
                idle.clear()
                raise
        wire = await self._connect(address.place, connect_s)
        return await wire.ask(request, body, bodiless=bodiless)

    async def close(self) -> None:
        """Close all kept connections."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        idle, self._idle = self._idle, {}
        for wires in idle.values():
            for wire in wires:
                wire.drop()

    async def _connect(self, place: Place, connect_s: float) -> Wire:
        if place.tls and self._tls is None:
            self._tls = await asyncio.to_thread(_trust)
        try:
            async with patience(connect_s):
                _, wire = await self._loop.create_connection(
                    lambda: Wire(self._loop, lambda done: self._keep(place, done)),
                    place.host,
                    place.port,
                    ssl=self._tls if place.tls else None,
                )
        except (OSError, TimeoutError):  # ssl.SSLError and socket.gaierror are OSErrors
            raise unreachable() from None
        except (UnicodeError, ValueError):
            raise misconfigured() from None
        return wire

    def _keep(self, place: Place, wire: Wire) -> None:
        idle = self._idle.setdefault(place, [])
        if len(idle) >= self._idle_connections:
            wire.drop()
            return
        wire.idle_since = self._loop.time()
        idle.append(wire)
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(IDLE_S, self._sweep)

    def _sweep(self) -> None:
        """Close what was not used for long; once a minute while anything is kept."""
        self._sweeper = None
        limit = self._loop.time() - IDLE_S
        for place, wires in list(self._idle.items()):
            kept = []
            for wire in wires:
                if wire.usable and wire.idle_since > limit:
                    kept.append(wire)
                else:
                    wire.drop()
            if kept:
                self._idle[place] = kept
            else:
                del self._idle[place]
        if self._idle:
            self._sweeper = self._loop.call_later(IDLE_S, self._sweep)


def _trust() -> ssl.SSLContext:
    """The certificates that httpx trusts (certifi's, or SSL_CERT_FILE and SSL_CERT_DIR)."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


@lru_cache(maxsize=4096)
def _address(url: str) -> Address:
    """Raises ValueError for what is no http(s) address."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    if not (tls or parts.scheme == "http") or not parts.hostname or parts.username is not None:
        raise ValueError(parts.scheme)
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    port = parts.port or (443 if tls else 80)
    shown = f"[{host}]" if ":" in host else host
    if port != (443 if tls else 80):
        shown = f"{shown}:{port}"
    target = quote(parts.path or "/", safe=_SAFE, encoding="latin-1", errors="replace")
    if parts.query:
        target = f"{target}?{quote(parts.query, safe=_SAFE, encoding='latin-1', errors='replace')}"
    return Address(Place(tls, host, port), shown, target)


def _head(method: str, address: Address, headers: list[tuple[str, str]], length: int) -> bytes:
    """Request line and headers. Raises ValueError for a header that would break out of its line."""
    lines = [f"{method} {address.target} HTTP/1.1\r\nhost: {address.host}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in headers]
    if length or method not in ("GET", "HEAD"):
        lines.append(f"content-length: {length}\r\n")
    head = "".join(lines)
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1 or "\0" in head:
        raise ValueError("a header has a line break")
    return head.encode("latin-1") + b"\r\n"
