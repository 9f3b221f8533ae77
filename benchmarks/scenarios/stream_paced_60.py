"""60 streams with an event each 10 ms, the ordinary work of a gateway: cost per event and delay per event."""

from __future__ import annotations

from benchmarks.measure import Context, Outcome
from benchmarks.scenarios.base import DELAY, EVENT_COST, FIRST, PACED, STATE, Scenario, closed


class StreamPaced60(Scenario):
    """60 streams at any time, their starts spread; delay from the mock's sending time, which stands in each event."""

    name = "stream_paced_60"
    title = "Stream, 60 at a time, 64 content events 10 ms apart"
    columns = (("events_per_s", "events/s"), *FIRST, *DELAY, *EVENT_COST, *STATE)
    chart = "cpu_us_per_event"
    streams = 60

    def run(self, context: Context) -> Outcome:
        """Load with paced streams."""
        seconds = context.options.length(8.0, 1.5)
        target = context.aim(PACED, events=64)
        warm = 0.1 if context.options.short else 1.0
        return closed(context, target, connections=self.streams, seconds=seconds, warm=warm, stagger_s=0.64)
