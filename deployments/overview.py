"""What the Router tells the console of everything that runs: from what replicas report, nothing is asked for it."""

from collections.abc import Iterable
from typing import Any

from deployments.messages import Report
from deployments.telemetry import Snapshot

Seen = tuple[Report, float]
"""A replica's last report, and when it came (monotonic seconds)."""

_REQUESTS = "gateway_requests_total"
_STREAMS = "gateway_active_streams"
_LEASES = {"held": "gateway_leases_held", "unspent": "gateway_leases_unspent_nanousd"}


def replicas(seen: Iterable[Seen], now: float, wall: float) -> list[dict[str, Any]]:
    """Each replica, by kind and name. `wall` is unix seconds at `now`."""
    ordered = sorted(seen, key=lambda item: (item[0].kind, item[0].replica))
    return [
        {
            "replica": report.replica,
            "kind": report.kind,
            "pid": report.pid,
            "node": report.node,
            "version": report.version,
            "uptime_s": round(wall - report.started_at, 1) if report.started_at else None,
            "table_version": report.table_version,
            "open_requests": report.open_requests,
            "open_streams": int(_gauge(report.snapshot, _STREAMS)),
            "seen_seconds_ago": round(now - at, 1),
        }
        for report, at in ordered
    ]


def traffic(seen: Iterable[Seen], gone: Snapshot) -> dict[str, int]:
    """Requests and failures since counting began, and what is open now. A failure: status 500 or above, or cut.

    Open is what clients of models wait for: neither what the console asks, nor the way on to an adapter.
    """
    reports = [report for report, _ in seen]
    found = {"requests": 0, "failures": 0, "open_requests": 0, "open_streams": 0}
    for snapshot in [gone, *(report.snapshot for report in reports if report.snapshot is not None)]:
        for labels, value in snapshot.counters.get(_REQUESTS, {}).items():
            found["requests"] += int(value)
            if labels[1] >= "500" or labels[2].startswith("upstream_"):
                found["failures"] += int(value)
    found["open_requests"] = sum(report.open_requests for report in reports if report.kind.startswith("ingress"))
    found["open_streams"] = int(sum(_gauge(report.snapshot, _STREAMS) for report in reports))
    return found


def resting(seen: Iterable[Seen]) -> dict[str, int]:
    """Channels whose breaker is open -> in how many replicas. Text, for JSON knows no other keys."""
    found: dict[str, int] = {}
    for report, _ in seen:
        for channel_id in report.resting:
            found[str(channel_id)] = found.get(str(channel_id), 0) + 1
    return found


def leases(seen: Iterable[Seen]) -> dict[str, int]:
    """Leases of quota that replicas hold, and nano-USD of them that nothing has spent."""
    reports = [report for report, _ in seen]
    return {name: int(sum(_gauge(one.snapshot, gauge) for one in reports)) for name, gauge in _LEASES.items()}


def _gauge(snapshot: Snapshot | None, name: str) -> float:
    return snapshot.gauges.get(name, 0.0) if snapshot is not None else 0.0
