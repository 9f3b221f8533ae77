"""The bare relays as targets: the limit of the libraries the gateway stands on, in one process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from benchmarks.peers.base import Running, Target, Unavailable, free_port, launch, python_module, wait_ready


class Bare(Target):
    """The gateway's libraries without a gateway."""

    name = "bare"
    about = "one process, the gateway's libraries, no authentication, routing, accounting or metrics"
    module = "benchmarks.peers.bare_relay"
    libraries: tuple[str, ...] = ("uvloop", "httptools", "pyreqwest")

    def install(self) -> None:
        """Check that the libraries are there."""
        self.version()

    def version(self) -> str:
        """Return the versions of the libraries.

        Raises:
            Unavailable: one is not installed.
        """
        try:
            return ", ".join(f"{name} {installed(name)}" for name in self.libraries)
        except PackageNotFoundError as error:
            raise Unavailable(f"{error.name} is not installed here (make setup-dev)") from error

    def start(self, upstream_port: int, models: Sequence[str], logs: Path) -> Running:  # noqa: ARG002
        """Start the relay."""
        port = free_port()
        upstream = f"http://127.0.0.1:{upstream_port}"
        command = python_module(self.module, "--port", str(port), "--upstream", upstream)
        began = time.monotonic()
        running = Running(port, [("authorization", "Bearer sk-none")], launch(self.name, command, logs))
        wait_ready(running, began, 20, log=logs / f"{self.name}.log")
        return running


class BareGranian(Bare):
    """The same relay on the server that decision 0002 weighs against the gateway's own."""

    name = "bare-granian"
    about = "one process, Granian RSGI in place of the gateway's server, otherwise as bare"
    module = "benchmarks.peers.bare_granian_relay"
    libraries = ("granian", "pyreqwest")
