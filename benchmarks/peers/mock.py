"""The mock directly, with nothing between: the base of every "added" figure and the ceiling of the generator."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.base import Running, Target, wait_ready


class MockDirect(Target):
    """No gateway at all."""

    name = "mock"
    about = "the load generator calls the mock upstream directly"

    def version(self) -> str:
        """Return a dash: it is part of this suite."""
        return "-"

    def start(self, upstream_port: int, models: Sequence[str], logs: Path) -> Running:  # noqa: ARG002
        """Point at the mock that runs anyway."""
        running = Running(upstream_port, [("authorization", "Bearer sk-upstream")], None)
        wait_ready(running, time.monotonic(), 10)
        return running
