"""Which addresses are this machine's own: models there cost nothing unless a price is set. Pure, resolves nothing."""

import ipaddress
from urllib.parse import urlsplit


def is_local(url: str) -> bool:
    """Whether the URL names this machine: localhost, a loopback address, or the host that a container runs on."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if host in {"localhost", "host.docker.internal", "host.containers.internal"} or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
