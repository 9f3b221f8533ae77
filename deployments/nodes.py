"""Where this replica's node is."""

import os
import uuid
from pathlib import Path

from deployments.settings import Settings


def internal_host(settings: Settings) -> str:
    """The address to bind an internal port to."""
    import ray  # noqa: PLC0415  # 50 MB that a process without Ray need not hold

    return str(ray.util.get_node_ip_address()) if settings.internal_host == "node" else settings.internal_host


def tag(data: Path) -> str:
    """A short name of the node whose journal is in this data directory, part of the names of its replicas.

    It lets a lease's expiry be judged where the journal of its replica is.
    """
    path = data / "node-id"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(uuid.uuid4().hex[:6])
        try:
            os.link(draft, path)  # of several processes the first one decides
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()
