"""Our gateway as a target: what `make serve` runs, with every feature on, set up through its admin API.

Variants, as `gateway+NAME=VALUE+...`: replicas=N (exactly N ingress replicas), pool (placement: pool for the openai
family), messages (the channel speaks Anthropic's protocol, so that chat is converted), database=URL, tree=DIRECTORY
(the source tree to run, for comparing commits), as=LABEL (its name in reports).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from benchmarks.peers.base import (
    CACHE,
    ROOT,
    Running,
    Target,
    Unavailable,
    call_json,
    environment,
    free_port,
    launch,
    wait_ready,
)

ADMIN_TOKEN = "gwa-bench-0123456789abcdefghijklmnopqrstuvwxyz"
CLIENT_KEY = "sk-gw-bench0123456789abcdefghijklmnopqrstuvwxyz012345"
START_SECONDS = 180.0
APPLIED_AT_ONCE = 1000


class Gateway(Target):
    """The gateway of this repository, or of another tree of it."""

    def __init__(self, options: dict[str, str]) -> None:
        known = {"replicas", "pool", "messages", "database", "tree", "as"}
        if unknown := options.keys() - known:
            raise ValueError(
                f"unknown option of gateway: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
            )
        self._options = options
        self._tree = Path(options.get("tree", ROOT)).resolve()
        shown = "".join(f"+{k}={v}" if v else f"+{k}" for k, v in sorted(options.items()) if k not in {"tree", "as"})
        self.name = options.get("as") or f"gateway{shown}"
        self.about = "serve_config.yaml as committed: authentication, routing, usage records, metrics and admin API on"
        if shown:
            self.about += f"; changed: {shown.strip('+')}"

    def install(self) -> None:
        """Begin with an empty data directory, once per run.

        Raises:
            Unavailable: the tree has no launcher.
        """
        if not (self._tree / "deployments" / "launch.py").exists():
            raise Unavailable(f"{self._tree} has no deployments/launch.py")
        shutil.rmtree(self._data, ignore_errors=True)

    def version(self) -> str:
        """Return the commit, with a mark when files differ from it."""
        say = ["git", "-C", str(self._tree), "describe", "--always", "--dirty"]
        return subprocess.run(say, capture_output=True, check=False, timeout=20).stdout.decode().strip() or "unknown"

    def start(self, upstream_port: int, models: Sequence[str], logs: Path) -> Running:  # noqa: ARG002
        """Start it on its data directory and make a channel to the mock and a client key."""
        port = free_port()
        logs.mkdir(parents=True, exist_ok=True)
        config = logs / f"{self.name}.yaml"
        config.write_text(yaml.safe_dump(self._config()))
        command = [
            sys.executable, "-m", "deployments.launch", "--config", str(config),
            "--port", str(port), "--data", str(self._data),
        ]  # fmt: skip
        env = environment(GATEWAY_ADMIN_TOKEN=ADMIN_TOKEN, PYTHONPATH=str(self._tree))
        began = time.monotonic()
        process = launch(self.name, command, logs, env=env, cwd=self._tree)
        running = Running(port, [("authorization", f"Bearer {CLIENT_KEY}")], process, make_keys=_key_maker(port))
        log = logs / f"{self.name}.log"
        self._configure(running, began, upstream_port, log)
        wait_ready(running, began, START_SECONDS, log=log)
        return running

    @property
    def _data(self) -> Path:
        return CACHE / "gateway" / self.name.replace("/", "_")

    def _config(self) -> dict[str, object]:
        document: dict[str, object] = yaml.safe_load((self._tree / "serve_config.yaml").read_text())
        args = document["applications"][0].setdefault("args", {})  # type: ignore[index]
        if "replicas" in self._options:
            count = int(self._options["replicas"])
            args["ingress"] = {**args.get("ingress", {}), "min_replicas": count, "max_replicas": count}
        if "pool" in self._options:
            args["adapters"] = {"openai": {"placement": "pool"}}
        if "database" in self._options:
            args["database_url"] = self._options["database"]
        return document

    def _configure(self, running: Running, began: float, upstream_port: int, log: Path) -> None:
        """Wait for the admin API and make channel and key; a later start of the run finds both there."""
        channel = {
            "name": "bench",
            "provider": "openai",
            "base_url": f"http://127.0.0.1:{upstream_port}/v1",
            "secret": "sk-upstream",
            "models": {"*": ""},
        }
        if "messages" in self._options:
            channel |= {"provider": "openai-compatible", "settings": {"protocols": ["messages"]}}
        last = ""
        while time.monotonic() - began < START_SECONDS:
            if running.process is not None and running.process.poll() is not None:
                last = f"ended with {running.process.returncode}"
                break
            try:
                names = _names(running.port, "/api/v1/channels")
                if "bench" not in names:
                    call_json(running.port, "POST", "/api/v1/channels", ADMIN_TOKEN, channel)
                if "bench" not in _names(running.port, "/api/v1/keys"):
                    key = {"name": "bench", "key": CLIENT_KEY}
                    call_json(running.port, "POST", "/api/v1/keys", ADMIN_TOKEN, key)
                return
            except (OSError, RuntimeError) as error:
                last = str(error)
                time.sleep(0.1)
        running.stop()
        tail = log.read_text("utf-8", "replace")[-600:] if log.exists() else ""
        raise Unavailable(f"the admin API did not come up: {last} {tail}")


def _names(port: int, path: str) -> set[str]:
    answer = call_json(port, "GET", path, ADMIN_TOKEN)
    items = answer.get("items", []) if isinstance(answer, dict) else []
    return {str(item["name"]) for item in items}


def _key_maker(port: int) -> Callable[[int], list[str]]:
    def make(count: int) -> list[str]:
        salt = f"{time.time_ns():x}"
        keys = [f"sk-gw-cold{salt}{index:06d}".ljust(49, "x") for index in range(count)]
        rows = [{"name": f"cold-{salt}-{index}", "key": key} for index, key in enumerate(keys)]
        for begin in range(0, count, APPLIED_AT_ONCE):
            document = {"document": {"keys": rows[begin : begin + APPLIED_AT_ONCE]}}
            call_json(port, "POST", "/api/v1/apply", ADMIN_TOKEN, document, timeout=120)
        return keys

    return make
