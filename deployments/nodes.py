"""Where this replica's node is."""

import ray

from deployments.settings import Settings


def internal_host(settings: Settings) -> str:
    """The address to bind an internal port to."""
    return str(ray.util.get_node_ip_address()) if settings.internal_host == "node" else settings.internal_host
