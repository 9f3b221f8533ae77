"""Pure ASGI middleware: where a request really comes from. Writes client, scheme and host into the scope.

The last item of `X-Forwarded-For`, `-Proto` and `-Host` is the ingress's own: whom it talks to, how, and under which
name. What stands before it was said by whoever sent the request, and is believed only of a proxy that
`network.trusted_proxies` lists: then the item before it counts, and so on from right to left. The headers are gone
afterwards, so that nothing behind this reads them.
"""

import ipaddress
import logging
import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from admin.options.network import Network
from admin.problems import Problem
from admin.services import Services

log = logging.getLogger(__name__)

_HEADERS = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"x-real-ip"}
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_MOST = 20

Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]


class Forwarded:
    """Wraps a FastAPI application, whose state holds the services."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._trusted: Networks = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            await self._rewrite(scope)
        await self.app(scope, receive, send)

    async def _rewrite(self, scope: Scope) -> None:
        chain = _items(scope, b"x-forwarded-for")
        protocols, hosts = _items(scope, b"x-forwarded-proto"), _items(scope, b"x-forwarded-host")
        client = scope.get("client")
        if not chain:
            chain = [client[0]] if client else []
        hops = 0
        if len(chain) > 1 or len(protocols) > 1 or len(hosts) > 1:
            hops = trusted_hops(chain, await self._networks(scope["app"].state.services))
        scope["gateway.client_ip"] = _address(chain[-1 - min(hops, len(chain) - 1)]) if chain else ""
        behind = 1 if hops else 0
        if protocols:
            said = protocols[-1 - min(behind, len(protocols) - 1)].lower()
            scope["scheme"] = "https" if said == "https" else "http"
        headers = [pair for pair in scope["headers"] if pair[0] not in _HEADERS]
        if hosts and _HOST.fullmatch(said := hosts[-1 - min(behind, len(hosts) - 1)]):
            headers = [pair for pair in headers if pair[0] != b"host"] + [(b"host", said.encode())]
        scope["headers"] = headers

    async def _networks(self, services: Services) -> Networks:
        """The trusted networks; the last known ones while the database is away."""
        try:
            listed = (await services.options.get(Network)).trusted_proxies
        except Problem:
            return self._trusted
        self._trusted = [ipaddress.ip_network(item) for item in listed]
        return self._trusted


def trusted_hops(chain: Sequence[str], trusted: Networks) -> int:
    """How many addresses, from the right, are of trusted proxies; the address left of them is the client's."""
    hops = 0
    for text in reversed(chain):
        try:
            address = ipaddress.ip_address(_address(text))
        except ValueError:
            break
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if not any(address in network for network in trusted):
            break
        hops += 1
    return hops


def _items(scope: Scope, name: bytes) -> list[str]:
    text = ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)
    return [item for item in (part.strip() for part in text.split(",")) if item][-_MOST:]


def _address(text: str) -> str:
    """An address without port and brackets; "unknown" for what is none, as the header can say anything."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return "unknown"
