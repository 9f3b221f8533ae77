"""One request at a time: the latency a target adds when nothing queues."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import ADDED, LATENCY, REQUEST_COST, STATE, UNARY, Scenario, closed


class OneInFlight(Scenario):
    """One connection, closed loop."""

    name = "one_in_flight"
    title = "Unary, one request in flight: added latency"
    columns = (*LATENCY, *ADDED, *REQUEST_COST, *STATE)
    chart = "added_latency_p50_ms"

    def run(self, context: Context) -> Outcome:
        """Load with one connection."""
        seconds = context.options.length(5.0, 1.0)
        return closed(context, context.aim(UNARY), connections=1, seconds=seconds, warm=0.3)
