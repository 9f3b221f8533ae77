"""What a run ran on: machine, versions, commit, command. It reads, it changes nothing."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

import psutil

from benchmarks.peers.base import ROOT

PACKAGES = ("ray", "uvloop", "httptools", "pyreqwest", "msgspec", "granian", "psutil")


def describe() -> dict[str, str]:
    """Return the environment as text by name."""
    dirty = _git("status", "--porcelain", "--untracked-files=no")
    found = {
        "cpu": _cpu_model(),
        "cores": str(os.cpu_count() or 0),
        "memory_gb": f"{psutil.virtual_memory().total / 2**30:.1f}",
        "kernel": platform.release(),
        "system": platform.system(),
        "python": platform.python_version(),
        "commit": _git("rev-parse", "--short=12", "HEAD") or "unknown",
        "changed_files": str(len(dirty.splitlines())),
        "command": " ".join(["python -m benchmarks", *sys.argv[1:]]),
        "load_average_before": " ".join(f"{value:.2f}" for value in os.getloadavg()),
    }
    for name in PACKAGES:
        try:
            found[name] = installed(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip()
