"""What a load is aimed at, and what one run of the generator saw. Data without behaviour of its own."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.stats import summary


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, as bytes ready to send: one request, or several that are sent in turn."""

    port: int
    requests: Sequence[bytes]
    content_events: int = 0
    """Content events that each answer must have; 0: the answers are not streams."""


@dataclass(slots=True)
class Result:
    """What one run of the generator saw. Times in nanoseconds, one entry per good answer or event."""

    elapsed_s: float = 0.0
    cpu_s: float = 0.0
    completed: int = 0
    started: int = 0
    events: int = 0
    reconnects: int = 0
    latency: array[int] = field(default_factory=lambda: array("q"))
    first_event: array[int] = field(default_factory=lambda: array("q"))
    event_delay: array[int] = field(default_factory=lambda: array("q"))
    errors: Counter[str] = field(default_factory=Counter)
    lateness: array[int] = field(default_factory=lambda: array("q"))
    """Open loop only: how long after the intended start the generator itself was ready to send."""

    @property
    def failed(self) -> int:
        """Requests that did not end as they must."""
        return sum(self.errors.values())

    def metrics(self) -> dict[str, float]:
        """Return the figures of a report."""
        out: dict[str, float] = {
            "requests_per_s": self.completed / self.elapsed_s if self.elapsed_s else 0.0,
            "requests": float(self.completed),
            "errors": float(self.failed),
            "load_cpu_share": self.cpu_s / self.elapsed_s if self.elapsed_s else 0.0,
        }
        if self.reconnects:
            out["reconnects"] = float(self.reconnects)
        out |= summary(self.latency, "latency")
        if self.events:
            out["events"] = float(self.events)
            out["events_per_s"] = self.events / self.elapsed_s
            out |= summary(self.first_event, "first_event")
            out |= summary(self.event_delay, "event_delay")
        if self.lateness:
            out |= {k: v for k, v in summary(self.lateness, "lateness").items() if k.endswith(("p50_ms", "p99_ms"))}
        return out
