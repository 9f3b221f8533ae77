"""As many small requests as a target can do: the capacity that other scenarios refer to."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import LATENCY, RATE, REQUEST_COST, STATE, UNARY, Scenario, closed

CONNECTIONS = 32


class UnaryClosed(Scenario):
    """32 connections, each sends its next request when it has its answer."""

    name = "unary_closed"
    title = "Unary, closed loop, 32 connections, answers of about 1 KB"
    columns = (*RATE, *LATENCY, *REQUEST_COST, *STATE)
    chart = "requests_per_s"

    def run(self, context: Context) -> Outcome:
        """Load, and keep the capacity for the open loop at half of it."""
        seconds = context.options.length(6.0, 1.2)
        warm = 0.4 if context.options.short else 2.0
        outcome = closed(context, context.aim(UNARY), connections=CONNECTIONS, seconds=seconds, warm=warm)
        context.facts["capacity"] = outcome.metrics["requests_per_s"]
        return outcome
