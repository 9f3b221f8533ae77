"""What a target costs when nobody asks it anything, and how long it took to its first 200."""

from __future__ import annotations

import time

from benchmarks.measure import Context, Outcome
from benchmarks.processes import MB, cpu_between
from benchmarks.scenarios.base import Scenario


class Idle(Scenario):
    """Start time, idle CPU by process, memory by process."""

    name = "idle"
    title = "Start to the first 200, idle CPU and memory"
    columns = (
        ("start_s", "start s"),
        ("idle_cpu_share", "idle CPU (cores)"),
        ("rss_mb", "RSS MB"),
        ("pss_mb", "PSS MB"),
        ("uss_mb", "USS MB"),
    )
    chart = "pss_mb"

    def skip(self, context: Context) -> str:
        """There is nothing to look at without a target between."""
        return "" if context.running.tree else "no process between"

    def run(self, context: Context) -> Outcome:
        """Wait for the start to be over, then watch."""
        tree = context.running.tree
        assert tree is not None
        time.sleep(1.0 if context.options.short else 5.0)
        seconds = context.options.length(10.0, 2.0)
        before, began = tree.sample(), time.monotonic()
        time.sleep(seconds)
        elapsed = time.monotonic() - began
        used = cpu_between(before, tree.sample())
        share = sum(used.values()) / elapsed
        context.facts["idle_cpu_share"] = share
        memory = tree.memory()
        processes = {
            name: {"rss_mb": row.rss / MB, "pss_mb": row.pss / MB, "uss_mb": row.uss / MB, "idle_cpu_share": 0.0}
            for name, row in memory.items()
        }
        for name, cpu in used.items():
            processes.setdefault(name, {})["idle_cpu_share"] = cpu / elapsed
        metrics = {
            "start_s": context.running.start_s,
            "idle_cpu_share": share,
            "rss_mb": sum(row.rss for row in memory.values()) / MB,
            "pss_mb": sum(row.pss for row in memory.values()) / MB,
            "uss_mb": sum(row.uss for row in memory.values()) / MB,
            "processes": float(len(before)),
        }
        return Outcome(metrics, processes)
