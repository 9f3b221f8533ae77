"""The figures that the gateway is to reach, checked against a run: for 2 cores, with everything on one machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.results import Median, Run, medians

GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it says, what was found, whether that is enough (None: not measured)."""

    text: str
    found: str
    reached: bool | None


class _Book:
    """The medians by scenario and target."""

    def __init__(self, rows: list[Median]) -> None:
        self._metrics = {(row.scenario, row.target): row.metrics for row in rows}

    def value(self, scenario: str, figure: str, target: str = GATEWAY) -> float | None:
        return self._metrics.get((scenario, target), {}).get(figure)

    def ratio(self, scenario: str, figure: str, other: str) -> float | None:
        """Return gateway / other."""
        ours, theirs = self.value(scenario, figure), self.value(scenario, figure, other)
        return ours / theirs if ours is not None and theirs else None


def check(run: Run) -> list[Figure]:
    """Return every figure with what the run found."""
    book = _Book(medians(run))
    one = book.value("two_replicas", "requests_per_s", "gateway+replicas=1")
    two = book.value("two_replicas", "requests_per_s", "gateway+replicas=2")
    return [
        _most("unary: CPU per request", book.value("unary_closed", "cpu_ms_per_request"), 0.4, "ms"),
        _least("unary: requests/s over LiteLLM", book.ratio("unary_closed", "requests_per_s", "litellm"), 50, "x"),
        _least("unary: requests/s over Portkey", book.ratio("unary_closed", "requests_per_s", "portkey"), 4, "x"),
        _most("60 paced streams: CPU per event", book.value("stream_paced_60", "cpu_us_per_event"), 60, "us"),
        _most(
            "60 paced streams: CPU per event over LiteLLM",
            book.ratio("stream_paced_60", "cpu_us_per_event", "litellm"), 1 / 20, "x",
        ),
        _most("one in flight: added p50", book.value("one_in_flight", "added_latency_p50_ms"), 1, "ms"),
        _most("one in flight: added p99", book.value("one_in_flight", "added_latency_p99_ms"), 5, "ms"),
        _most("open loop at half of capacity: added p99", book.value("unary_half", "paired_added_p99_ms"), 10, "ms"),
        _most("60 paced streams: added delay p99", book.value("stream_paced_60", "added_event_delay_p99_ms"), 5, "ms"),
        _most("100K-token body: CPU per request", book.value("large_body", "cpu_ms_per_request"), 3, "ms"),
        _most("1,000 open streams: memory of each", book.value("idle_streams", "kb_per_stream"), 50, "KB"),
        _most("1,000 open streams: dropped", book.value("idle_streams", "errors"), 0, ""),
        _least("two ingress replicas over one", two / one if one and two else None, 1.6, "x"),
        _most("start to the first 200", book.value("idle", "start_s"), 40, "s"),
        _most("resident memory of the whole tree", book.value("idle", "rss_mb"), 2500, "MB"),
        _most("idle CPU", book.value("idle", "idle_cpu_share"), 0.25, "cores"),
    ]  # fmt: skip


def _figure(text: str, value: float | None, unit: str, good: Callable[[float], bool]) -> Figure:
    if value is None:
        return Figure(text, "not measured", None)
    return Figure(text, f"{value:.3g} {unit}".strip(), good(value))


def _most(text: str, value: float | None, limit: float, unit: str) -> Figure:
    return _figure(f"{text}: at most {limit:.3g} {unit}".strip(), value, unit, lambda v: v <= limit)


def _least(text: str, value: float | None, limit: float, unit: str) -> Figure:
    return _figure(f"{text}: at least {limit:.3g} {unit}".strip(), value, unit, lambda v: v >= limit)
