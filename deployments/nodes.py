"""Where this replica's node is."""

import os

import ray

from deployments.settings import Settings


def internal_host(settings: Settings) -> str:
    """The address to bind an internal port to."""
    return str(ray.util.get_node_ip_address()) if settings.internal_host == "node" else settings.internal_host


def step_back() -> None:
    """Give this process less of a busy CPU than others get; only for one that Ray runs, and that is therefore ours."""
    if ray.is_initialized():
        os.nice(5)
