"""The shape of a target: install, start, say where it listens, stop. Process handling that all targets share.

A target that cannot run here raises Unavailable with the reason; the report shows it, a target is never left out in
silence. Everything a target writes stands below the cache directory (data/bench), everything listens on 127.0.0.1.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psutil

from benchmarks.processes import Tree
from benchmarks.requests import chat_body

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "data" / "bench"
STOP_SECONDS = 20.0


class Unavailable(Exception):  # noqa: N818
    """This target cannot be installed or started here; the text is the reason that the report shows."""


@dataclass(slots=True)
class Running:
    """A started target."""

    port: int
    headers: list[tuple[str, str]]
    process: subprocess.Popen[bytes] | None
    start_s: float = 0.0
    make_keys: Callable[[int], list[str]] | None = None
    """Create that many client keys and return them; None for a target that has no keys of its own."""
    notes: list[str] = field(default_factory=list)

    @property
    def tree(self) -> Tree | None:
        """The processes that are measured; None when the load goes to the mock directly."""
        return Tree(self.process.pid) if self.process is not None else None

    def stop(self) -> None:
        """End every process of the target: politely, then by force."""
        if self.process is not None:
            stop_process(self.process)


class Target(ABC):
    """One gateway, or what stands in its place."""

    name: str = ""
    about: str = ""
    """The setting in which it runs, for the report."""

    def install(self) -> None:  # noqa: B027 - most targets need nothing
        """Get what is needed into the cache directory; nothing to do when it is there.

        Raises:
            Unavailable: it cannot be had here.
        """

    @abstractmethod
    def version(self) -> str:
        """Return the version of what is measured."""

    @abstractmethod
    def start(self, upstream_port: int, models: Sequence[str], logs: Path) -> Running:
        """Start in front of the mock at `upstream_port`; return when a completion was answered with 200.

        Raises:
            Unavailable: it did not come up.
        """


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**extra: str) -> dict[str, str]:
    """Return the environment for a child: this one's, without settings of the gateway, plus `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_", "RAY_"))}
    return kept | extra


def launch(
    name: str, command: Sequence[str], logs: Path, *, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, its output in a file below `logs`."""
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{name}.log").open("ab") as out:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            env=env if env is not None else environment(), cwd=cwd or ROOT, start_new_session=True,
        )  # fmt: skip


def python_module(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our own modules with this interpreter."""
    return [sys.executable, "-m", module, *arguments]


def wait_ready(
    running: Running, began: float, seconds: float, *, path: str = "/v1/chat/completions", log: Path | None = None
) -> None:
    """Wait until a completion is answered with 200 and note the time since `began` (monotonic seconds).

    Raises:
        Unavailable: the process ended, or no 200 came in time; the tail of its log is in the text.
    """
    body = chat_body("mock-unary")
    last = "no answer"
    while time.monotonic() - began < seconds:
        if running.process is not None and running.process.poll() is not None:
            last = f"the process ended with {running.process.returncode}"
            break
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        try:
            connection.request("POST", path, body, {"content-type": "application/json", **dict(running.headers)})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 200:
                running.start_s = time.monotonic() - began
                return
            last = f"status {answer.status}: {text[:200].decode('utf-8', 'replace')}"
        except (OSError, http.client.HTTPException) as error:
            last = repr(error)
        finally:
            connection.close()
        time.sleep(0.05)
    running.stop()
    tail = log.read_text("utf-8", "replace")[-600:] if log is not None and log.exists() else ""
    raise Unavailable(f"no 200 within {seconds:.0f} s ({last}) {tail}".strip())


def call_json(
    port: int, method: str, path: str, token: str, document: object | None = None, timeout: float = 30.0
) -> object:
    """Call a JSON API and return the decoded answer.

    Raises:
        RuntimeError: any status but 2xx.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        body = msgspec.json.encode(document) if document is not None else None
        connection.request(method, path, body, {"authorization": f"Bearer {token}", "content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
    return msgspec.json.decode(text) if text else None


def stop_process(process: subprocess.Popen[bytes], seconds: float = STOP_SECONDS) -> None:
    """Stop a process and all below it: SIGTERM to the root, then SIGKILL to what is left after `seconds`."""
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    _, alive = psutil.wait_procs([p for p in family if p.pid != process.pid], timeout=3)
    for left in alive:
        try:
            left.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=5)
    process.wait(5)


def install_command(command: Sequence[str], what: str, *, cwd: Path | None = None, seconds: float = 1200) -> None:
    """Run an installer at low priority.

    Raises:
        Unavailable: it failed; the end of its output is in the text.
    """
    nice = ["nice", "-n", "10"] if os.name == "posix" else []
    try:
        done = subprocess.run(
            [*nice, *command], cwd=cwd, capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what}: {error}") from error
    if done.returncode:
        tail = (done.stdout + done.stderr)[-400:].decode("utf-8", "replace")
        raise Unavailable(f"{what} failed with {done.returncode}: {tail}")


def python_environment(name: str, requirements: Sequence[str], marker: str) -> Path:
    """Return the bin directory of a virtual environment of its own; made when `marker` is not in it yet.

    Raises:
        Unavailable: the packages cannot be had.
    """
    home = CACHE / name
    ready = home / f".ready-{marker}"
    if not ready.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        install_command([sys.executable, "-m", "venv", str(home)], f"environment for {name}")
        install_command([str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements], name)
        ready.touch()
    return home / "bin"
