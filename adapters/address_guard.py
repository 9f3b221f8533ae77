"""Which addresses the gateway connects to on behalf of people: public ones, and networks that the operator allows.

Pure: decides on addresses, resolves and opens nothing. A name is decided on by the addresses it resolves to, and those
are then connected to: a name that answers otherwise the second time gains nothing.
"""

import ipaddress
from collections.abc import Iterable

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PORTS = frozenset({80, 443})
_FIRST_OPEN_PORT = 1024

# Public by their number, and yet not: machines of the cloud that the gateway runs in, relays, anycast of protocols.
_NOT_PUBLIC: tuple[Network, ...] = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's platform services (learn.microsoft.com, 2026-11)
    ipaddress.IPv4Network("192.0.0.0/24"),  # IETF protocol assignments, RFC 6890
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4, RFC 7526
    ipaddress.IPv4Network("100.64.0.0/10"),  # carriers' networks, RFC 6598; Alibaba's metadata is in it
    ipaddress.IPv4Network("240.0.0.0/4"),
    ipaddress.IPv6Network("2001::/23"),  # IETF protocol assignments with Teredo, RFC 6890
    ipaddress.IPv6Network("2001:db8::/32"),
    ipaddress.IPv6Network("2002::/16"),  # 6to4: an IPv4 address in disguise
    ipaddress.IPv6Network("3fff::/20"),
)
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Guard:
    """`allow`: networks (CIDR) that may be fetched from although they are not public."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allowed = tuple(ipaddress.ip_network(network) for network in allow)

    def passes(self, address: str) -> bool:
        """Whether a numeric address may be connected to."""
        try:
            ip: Ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        ip = _unwrapped(ip)
        return any(ip in network for network in self._allowed) or _is_public(ip)


def is_open_port(port: int) -> bool:
    """Whether a medium may be at that port: those of the web, and those that need no privilege to listen on."""
    return port in _PORTS or port >= _FIRST_OPEN_PORT


def _unwrapped(ip: Ip) -> Ip:
    """The IPv4 address in a mapped one or in one of a NAT64, where there is one."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _is_public(ip: Ip) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)
