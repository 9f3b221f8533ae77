"""GET /metrics: the snapshots of all replicas summed and rendered by prometheus-client.

Counters of replicas that are gone stay in the sums (`fold`), so that no counter goes backwards when a replica is
drained.
"""

import sys
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from deployments.telemetry import DURATION_BUCKETS, OVERHEAD_BUCKETS, TOKEN_BUCKETS, Histogram, Snapshot

_CALL = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"]

COUNTERS: dict[str, tuple[str, list[str]]] = {
    "gateway_requests_total": (
        "Requests with a valid key, by status and how they ended.",
        ["gen_ai_operation_name", "status", "end"],
    ),
    "gateway_refused_total": ("Requests refused before a key was known, by status.", ["status"]),
    "gateway_retries_total": ("Further channels tried after a failed one.", ["gen_ai_operation_name"]),
    "gateway_upstream_errors_total": (
        "Failed attempts at a provider, by class.",
        ["gen_ai_provider_name", "error_type"],
    ),
    "gateway_conversion_losses_total": (
        "Settings that a conversion to another protocol left out or changed, by name.",
        ["field"],
    ),
    "gateway_cost_nanousd_total": ("Cost booked, in nano-USD.", _CALL),
    "gateway_rate_limited_total": ("Requests refused by a rate limit, by its name and metric.", ["limit", "metric"]),
    "gateway_rate_outage_total": (
        "Requests decided without the authority of rate limits, by metric and outcome (through, refused).",
        ["metric", "outcome"],
    ),
    "gateway_quota_refused_total": (
        "Requests refused by quota: not covered (insufficient), or the database is away (unavailable).",
        ["reason"],
    ),
    "gateway_quota_waits_total": (
        "Requests that waited for a lease of a balance; in the steady state this does not grow.",
        [],
    ),
    "gateway_idempotent_total": (
        "Requests with an Idempotency-Key: run, taken_over (from a replica that is gone), attached, relayed, replayed.",
        ["outcome"],
    ),
    "gateway_media_fetches_total": (
        "Media fetched because a provider takes no URLs: ok, refused (address, size or type), failed, timeout, busy.",
        ["outcome"],
    ),
    "gateway_responses_kept_total": (
        "Responses that clients may refer to later: kept, or lost because the database was away for long.",
        ["outcome"],
    ),
    "gateway_captures_total": (
        "Requests whose bodies were to be kept: kept, or lost because the database was away, or slower than they came.",
        ["outcome"],
    ),
    "gateway_safety_findings_total": ("What safety rules found, by rule and action.", ["rule", "action"]),
    "gateway_safety_webhooks_total": (
        "Judgements of outside services, by rule and outcome (allow, block, mask, failed).",
        ["rule", "outcome"],
    ),
    "gateway_accounts_overdrawn_total": (
        "Settled batches that took a limited account below zero: a provider counted more than was reserved.",
        [],
    ),
    "gateway_budget_alerts_total": (
        "Budgets that crossed a percentage somebody wants to hear of.",
        ["scope", "percent"],
    ),
    "gateway_settler_restarts_total": ("Times that the process that settles usage ended and was started again.", []),
    "gateway_records_lost_total": ("Usage records that could not be written to the journal.", []),
    "gateway_journal_corrupt_total": ("Journal segments whose tail was cut at the last whole record.", []),
}
HISTOGRAMS: dict[str, tuple[str, list[str], tuple[float, ...]]] = {
    "gen_ai_client_token_usage": ("Tokens of a request.", [*_CALL, "gen_ai_token_type"], TOKEN_BUCKETS),
    "gen_ai_client_operation_duration_seconds": (
        "From a request's arrival to the end of its answer.",
        [*_CALL, "error_type"],
        DURATION_BUCKETS,
    ),
    "gen_ai_server_time_to_first_token_seconds": (
        "From a request's arrival to the first token of its stream.",
        _CALL,
        DURATION_BUCKETS,
    ),
    "gateway_overhead_seconds": (
        "The gateway's own time before the upstream call.",
        ["gen_ai_operation_name"],
        OVERHEAD_BUCKETS,
    ),
}
GAUGES: dict[str, str] = {
    "gateway_open_requests": "Requests being answered now.",
    "gateway_active_streams": "Streams of answers open now, without pages that watch.",
    "gateway_journal_depth_bytes": "Bytes of usage records not yet in the database.",
    "gateway_journal_depth_records": "Usage records not yet in the database (estimate).",
    "gateway_journal_lag_seconds": "Age of the oldest usage record not yet in the database, at most.",
    "gateway_settler_hurried": "1 while usage is settled at normal priority because it fell behind.",
    "gateway_route_table_version": "Version of the route table; the lowest of all replicas.",
    "gateway_route_table_version_newest": "Version of the newest compiled route table.",
    "gateway_replicas": "Ingress replicas that listen.",
    "gateway_router_up": "1 when the Router answered this scrape; 0: the numbers are those of one replica.",
    "gateway_rate_authority_up": "1 when the authority of rate limits answered last time; the lowest of all replicas.",
    "gateway_lease_authority_up": "1 when the database answered about leases last time; the lowest of all replicas.",
    "gateway_leases_held": "Accounts of which replicas hold a lease, each counted by each replica.",
    "gateway_leases_unspent_nanousd": "Leased by replicas and not spent, in nano-USD.",
    "gateway_lease_recalls": "Leases that replicas were asked to give back, since they started.",
    "gateway_idempotent_running": "Answers to requests with an Idempotency-Key being made or not yet stored.",
    "gateway_keys_cached": "Keys that replicas remember.",
}
_LOWEST = {"gateway_route_table_version", "gateway_rate_authority_up", "gateway_lease_authority_up"}


