"""Two ingress replicas against one: does the data plane grow with its replicas?

On a machine of 2 cores load generator, mock and gateway share what there is, so throughput alone cannot show it: the
report also gives `cores_used` (all of them together) and `scaled_per_s`, the requests/s that the CPU per request of the
ingress replicas would allow on a core each. How to read them: benchmarks/README.md.
"""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import LATENCY, RATE, REQUEST_COST, STATE, UNARY, Scenario, closed

CONNECTIONS = 128


class TwoReplicas(Scenario):
    """128 connections (the kernel spreads them over the replicas by hash), closed loop."""

    name = "two_replicas"
    title = "Gateway: two ingress replicas against one, closed loop, 128 connections"
    columns = (
        *RATE,
        ("scaled_per_s", "requests/s by CPU"),
        ("cores_used", "cores used in all"),
        *LATENCY,
        *REQUEST_COST,
        *STATE,
    )
    chart = "requests_per_s"
    variants = ("gateway+replicas=1", "gateway+replicas=2")

    def run(self, context: Context) -> Outcome:
        """Load, and say what the cores had left."""
        seconds = context.options.length(6.0, 1.0)
        outcome = closed(context, context.aim(UNARY), connections=CONNECTIONS, seconds=seconds, warm=2.0)
        metrics = outcome.metrics
        shares = ("cpu_share", "load_cpu_share", "mock_cpu_share", "foreign_cpu_share")
        metrics["cores_used"] = sum(metrics.get(name, 0.0) for name in shares)
        ingress = outcome.processes.get("Ingress", {}).get("cpu_ms_per_request", 0.0)
        replicas = 2 if context.target.endswith("=2") else 1
        metrics["scaled_per_s"] = replicas * 1000 / ingress if ingress else 0.0
        return outcome
