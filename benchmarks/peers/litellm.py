"""LiteLLM proxy (PyPI) with its documented production settings, in an environment of its own.

Settings after its pages "Production Best Practices" (2026-10-10) and "CLI Arguments" (2026-10-08): master key, no
verbose logging, LITELLM_MODE=PRODUCTION, LITELLM_LOG=ERROR, one worker per core (`litellm+workers=N` for another
number; its own default is 1). No database, so it keeps no spend: that is less work than the gateway does, not more.
Nothing may wait for the internet: bundled price map and tokenizers, Hugging Face offline.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.peers.base import (
    Running,
    Target,
    environment,
    free_port,
    launch,
    python_environment,
    wait_ready,
)

VERSION = "1.106.2"
MASTER_KEY = "sk-bench-litellm-0123456789abcdef"
START_SECONDS = 180.0


class LiteLLM(Target):
    """LiteLLM's Python proxy."""

    name = "litellm"

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or os.cpu_count() or 1
        self.about = (
            f"LITELLM_MODE=PRODUCTION, {self._workers} uvicorn workers, master key, no database (so no spend "
            "tracking), offline price map and tokenizers"
        )
        if workers:
            self.name = f"litellm+workers={workers}"

    def install(self) -> None:
        """Install the pinned version below data/bench/litellm."""
        python_environment("litellm", [f"litellm[proxy]=={VERSION}"], VERSION)

    def version(self) -> str:
        """Return the pinned version."""
        return VERSION

    def start(self, upstream_port: int, models: Sequence[str], logs: Path) -> Running:
        """Start the proxy with every model of the scenarios in its list."""
        binaries = python_environment("litellm", [f"litellm[proxy]=={VERSION}"], VERSION)
        base = f"http://127.0.0.1:{upstream_port}/v1"
        rows = [
            {"model_name": m, "litellm_params": {"model": f"openai/{m}", "api_base": base, "api_key": "sk-upstream"}}
            for m in models
        ]
        document = {
            "model_list": rows,
            "litellm_settings": {"set_verbose": False, "json_logs": True, "request_timeout": 600, "telemetry": False},
            "general_settings": {"master_key": MASTER_KEY},
        }
        logs.mkdir(parents=True, exist_ok=True)
        # JSON is YAML: no YAML library is needed to write it.
        config = logs / "litellm.yaml"
        config.write_bytes(msgspec.json.encode(document))
        port = free_port()
        command = [
            str(binaries / "litellm"), "--config", str(config), "--host", "127.0.0.1", "--port", str(port),
            "--num_workers", str(self._workers),
            # While a worker imports on a busy machine it misses the supervisor's pings of 5 s, is killed and begins
            # anew, without end: one core is lost to it (seen here, 2026-11-22).
            "--timeout_worker_healthcheck", "60",
        ]  # fmt: skip
        env = environment(
            LITELLM_MODE="PRODUCTION",
            LITELLM_LOG="ERROR",
            LITELLM_LOCAL_MODEL_COST_MAP="True",
            HF_HUB_OFFLINE="1",
            DO_NOT_TRACK="1",
            NO_PROXY="127.0.0.1,localhost",
        )
        env.pop("DATABASE_URL", None)
        began = time.monotonic()
        running = Running(port, [("authorization", f"Bearer {MASTER_KEY}")], launch("litellm", command, logs, env=env))
        wait_ready(running, began, START_SECONDS, log=logs / "litellm.log")
        return running
