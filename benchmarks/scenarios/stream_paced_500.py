"""500 streams with an event each 10 ms: 50,000 events per second are offered, more than most targets here can carry."""

from __future__ import annotations

from benchmarks.scenarios.stream_paced_60 import StreamPaced60


class StreamPaced500(StreamPaced60):
    """As stream_paced_60 with 500 streams; where a target cannot keep up, delay and rate show it."""

    name = "stream_paced_500"
    title = "Stream, 500 at a time, 64 content events 10 ms apart"
    chart = "event_delay_p99_ms"
    streams = 500
