"""Small requests at half of what the target could do in the closed loop: its latency where it should be run."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.peers.base import Running
from benchmarks.scenarios.base import LATENCY, RATE, REQUEST_COST, STATE, UNARY, Scenario, opened
from benchmarks.scenarios.unary_closed import UnaryClosed


class UnaryHalf(Scenario):
    """Half of the capacity that unary_closed found in this round.

    Each target has a rate of its own, so the mock at the same rate is measured right after it: `added` is against that.
    """

    name = "unary_half"
    title = "Unary, open loop at half of each target's capacity, added over the mock at the same rate"
    columns = (
        ("offered_per_s", "offered/s"),
        *RATE,
        *LATENCY,
        ("paired_added_p50_ms", "added p50 ms"),
        ("paired_added_p99_ms", "added p99 ms"),
        *REQUEST_COST,
        *STATE,
    )
    chart = "paired_added_p99_ms"

    def run(self, context: Context) -> Outcome:
        """Load the target, then the mock, at the same rate."""
        if "capacity" not in context.facts:
            UnaryClosed().run(context)
        # Beyond this rate the generator would be what is measured (the mock's own capacity is far above it).
        rate = min(10_000.0, max(1.0, context.facts["capacity"] / 2))
        seconds = context.options.length(8.0, 1.2)
        warm = 0.3 if context.options.short else 1.5
        outcome = opened(context, context.aim(UNARY), rate=rate, seconds=seconds, warm=warm)
        if context.running.tree is not None:
            direct = _direct(context, rate, seconds)
            for quantile in ("p50", "p99"):
                name = f"latency_{quantile}_ms"
                if name in outcome.metrics and name in direct.metrics:
                    outcome.metrics[f"paired_added_{quantile}_ms"] = outcome.metrics[name] - direct.metrics[name]
        return outcome


def _direct(context: Context, rate: float, seconds: float) -> Outcome:
    running = Running(context.mock_port, [("authorization", "Bearer sk-upstream")], None)
    beside = Context("mock", running, context.mock_port, context.mock, context.options)
    return opened(beside, beside.aim(UNARY), rate=rate, seconds=min(seconds, 3.0), warm=0.3)
