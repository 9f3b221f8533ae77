"""What a replica counts.

Plain dictionaries of numbers in memory, sent to the Router as a snapshot, rendered by deployments/metrics.py.

Names and buckets follow OpenTelemetry's GenAI conventions where one exists. Labels are bounded: a model that is not
listed in the route table is "other".
"""

from bisect import bisect_left
from collections.abc import Callable

import msgspec

from storage.records import UsageRecord

Labels = tuple[str, ...]

DURATION_BUCKETS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKEN_BUCKETS = tuple(float(4**power) for power in range(14))
OVERHEAD_BUCKETS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class Histogram(msgspec.Struct, array_like=True):
    """Counts per bucket (the last is +Inf) and the sum of what was observed."""

    counts: list[int]
    total: float = 0.0


class Snapshot(msgspec.Struct):
    """Everything a replica has counted since it started, and its gauges now."""

    counters: dict[str, dict[Labels, float]] = {}
    histograms: dict[str, dict[Labels, Histogram]] = {}
    gauges: dict[str, float] = {}


class Telemetry:
    """Counters of one replica; single-threaded, no locks."""

    def __init__(self) -> None:
        self.counters: dict[str, dict[Labels, float]] = {}
        self.histograms: dict[str, dict[Labels, Histogram]] = {}
        self.gauges: dict[str, Callable[[], float]] = {}

    def count(self, name: str, labels: Labels, value: float = 1) -> None:
        """Add to a counter."""
        family = self.counters.setdefault(name, {})
        family[labels] = family.get(labels, 0) + value

    def observe(self, name: str, labels: Labels, value: float, buckets: tuple[float, ...]) -> None:
        """Add to a histogram."""
        family = self.histograms.setdefault(name, {})
        histogram = family.get(labels)
        if histogram is None:
            histogram = family[labels] = Histogram([0] * (len(buckets) + 1))
        histogram.counts[bisect_left(buckets, value)] += 1
        histogram.total += value

    def request(self, record: UsageRecord, model: str) -> None:
        """Everything that one finished request says. `model` is the bounded label."""
        labels = (record.operation, record.provider or "none", model)
        self.count("gateway_requests_total", (record.operation, str(record.status), record.end))
        self.observe(
            "gen_ai_client_operation_duration_seconds", (*labels, record.error), record.total_us / 1e6, DURATION_BUCKETS
        )
        if record.queue_us:
            self.observe("gateway_overhead_seconds", (record.operation,), record.queue_us / 1e6, OVERHEAD_BUCKETS)
        if record.stream and record.first_token_us:
            self.observe(
                "gen_ai_server_time_to_first_token_seconds", labels, record.first_token_us / 1e6, DURATION_BUCKETS
            )
        if record.usage_source != "none":
            self.observe("gen_ai_client_token_usage", (*labels, "input"), record.input_tokens, TOKEN_BUCKETS)
            if record.operation != "embeddings":
                self.observe("gen_ai_client_token_usage", (*labels, "output"), record.output_tokens, TOKEN_BUCKETS)
            self.count("gateway_cost_nanousd_total", labels, record.cost)
        if record.attempts > 1:
            self.count("gateway_retries_total", (record.operation,), record.attempts - 1)

    def snapshot(self) -> Snapshot:
        """The numbers now (shared, not copied: encode before the next await)."""
        return Snapshot(self.counters, self.histograms, {name: float(read()) for name, read in self.gauges.items()})
