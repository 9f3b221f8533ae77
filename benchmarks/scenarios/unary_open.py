"""Small requests at a fixed rate that every target should bear: what the rate costs and what it adds."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import ADDED, LATENCY, RATE, REQUEST_COST, STATE, UNARY, Scenario, opened

PER_SECOND = 200.0


class UnaryOpen(Scenario):
    """200 requests/s, or --rate, latency from the intended start."""

    name = "unary_open"
    title = "Unary, open loop at a fixed rate (200/s), latency from the intended start"
    columns = (("offered_per_s", "offered/s"), *RATE, *LATENCY, *ADDED, *REQUEST_COST, *STATE)
    chart = "added_latency_p99_ms"

    def run(self, context: Context) -> Outcome:
        """Load at the rate."""
        rate = context.options.rate or PER_SECOND
        seconds = context.options.length(8.0, 1.2)
        return opened(
            context, context.aim(UNARY), rate=rate, seconds=seconds, warm=0.3 if context.options.short else 1.5
        )
