"""Slots of time on a logarithmic scale: counting durations so that counts of any rows can be added up. Pure.

Four slots for each doubling: a slot's bounds differ by 19 %, so its middle is at most 9 % from what was measured.
Slots of the time to the first token follow those of the whole time, from FIRST_TOKEN on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

_STEP = 2**0.25
_SMALLEST_US = 1000
SLOTS = 96
"""From below a millisecond to above four and a half hours."""

FIRST_TOKEN = 128

BOUNDS: tuple[int, ...] = tuple(round(_SMALLEST_US * _STEP**number) for number in range(SLOTS - 1))
"""The first microsecond of each slot but the first."""


def slot(microseconds: int) -> int:
    """The slot of a duration."""
    return bisect_right(BOUNDS, microseconds)


def middle(number: int) -> int:
    """The duration that stands for a slot: the geometric middle, in microseconds."""
    if number <= 0:
        return _SMALLEST_US // 2
    return int(_SMALLEST_US * 2.0 ** ((min(number, SLOTS - 1) - 0.5) / 4))


def percentiles(counts: Mapping[int, int], shares: Sequence[float]) -> list[int]:
    """The durations that these shares of the requests (0 to 1) stayed within, microseconds; 0 without requests."""
    total = sum(counts.values())
    found: list[int] = []
    for share in shares:
        wanted, seen, at = share * total, 0, 0
        for number in sorted(counts):
            seen += counts[number]
            if seen >= wanted and seen:
                at = middle(number)
                break
        found.append(at)
    return found
