"""A real gateway in a process session of its own: start, wait, manage, stop, and look for what it left.

Must not touch processes of other sessions: several gateways may run on this machine.
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import yaml

from tests.stopwatch import Stopwatch

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
START_S = 330.0
"""Bound on a start; 10 to 20 s on a quiet machine."""

Values = Mapping[str, Any]
T = TypeVar("T")


class Instance:
    """One `gateway-serve` (or `serve run` by hand). `settings` are merged into the args of serve_config.yaml."""

    def __init__(self, folder: Path, port: int, settings: Values | None = None, *, by_hand: bool = False) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.data = folder / "data"
        self.log_file = folder / "log"
        self.token = "gwa-" + secrets.token_urlsafe(24)
        self.by_hand = by_hand
        self.environ: dict[str, str] = {}
        self.ready_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: list[int] = []
        self._api: httpx.Client | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "serve_config.yaml"
        self.configure(settings or {})

    def configure(self, settings: Values) -> None:
        """Write the config file anew."""
        document = yaml.safe_load((ROOT / "serve_config.yaml").read_text())
        document["applications"][0]["args"] |= settings
        self.config.write_text(yaml.safe_dump(document))

    # -- life ---------------------------------------------------------------------------------------------------------

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for anything."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_", "RAY_"))}
        environ |= {"GATEWAY_ADMIN_TOKEN": self.token, "GATEWAY_CONSOLE": "off", "PYTHONUNBUFFERED": "1"} | self.environ
        command = [str(BIN / "gateway-serve"), "--config", str(self.config)]
        command += ["--port", str(self.port), "--data", str(self.data)]
        if self.by_hand:
            command = [str(BIN / "serve"), "run", str(self.config)]
            environ |= {"GATEWAY_PORT": str(self.port), "GATEWAY_DATA": str(self.data)}
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._process = process
        self._sessions.append(process.pid)
        return process

    def start(self) -> None:
        """Start and wait until it is ready and the admin API answers. Raises RuntimeError with the log's end."""
        self.launch()
        self.await_ready()

    def await_ready(self, within_s: float = START_S) -> None:
        """The second half of `start`."""
        began = time.monotonic()
        process = self.process
        while not self._answers():
            if process.poll() is not None:
                raise RuntimeError(f"ended with {process.returncode}:\n{self.log()[-4000:]}")
            if time.monotonic() - began > within_s:
                raise RuntimeError(f"not ready after {within_s:.0f} s:\n{self.log()[-4000:]}")
            time.sleep(0.1)
        self.ready_s = time.monotonic() - began
        if self._api is not None:
            self._api.close()
        self._api = httpx.Client(
            base_url=f"{self.url}/api/v1", headers={"authorization": f"Bearer {self.token}"}, timeout=60.0
        )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that was launched last."""
        assert self._process is not None
        return self._process

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the launched process alone, as a service manager does."""
        self.process.send_signal(number)

    def wait(self, timeout_s: float) -> tuple[int, float]:
        """(exit code, seconds waited). Raises TimeoutError."""
        watch = Stopwatch()
        while (code := self.process.poll()) is None:
            if watch.s > timeout_s:
                raise TimeoutError(f"still running {timeout_s:g} s later:\n{self.log()[-3000:]}")
            time.sleep(0.05)
        return code, watch.s

    def close(self) -> None:
        """End whatever still runs, without mercy; called also after failures."""
        if self._api is not None:
            self._api.close()
        for _ in range(50):
            left = self.left()
            if not left:
                break
            for process in left:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.1)
        if self._process is not None:
            self._process.wait(30)

    def left(self, sessions: Sequence[int] | None = None) -> list[psutil.Process]:
        """Living processes of all launches of this instance, or of some sessions only."""
        return [process for session in sessions or self._sessions for process in _of_session(session)]

    def nothing_left(self, within_s: float = 30.0) -> str:
        """ "" when all processes are gone and the port is free, else what is there."""
        deadline = time.monotonic() + within_s
        while True:
            found = "; ".join(" ".join(_command(process))[:100] for process in self.left(self._sessions[-1:]))
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    found += f"; port {self.port} accepts"
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.1)

    def log(self) -> str:
        """What it has printed."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    # -- managing -----------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """One admin API call; its answer as data. Raises httpx.HTTPStatusError with the answer in the message."""
        assert self._api is not None
        response = self._api.request(method, path, json=body, params=params or None)
        if response.is_error:
            raise httpx.HTTPStatusError(response.text, request=response.request, response=response)
        return response.json() if response.content else None

    def add_channel(self, name: str, base_url: str, models: dict[str, str] | None = None, **more: Any) -> int:
        """Make a channel; returns its id."""
        body = {"name": name, "provider": "openai-compatible", "base_url": base_url, "secret": "sk-upstream", **more}
        if models is not None:
            body["models"] = models
        return int(self.call("POST", "/channels", body)["id"])

    def add_key(self, name: str, **more: Any) -> str:
        """Make a key; returns it."""
        return str(self.call("POST", "/keys", {"name": name, **more})["key"])

    def usage(self, **params: Any) -> list[dict[str, Any]]:
        """All records that match, newest first."""
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"next": None}
        while True:
            if page["next"]:
                params["cursor"] = page["next"]
            page = self.call("GET", "/usage", limit=1000, **params)
            found += page["items"]
            if not page["next"]:
                return found

    def usage_of(self, request_ids: set[str], within_s: float = 60.0, **params: Any) -> list[dict[str, Any]]:
        """The records, once those of `request_ids` have arrived; what is there when they do not."""
        return eventually(
            lambda: self.usage(**params),
            lambda rows: request_ids <= {row["request_id"] for row in rows},
            within_s,
        )

    def status(self) -> dict[str, Any]:
        """The Router's view, of one that answers; {} when none does for long."""
        return dict(eventually(lambda: self.call("GET", "/status")["router"] or {}, bool, 60))

    def replicas(self, kind: str) -> list[dict[str, Any]]:
        """Replicas that the Router knows."""
        return [row for row in self.status().get("replicas", []) if row["kind"].startswith(kind)]

    def pids(self, deployment: str) -> set[int]:
        """Pids of the replicas of a deployment, from the process list."""
        return {
            process.pid
            for process in self.left()
            if re.match(rf"ray::ServeReplica:gateway:{deployment}\b", " ".join(_command(process)))
        }

    def settlers(self) -> list[int]:
        """Pids of the processes that settle usage: the worker first, then the one that forked it."""
        return sorted(
            (process.pid for process in self.left() if "deployments.settler" in _command(process)), reverse=True
        )

    def _answers(self) -> bool:
        try:
            ready = httpx.get(f"{self.url}/readyz", timeout=2.0, trust_env=False).status_code == 200
            headers = {"authorization": f"Bearer {self.token}"}
            return ready and (
                httpx.get(f"{self.url}/api/v1/whoami", headers=headers, timeout=5.0, trust_env=False).status_code == 200
            )
        except httpx.HTTPError:
            return False


def eventually(read: Callable[[], T], good: Callable[[T], bool], within_s: float, every_s: float = 0.1) -> T:
    """Read until it is good or the time is over; returns what was read last. Refused connections count as not yet."""
    watch = Stopwatch()
    while True:
        try:
            value = read()
        except httpx.HTTPError:
            if watch.s > within_s:
                raise
        else:
            if good(value) or watch.s > within_s:
                return value
        time.sleep(every_s)


def _of_session(session: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
