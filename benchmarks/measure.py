"""Run one load against one target and put what it cost beside what it did. Owns the sampling around a load, no numbers.

The sum over all processes of a target includes what it does when idle (Ray's housekeeping, pollers): that is what a
machine pays. Where the idle scenario ran before, figures without the idle part stand beside it.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

import msgspec
import uvloop

from benchmarks import requests
from benchmarks.peers.base import Running
from benchmarks.processes import MB, Tree, cpu_between, system_busy_s
from benchmarks.tally import Result, Target


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line may change about scenarios."""

    short: bool = False
    seconds: float = 0.0
    """Length of each load; 0: the scenario's own."""
    count: int = 0
    """Requests, streams or keys where a scenario counts them; 0: the scenario's own."""
    rate: float = 0.0
    """Arrivals per second of the open loop; 0: the scenario's own."""

    def length(self, usual: float, short: float) -> float:
        """Return the seconds a load lasts."""
        return self.seconds or (short if self.short else usual)


@dataclass(slots=True)
class Outcome:
    """The figures of one scenario at one target in one round."""

    metrics: dict[str, float]
    processes: dict[str, dict[str, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Context:
    """A started target, as a scenario sees it. `facts` carries figures from one scenario to the next of that target."""

    target: str
    running: Running
    mock_port: int
    mock: Tree
    options: Options
    facts: dict[str, float] = field(default_factory=dict)

    def aim(
        self,
        model: str,
        *,
        events: int = 0,
        prompt_bytes: int = 0,
        keys: list[str] | None = None,
        headers: list[tuple[str, str]] | None = None,
    ) -> Target:
        """Return the requests for this target: one body, with the target's own key or with each of `keys`."""
        body = requests.chat_body(model, stream=events > 0, prompt_bytes=prompt_bytes)
        port = self.running.port
        base = headers if headers is not None else self.running.headers
        if keys is None:
            return Target(port, [requests.chat_request(port, base, body)], events)
        others = [pair for pair in base if pair[0] != "authorization"]
        sent = [requests.chat_request(port, [*others, ("authorization", f"Bearer {key}")], body) for key in keys]
        return Target(port, sent, events)

    def measure(self, run: Callable[[], Coroutine[object, object, Result]]) -> Outcome:
        """Run a load and return its figures with CPU and memory of the target beside them."""
        tree = self.running.tree
        before = tree.sample() if tree else {}
        mock_before, busy_before = self.mock.sample(), system_busy_s()
        result = uvloop.run(run())
        busy = system_busy_s() - busy_before
        mock_cpu = sum(cpu_between(mock_before, self.mock.sample()).values())
        after = tree.sample() if tree else {}
        metrics = result.metrics()
        elapsed = result.elapsed_s or 1e-9
        used = cpu_between(before, after)
        total = sum(used.values())
        metrics["mock_cpu_share"] = mock_cpu / elapsed
        metrics["foreign_cpu_share"] = max(0.0, (busy - total - mock_cpu - result.cpu_s) / elapsed)
        outcome = Outcome(metrics, notes=_notes(result))
        if tree is not None:
            self._cost(outcome, used, total, result)
            metrics["rss_mb"] = sum(sample.rss for sample in after.values()) / MB
            if gone := before.keys() - after.keys():
                outcome.notes.append(f"{len(gone)} processes of the target ended during the load: CPU is too low")
        self.settle()
        return outcome

    def settle(self, seconds: float = 20.0) -> None:
        """Wait until the mock answers nothing any more, so that one load does not run into the next."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if mock_stats(self.mock_port).get("open_answers", 0) == 0:
                return
            time.sleep(0.1)

    def _cost(self, outcome: Outcome, used: dict[str, float], total: float, result: Result) -> None:
        metrics = outcome.metrics
        metrics["cpu_share"] = total / result.elapsed_s if result.elapsed_s else 0.0
        idle = self.facts.get("idle_cpu_share")
        net = max(0.0, total - idle * result.elapsed_s) if idle is not None else None
        bases = [("cpu_ms_per_request", 1e3, result.completed), ("cpu_us_per_event", 1e6, result.events)]
        for name, factor, count in bases:
            if not count:
                continue
            metrics[name] = total * factor / count
            if net is not None:
                metrics[f"{name}_net"] = net * factor / count
            for process, seconds in used.items():
                outcome.processes.setdefault(process, {})[name] = seconds * factor / count


def mock_stats(port: int) -> dict[str, int]:
    """Return the mock's counters."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/__stats")
        return msgspec.json.decode(connection.getresponse().read(), type=dict[str, int])
    finally:
        connection.close()


def _notes(result: Result) -> list[str]:
    return [f"{count} x {name}" for name, count in result.errors.most_common(5)]