def fold(into: Snapshot, other: Snapshot) -> None:
    """Add the counters and histograms of `other` to `into`."""
    for name, family in other.counters.items():
        mine = into.counters.setdefault(name, {})
        for labels, value in family.items():
            mine[labels] = mine.get(labels, 0) + value
    for name, histograms in other.histograms.items():
        ours = into.histograms.setdefault(name, {})
        for labels, histogram in histograms.items():
            seen = ours.get(labels)
            if seen is None:
                ours[labels] = Histogram(list(histogram.counts), histogram.total)
            else:
                seen.counts = [a + b for a, b in zip(seen.counts, histogram.counts, strict=True)]
                seen.total += histogram.total


def merge(live: Iterable[Snapshot], gone: Snapshot, extra: Mapping[str, float]) -> Snapshot:
    """One snapshot for all replicas.

    Counters and gauges summed, but for gauges where only the lowest value means something.
    """
    merged = Snapshot({}, {}, {})
    fold(merged, gone)
    for snapshot in live:
        fold(merged, snapshot)
        for name, value in snapshot.gauges.items():
            before = merged.gauges.get(name)
            if before is None:
                merged.gauges[name] = value
            else:
                merged.gauges[name] = min(before, value) if name in _LOWEST else before + value
    merged.gauges.update(extra)
    return merged


def render(snapshot: Snapshot) -> bytes:
    """Prometheus text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed(snapshot))
    return generate_latest(registry)


class _Fixed(Collector):
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable[Metric]:
        """Families in a fixed order, present even when nothing was counted yet."""
        for name, (text, labels) in COUNTERS.items():
            counter = CounterMetricFamily(name, text, labels=labels)
            for values, number in self._snapshot.counters.get(name, {} if labels else {(): 0}).items():
                counter.add_metric(values, number)
            yield counter
        for name, (text, labels, buckets) in HISTOGRAMS.items():
            family = HistogramMetricFamily(name, text, labels=labels)
            for values, histogram in self._snapshot.histograms.get(name, {}).items():
                running = 0
                rows = []
                for bound, count in zip((*buckets, float("inf")), histogram.counts, strict=True):
                    running += count
                    rows.append(("+Inf" if bound == float("inf") else repr(bound), running))
                family.add_metric(values, rows, histogram.total)
            yield family
        for name, text in GAUGES.items():
            if name in self._snapshot.gauges:
                yield GaugeMetricFamily(name, text, value=self._snapshot.gauges[name])


def markdown() -> str:
    """docs/metrics.md: every metric with its labels and meaning."""
    lines = [
        "# Metrics",
        "",
        "`GET /metrics`, Prometheus text over all replicas. Generated by `python -m deployments.metrics`.",
        "",
        "Names follow OpenTelemetry's GenAI conventions where one exists. Labels are bounded: a model that no",
        "channel lists by name is `other`.",
        "",
        "| metric | type | labels | meaning |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{name}` | counter | {_names(labels)} | {text} |" for name, (text, labels) in COUNTERS.items()]
    lines += [f"| `{name}` | histogram | {_names(labels)} | {text} |" for name, (text, labels, _) in HISTOGRAMS.items()]
    lines += [f"| `{name}` | gauge | | {text} |" for name, text in GAUGES.items()]
    return "\n".join(lines) + "\n"


def _names(labels: Iterable[str]) -> str:
    return ", ".join(f"`{label}`" for label in labels)


if __name__ == "__main__":
    sys.stdout.write(markdown())
