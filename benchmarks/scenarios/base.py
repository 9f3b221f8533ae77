"""The shape of a scenario and the models that scenarios ask for."""

from __future__ import annotations

from abc import ABC, abstractmethod

import uvloop

from benchmarks import load
from benchmarks.measure import Context, Outcome
from benchmarks.tally import Target

UNARY = "mock-unary"
BURST = "mock-burst-64-ns"
PACED = "mock-paced-64x10-ns"
IDLE = "mock-paced-10x1000-ns"
MODELS = (UNARY, BURST, PACED, IDLE)
"""Every model a scenario asks for: targets that need a list are configured with these."""

RATE = (("requests_per_s", "requests/s"),)
LATENCY = (("latency_p50_ms", "p50 ms"), ("latency_p99_ms", "p99 ms"))
ADDED = (("added_latency_p50_ms", "added p50 ms"), ("added_latency_p99_ms", "added p99 ms"))
FIRST = (("first_event_p50_ms", "first event p50 ms"), ("first_event_p99_ms", "first event p99 ms"))
DELAY = (
    ("event_delay_p50_ms", "event delay p50 ms"),
    ("event_delay_p99_ms", "event delay p99 ms"),
    ("added_event_delay_p99_ms", "added event delay p99 ms"),
)
REQUEST_COST = (("cpu_ms_per_request", "CPU ms/request"), ("cpu_ms_per_request_net", "net of idle"))
EVENT_COST = (("cpu_us_per_event", "CPU us/event"), ("cpu_us_per_event_net", "net of idle"))
STATE = (("rss_mb", "RSS MB"), ("errors", "errors"))


class Scenario(ABC):
    """One question put to each target."""

    name: str = ""
    title: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    """(figure, heading) in the order of the report."""
    chart: str = ""
    """The figure that is drawn; empty: none."""
    usual: bool = True
    """False: only when it is asked for by name."""
    variants: tuple[str, ...] = ()
    """Targets that this scenario is about; empty: every target that was asked for."""

    fresh: bool = False
    """True: the target is started anew before it, so that what ran before does not show."""

    def skip(self, context: Context) -> str:  # noqa: ARG002
        """Return why the scenario makes no sense at this target, or an empty text."""
        return ""

    @abstractmethod
    def run(self, context: Context) -> Outcome:
        """Put the load on the target and return the figures."""


def closed(
    context: Context, target: Target, *, connections: int, seconds: float, warm: float, stagger_s: float = 0.0
) -> Outcome:
    """Warm up at the same load, then measure a closed loop.

    The warm-up also leaves the target with as much unfinished background work (records to write) as the measured load
    leaves behind, so that the work of one request is in the figure of one request.
    """
    uvloop.run(load.closed_loop(target, connections=connections, seconds=warm, stagger_s=stagger_s))
    return context.measure(
        lambda: load.closed_loop(target, connections=connections, seconds=seconds, stagger_s=stagger_s)
    )


def opened(context: Context, target: Target, *, rate: float, seconds: float, warm: float) -> Outcome:
    """Warm up at the same rate, then measure an open loop."""
    uvloop.run(load.open_loop(target, rate=rate, seconds=warm))
    outcome = context.measure(lambda: load.open_loop(target, rate=rate, seconds=seconds))
    outcome.metrics["offered_per_s"] = rate
    return outcome
