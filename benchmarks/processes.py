"""CPU and memory of a process tree, by name. It reads /proc through psutil and starts nothing.

A name says what a process does in the gateway: Ingress, Router, Admin, Adapter (Serve replicas), controller, raylet,
gcs, and so on; what is not known is named after its executable, so that nothing is left out of a sum.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePath

import psutil

MB = 1024 * 1024
_REPLICA = re.compile(r"^ray::.*?ServeReplica:(?:[^:]*:)?([A-Za-z_]\w*)")
_RAY_TITLES = (
    ("ray::ServeController", "controller"),
    ("ray::ProxyActor", "serve-proxy"),
    ("ray::HAProxy", "serve-proxy"),
    ("ray::IDLE", "ray-idle"),
    ("ray::DashboardAgent", "ray-agent"),
    ("ray::RuntimeEnvAgent", "ray-agent"),
)
_SCRIPTS = (
    ("deployments.settler", "settler"),
    ("dashboard/agent.py", "ray-agent"),
    ("runtime_env/agent/main.py", "ray-agent"),
    ("log_monitor.py", "ray-log-monitor"),
    ("dashboard.py", "ray-dashboard"),
    ("monitor.py", "ray-monitor"),
    ("default_worker.py", "ray-starting"),
    ("setup_worker.py", "ray-starting"),
    ("multiprocessing.resource_tracker", "helper"),
)


def label(executable: str, command: list[str], *, root: bool = False) -> str:
    """Return the name under which a process is counted; `root` is the process that was launched."""
    title = command[0] if command else executable
    if match := _REPLICA.match(title):
        return match.group(1)
    for prefix, name in _RAY_TITLES:
        if title.startswith(prefix):
            return name
    if title.startswith("ray::"):
        return title.split(".", 1)[0].strip()
    base = PurePath(title).name or executable
    if base.startswith("raylet"):
        return "raylet"
    if base.startswith("gcs_server"):
        return "gcs"
    if root:
        return "launcher"
    joined = " ".join(command)
    for part, name in _SCRIPTS:
        if part in joined:
            return name
    return base


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment."""

    name: str
    cpu_s: float
    rss: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of several processes in bytes. PSS shares what is shared; USS is what would be free if they ended."""

    rss: int
    pss: int
    uss: int


ProcessKey = tuple[int, float]


class Tree:
    """The process that was launched and everything below it."""

    def __init__(self, root: int) -> None:
        self._root = psutil.Process(root)

    def processes(self) -> list[psutil.Process]:
        """Return the living processes of the tree, the root first; empty when the root is gone."""
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def sample(self) -> dict[ProcessKey, Sample]:
        """Return a sample per process, by (pid, start time) so that a reused pid is another process."""
        out: dict[ProcessKey, Sample] = {}
        for process in self.processes():
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    name = label(process.name(), process.cmdline(), root=process.pid == self._root.pid)
                    rss = process.memory_info().rss
                    out[process.pid, process.create_time()] = Sample(name, times.user + times.system, rss)
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        return out

    def rss(self) -> int:
        """Return the resident bytes of the tree; cheap, shared pages count in each process."""
        return sum(sample.rss for sample in self.sample().values())

    def memory(self) -> dict[str, Memory]:
        """Return memory by name. It walks the page tables (milliseconds per process): not under load."""
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for process in self.processes():
            try:
                full = process.memory_full_info()
                name = label(process.name(), process.cmdline(), root=process.pid == self._root.pid)
            except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
                continue
            row = sums[name]
            row[0] += full.rss
            row[1] += getattr(full, "pss", full.uss)
            row[2] += full.uss
        return {name: Memory(*row) for name, row in sums.items()}


def cpu_between(before: dict[ProcessKey, Sample], after: dict[ProcessKey, Sample]) -> dict[str, float]:
    """Return CPU seconds by name between two samples of one tree.

    A process that began in between counts whole; of one that ended, what it used since `before` is not known and is
    left out, so a caller compares the two sets when processes may have ended.
    """
    out: dict[str, float] = defaultdict(float)
    for key, sample in after.items():
        earlier = before.get(key)
        # A Ray worker changes its title when it becomes a replica: the later name counts.
        out[sample.name] += sample.cpu_s - (earlier.cpu_s if earlier else 0.0)
    return dict(out)


def system_busy_s() -> float:
    """Return the busy CPU seconds of the whole machine since it started (steal included: it is not ours either)."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - _guest(times))


def _guest(times: object) -> float:
    # Linux counts guest time within user time as well.
    return float(getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0))
