"""The first request of a key that the data plane has never seen, beside the second one of the same keys."""

from __future__ import annotations

import time

import uvloop

from benchmarks import load
from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import REQUEST_COST, STATE, UNARY, Scenario, closed

KEYS = 300


class ColdKey(Scenario):
    """300 new keys, one request each, one in flight; then the same keys again."""

    name = "cold_key"
    title = "Unary, first request of each of many keys, one in flight"
    columns = (
        ("latency_p50_ms", "cold p50 ms"),
        ("latency_p99_ms", "cold p99 ms"),
        ("warm_latency_p50_ms", "warm p50 ms"),
        ("warm_latency_p99_ms", "warm p99 ms"),
        *REQUEST_COST,
        *STATE,
    )
    chart = "latency_p50_ms"

    def skip(self, context: Context) -> str:
        """Only targets with keys of their own."""
        return "" if context.running.make_keys else "it has no keys of its own in this setting"

    def run(self, context: Context) -> Outcome:
        """Make keys, use each once, use each again."""
        count = context.options.count or (30 if context.options.short else KEYS)
        assert context.running.make_keys is not None
        keys = context.running.make_keys(count)
        time.sleep(2.0)
        closed(context, context.aim(UNARY), connections=1, seconds=0.3, warm=0.1)
        target = context.aim(UNARY, keys=keys)
        outcome = context.measure(lambda: load.closed_loop(target, connections=1, seconds=120, count=count))
        again = uvloop.run(load.closed_loop(target, connections=1, seconds=120, count=count)).metrics()
        for quantile in ("p50", "p99"):
            outcome.metrics[f"warm_latency_{quantile}_ms"] = again.get(f"latency_{quantile}_ms", 0.0)
        return outcome
