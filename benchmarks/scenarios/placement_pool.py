"""`placement: pool` against the default: what the hop through an Adapter replica costs, for both kinds of traffic."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import PACED, UNARY, Scenario, closed


class PlacementPool(Scenario):
    """Unary closed loop and 60 paced streams at the gateway in both placements."""

    name = "placement_pool"
    title = "Gateway: placement pool against the default"
    columns = (
        ("requests_per_s", "requests/s"),
        ("latency_p50_ms", "unary p50 ms"),
        ("latency_p99_ms", "unary p99 ms"),
        ("cpu_ms_per_request", "CPU ms/request"),
        ("stream_cpu_us_per_event", "CPU us/event"),
        ("stream_event_delay_p50_ms", "event delay p50 ms"),
        ("stream_event_delay_p99_ms", "event delay p99 ms"),
        ("errors", "errors"),
    )
    chart = "cpu_ms_per_request"
    variants = ("gateway", "gateway+pool")

    def run(self, context: Context) -> Outcome:
        """Load with both kinds, one after the other."""
        seconds = context.options.length(5.0, 1.0)
        unary = closed(context, context.aim(UNARY), connections=32, seconds=seconds, warm=1.0)
        paced = context.aim(PACED, events=64)
        stream = closed(context, paced, connections=60, seconds=seconds, warm=0.7, stagger_s=0.64)
        unary.metrics |= {f"stream_{name}": value for name, value in stream.metrics.items()}
        unary.metrics["errors"] += stream.metrics["errors"]
        for process, figures in stream.processes.items():
            unary.processes.setdefault(process, {})["cpu_us_per_event"] = figures["cpu_us_per_event"]
        unary.notes += [f"stream: {note}" for note in stream.notes]
        return unary
