"""Prompts of 100K tokens (0.5 MB): what carrying, checking and editing a large body costs."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import ADDED, LATENCY, RATE, REQUEST_COST, STATE, UNARY, Scenario, closed

PROMPT_BYTES = 500_000
CONNECTIONS = 4


class LargeBody(Scenario):
    """4 connections with a conversation of 0.5 MB each time."""

    name = "large_body"
    title = "Unary, 100K-token prompt (0.5 MB body), closed loop, 4 connections"
    columns = (*RATE, *LATENCY, *ADDED, *REQUEST_COST, *STATE)
    chart = "cpu_ms_per_request"

    def run(self, context: Context) -> Outcome:
        """Load with large bodies."""
        seconds = context.options.length(5.0, 1.0)
        target = context.aim(UNARY, prompt_bytes=PROMPT_BYTES)
        return closed(
            context, target, connections=CONNECTIONS, seconds=seconds, warm=0.3 if context.options.short else 1.0
        )
