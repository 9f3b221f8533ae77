"""Which scenarios there are, in the order in which a target is put through them.

Light ones first. What makes the gateway scale up by itself (many open streams) comes last, so that everything before it
sees the same number of replicas.
"""

from __future__ import annotations

from benchmarks.scenarios.base import Scenario
from benchmarks.scenarios.cold_key import ColdKey
from benchmarks.scenarios.idle import Idle
from benchmarks.scenarios.idle_streams import IdleStreams
from benchmarks.scenarios.large_body import LargeBody
from benchmarks.scenarios.one_in_flight import OneInFlight
from benchmarks.scenarios.placement_pool import PlacementPool
from benchmarks.scenarios.soak import Soak
from benchmarks.scenarios.stream_burst import StreamBurst
from benchmarks.scenarios.stream_converted import StreamConverted
from benchmarks.scenarios.stream_paced_60 import StreamPaced60
from benchmarks.scenarios.stream_paced_500 import StreamPaced500
from benchmarks.scenarios.two_replicas import TwoReplicas
from benchmarks.scenarios.unary_closed import UnaryClosed
from benchmarks.scenarios.unary_half import UnaryHalf
from benchmarks.scenarios.unary_open import UnaryOpen

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Idle(),
        OneInFlight(),
        UnaryClosed(),
        UnaryOpen(),
        UnaryHalf(),
        LargeBody(),
        ColdKey(),
        StreamBurst(),
        StreamPaced60(),
        StreamConverted(),
        PlacementPool(),
        TwoReplicas(),
        IdleStreams(),
        StreamPaced500(),
        Soak(),
    )
}
SHORT = ("idle", "unary_closed", "unary_open", "stream_paced_60")
"""What --short runs when no scenario is named."""
