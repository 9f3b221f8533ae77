"""Where and for what a key may be used: endpoints and networks. Compiled once per key; most keys have no rules.

Looks at a call and an address; knows no database and answers nobody.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from adapters.endpoint_names import ENDPOINTS
from adapters.errors import ClientError
from deployments.request import Request

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_FORWARDED = b"x-forwarded-for"
_MOST_HOPS = 20


class KeyRules:
    """`endpoints` and `networks` as stored, None: all. An unknown name of an endpoint allows nothing."""

    __slots__ = ("_calls", "_networks")

    def __init__(self, endpoints: Iterable[str] | None, networks: Iterable[str] | None) -> None:
        known = None if endpoints is None else [ENDPOINTS[name] for name in endpoints if name in ENDPOINTS]
        self._calls = None if known is None else frozenset(known)
        self._networks = None if networks is None else parsed(networks)

    def check(self, request: Request, call: tuple[str, str] | None, trusted: Sequence[Network]) -> None:
        """Raises ClientError (403). `call` is (protocol, operation), None for what generates nothing."""
        if self._networks is not None:
            address = client_address(request, trusted)
            if address is None or not _in(address, self._networks):
                raise ClientError(403, "This API key may not be used from this network.", code="network_not_allowed")
        if self._calls is not None and call is not None and call not in self._calls:
            raise ClientError(403, "This API key may not use this endpoint.", code="endpoint_not_allowed")


def rules_of(endpoints: Iterable[str] | None, networks: Iterable[str] | None) -> KeyRules | None:
    """The rules of a key, None when it has none."""
    return None if endpoints is None and networks is None else KeyRules(endpoints, networks)


def parsed(networks: Iterable[str]) -> tuple[Network, ...]:
    """The networks of their texts; what is none is left out."""
    found: list[Network] = []
    for text in networks:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            continue
    return tuple(found)


def client_address(request: Request, trusted: Sequence[Network]) -> Address | None:
    """Where a request comes from: the peer, or what trusted proxies in front say, from the nearest on; None: unknown.

    What a client itself writes into X-Forwarded-For stands before what the first trusted proxy adds, and is not read.
    """
    address = _address(request.connection.client_ip)
    if not trusted or address is None or not _in(address, trusted):
        return address
    chain = request.headers.get(_FORWARDED, b"").decode("latin-1").split(",")[-_MOST_HOPS:]
    for item in reversed(chain):
        before = _address(item.strip())
        if before is None:
            return address
        address = before
        if not _in(address, trusted):
            break
    return address


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
