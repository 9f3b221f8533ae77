"""60 paced streams passed through and converted: what it costs that the provider speaks another protocol."""

from __future__ import annotations

from benchmarks.scenarios.stream_paced_60 import StreamPaced60


class StreamConverted(StreamPaced60):
    """The same load of chat clients, on a provider that speaks chat and on one that speaks Messages."""

    name = "stream_converted"
    title = "Gateway: 60 streams passed through, and converted from Messages to chat"
    variants = ("gateway", "gateway+messages")
