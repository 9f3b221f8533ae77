"""Streams whose events come all at once, as from a cache or a fast small model: the throughput of the stream path."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import BURST, EVENT_COST, FIRST, RATE, REQUEST_COST, STATE, Scenario, closed

CONNECTIONS = 16


class StreamBurst(Scenario):
    """16 connections, streams of 64 content events that the mock writes at once."""

    name = "stream_burst"
    title = "Stream, burst of 64 content events, closed loop, 16 connections"
    columns = (*RATE, ("events_per_s", "events/s"), *FIRST, *EVENT_COST, *REQUEST_COST[:1], *STATE)
    chart = "events_per_s"

    def run(self, context: Context) -> Outcome:
        """Load with bursts."""
        seconds = context.options.length(5.0, 1.0)
        warm = 0.3 if context.options.short else 1.0
        return closed(context, context.aim(BURST, events=64), connections=CONNECTIONS, seconds=seconds, warm=warm)
