"""Fetching media that a client names by URL, where a provider's protocol takes only the bytes.

The client chooses the address, so it is treated as hostile: only addresses that the guard passes are connected to, by
number, also after redirects; sizes and times are bounded; nothing of the answer but a medium is handed on. No header,
cookie or proxy of the gateway's own goes along.
"""

import asyncio
import logging
import socket
import ssl
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import partial

import httpx

from adapters.address_guard import Guard, is_open_port
from adapters.canonical.context import Fetched
from adapters.errors import ClientError, GatewayError, GatewayFault
from adapters.media import plain_type, sniff
from deployments.settings_fetch import Fetch

Resolve = Callable[[str, int], Awaitable[list[str]]]
Count = Callable[[str, tuple[str, ...]], None]

MAX_URL = 8192
_ADDRESSES = 3
_CONNECT_S = 5.0
_RESOLVERS = 4
_UNTYPED = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/binary"})
_HEADERS = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "llm-gateway"}
_FETCHES = "gateway_media_fetches_total"


class FetchError(Exception):
    """One medium cannot be had; the text is a clause for the client and names no address."""


class Budget:
    """Bytes that the media of one request may still have."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        """Raises FetchError when it is spent."""
        self.left -= size
        if self.left < 0:
            raise FetchError("the media of this request are larger together than this gateway fetches")


class Fetcher:
    """One for each replica. `resolve` (host, port) gives numeric addresses; it may raise OSError."""

    def __init__(self, rules: Fetch, count: Count | None = None, resolve: Resolve | None = None) -> None:
        self._rules = rules
        self._guard = Guard(rules.allow)
        self._count = count or (lambda _name, _labels: None)
        # Names that a client chose may take long to resolve: providers' names are not to wait behind them.
        self._names = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="names")
        self._resolve = resolve or self._look_up
        self._slots = asyncio.Semaphore(rules.at_once)
        self._client: httpx.AsyncClient | None = None
        self._log = logging.getLogger("gateway")

    async def fetch(self, urls: Iterable[str]) -> dict[str, Fetched]:
        """The media by URL, each once.

        Raises ClientError (400) that names the host of the first one that fails, GatewayFault (503) when too many are
        being fetched.
        """
        wanted = list(dict.fromkeys(urls))
        if not wanted:
            return {}
        if not self._rules.enabled:
            raise _refused("The provider of this model takes no URLs of media, and this gateway fetches none.")
        if len(wanted) > self._rules.per_request:
            raise _refused(f"The request names more media by URL than the {self._rules.per_request} that are fetched.")
        budget = Budget(self._rules.request_bytes)
        tasks: list[asyncio.Task[Fetched]] = []
        try:
            async with asyncio.TaskGroup() as group:
                tasks.extend(group.create_task(self._one(url, budget)) for url in wanted)
        except* GatewayError as failed:
            raise failed.exceptions[0] from None
        return {url: task.result() for url, task in zip(wanted, tasks, strict=True)}

    async def close(self) -> None:
        """Close what is open."""
        self._names.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            await self._client.aclose()

    async def _one(self, url: str, budget: Budget) -> Fetched:
        try:
            await asyncio.wait_for(self._slots.acquire(), self._rules.timeout_s)
        except TimeoutError:
            self._count(_FETCHES, ("busy",))
            raise GatewayFault(
                503, "The gateway fetches too many media at the moment; retry.", code="media_busy", retry_after="5"
            ) from None
        try:
            async with asyncio.timeout(self._rules.timeout_s):
                fetched = await self._follow(url, budget)
        except TimeoutError:
            reason, outcome = f"it took longer than {self._rules.timeout_s:g} s", "timeout"
        except FetchError as error:
            reason, outcome = str(error), "refused"
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ssl.SSLError) as error:
            self._log.info("a medium could not be fetched: %s", type(error).__name__)
            reason, outcome = "the server does not answer as it should", "failed"
        else:
            self._count(_FETCHES, ("ok",))
            return fetched
        finally:
            self._slots.release()
        self._count(_FETCHES, (outcome,))
        raise _refused(f"The medium at {_host(url)} could not be fetched: {reason}.")

    async def _follow(self, url: str, budget: Budget) -> Fetched:
        client = await self._ready()
        target = _parsed(url)
        for _ in range(self._rules.redirects + 1):
            response = await self._get(client, target)
            try:
                if not response.has_redirect_location:
                    return await self._read(response, budget)
                target = _parsed(str(target.join(response.headers["location"])))
            finally:
                await response.aclose()
        raise FetchError("it redirects too often")

    async def _get(self, client: httpx.AsyncClient, target: httpx.URL) -> httpx.Response:
        """The head of the answer, from the first address of the host that the guard passes and that answers."""
        host = target.raw_host.decode("ascii").strip("[]")
        port = target.port or (443 if target.scheme == "https" else 80)
        if not is_open_port(port):
            raise FetchError(f"nothing is fetched from port {port}")
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            found = []
        # One sentence for both, so that nobody learns which names exist inside.
        addresses = [address for address in dict.fromkeys(found) if self._guard.passes(address)][:_ADDRESSES]
        if not addresses:
            raise FetchError("its host has no public address")
        headers = {**_HEADERS, "host": target.netloc.decode("ascii")}
        for number, address in enumerate(addresses, 1):
            request = client.build_request(
                "GET", target.copy_with(host=address), headers=headers, extensions={"sni_hostname": host}
            )
            try:
                return await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise FetchError("its host has no public address")

    async def _read(self, response: httpx.Response, budget: Budget) -> Fetched:
        if response.status_code != 200:
            raise FetchError(f"the server answers with status {response.status_code}")
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise FetchError("the server sends it packed although it was asked not to")
        most = self._rules.max_bytes
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise FetchError(f"it is larger than the {most} bytes that are fetched")
        pieces: list[bytes] = []
        size = 0
        async for piece in response.aiter_raw():
            size += len(piece)
            if size > most:
                raise FetchError(f"it is larger than the {most} bytes that are fetched")
            budget.take(len(piece))
            pieces.append(piece)
        data = b"".join(pieces)
        media_type = self._type(response.headers.get("content-type", ""), data)
        return Fetched(media_type, b64encode(data).decode())

    def _type(self, content_type: str, data: bytes) -> str:
        """What it is: what its bytes say, else what the server says. Raises FetchError for what is not taken."""
        said = plain_type(content_type)
        media_type = sniff(data[:16]) or said
        if said.startswith("text/") and b"\0" not in data[:1024]:  # a text may begin like a picture
            media_type = said
        if not data:
            raise FetchError("it is empty")
        if media_type in _UNTYPED or not any(fnmatchcase(media_type, pattern) for pattern in self._rules.types):
            shown = media_type if media_type.isascii() and media_type.isprintable() else ""
            raise FetchError(f"its type is not taken ({shown[:80] or 'unknown'})")
        return media_type

    async def _ready(self) -> httpx.AsyncClient:
        client = self._client
        if client is None:
            trusted = await asyncio.to_thread(httpx.create_ssl_context)
            # No connection is kept: a kept one is known by its number, and was verified for the first name only.
            client = self._client = self._client or httpx.AsyncClient(
                verify=trusted,
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(self._rules.timeout_s, connect=_CONNECT_S),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            )
        return client

    async def _look_up(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._names, partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        )
        return [str(row[4][0]) for row in found]


def _parsed(url: str) -> httpx.URL:
    """Raises FetchError for what is no address of a medium."""
    if len(url) > MAX_URL:
        raise FetchError("its URL is too long")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise FetchError("its URL is not valid") from None
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise FetchError("its URL is not valid")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise FetchError("its URL must begin with https:// or http://")
    if parsed.userinfo:
        raise FetchError("its URL holds a user name or password")
    return parsed


def _host(url: str) -> str:
    try:
        return repr(httpx.URL(url).host[:100]) if len(url) <= MAX_URL else "the given URL"
    except httpx.InvalidURL:
        return "the given URL"


def _refused(message: str) -> ClientError:
    return ClientError(400, message, code="media_not_fetched")
