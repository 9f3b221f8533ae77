"""Pure arithmetic of the reports: percentiles, medians over rounds, spread, and the timetable of an open loop.

No clock and no I/O here, so that every number of a report can be tested.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

NANOSECONDS = 1_000_000_000
QUANTILES = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999))


def percentile(ordered: Sequence[float], fraction: float) -> float:
    """Return the nearest-rank percentile of values sorted ascending: always a value that was measured.

    Raises:
        ValueError: no values, or a fraction outside 0..1.
    """
    if not ordered:
        raise ValueError("no values")
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction {fraction} is not within 0..1")
    # The guard keeps 0.99 * 100 = 99.00000000000001 from becoming rank 100.
    rank = math.ceil(round(fraction * len(ordered), 9))
    return ordered[max(rank, 1) - 1]


def summary(values: Sequence[int], prefix: str) -> dict[str, float]:
    """Return p50, p90, p99, p999, mean and max in milliseconds of values in nanoseconds; empty for no values."""
    if not values:
        return {}
    ordered = sorted(values)
    out = {f"{prefix}_{name}_ms": percentile(ordered, fraction) / 1e6 for name, fraction in QUANTILES}
    out[f"{prefix}_mean_ms"] = sum(ordered) / len(ordered) / 1e6
    out[f"{prefix}_max_ms"] = ordered[-1] / 1e6
    return out


def median(values: Sequence[float]) -> float:
    """Return the middle value, or the mean of the two middle ones."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def spread(values: Sequence[float]) -> float:
    """Return (max - min) / median: how far the rounds of one figure lie apart; 0 for a median of 0."""
    middle = median(values)
    return (max(values) - min(values)) / abs(middle) if middle else 0.0


class Timetable:
    """Intended starts of an open loop: start + i / rate, whatever the server does.

    Latency is counted from these, so a queue at the server, on the way or in the generator shows as latency.
    """

    __slots__ = ("count", "next", "rate", "start_ns")

    def __init__(self, start_ns: int, rate: float, duration_s: float) -> None:
        if rate <= 0 or duration_s <= 0:
            raise ValueError("rate and duration must be above 0")
        self.start_ns = start_ns
        self.rate = rate
        self.count = max(1, math.floor(rate * duration_s))
        self.next = 0

    def intended(self, index: int) -> int:
        """Return the intended start of arrival `index`, in nanoseconds, without accumulating error."""
        return self.start_ns + round(index * NANOSECONDS / self.rate)

    def due(self, now_ns: int) -> list[int]:
        """Return the intended starts that have come since the last call, oldest first."""
        out = []
        while self.next < self.count and (at := self.intended(self.next)) <= now_ns:
            out.append(at)
            self.next += 1
        return out

    @property
    def finished(self) -> bool:
        """True when every arrival was handed out."""
        return self.next >= self.count
