"""One event among those of many streams: measured with the processor's caches full of other things.

In a loop over one stream every step finds its code and data in the cache. Between two events of one stream a busy
replica does other work; that is what is paid there.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from adapters.contract import Tap

STREAMS = 20
WARM = 4
"""Events of each stream that are not measured."""
_BYTES = bytearray(8 << 20)
_OBJECTS = [object() for _ in range(200_000)]


def disturb(number: int) -> int:
    """Touch about a megabyte of bytes and thousands of objects, elsewhere each time."""
    begin = (number * 7919) % 150_000
    return sum(_BYTES[:: 4096 // 64][number % 64 : 20_000]) + sum(
        id(each) & 1 for each in _OBJECTS[begin : begin + 8000]
    )


def cold(make: Callable[[], Tap], chunks: Sequence[bytes], events: int) -> float:
    """The median of seconds for one event of the provider, over `events` of each of the streams."""
    taps = [make() for _ in range(STREAMS)]
    for tap in taps:
        for chunk in chunks[:WARM]:
            tap.feed(chunk)
    found: list[int] = []
    for number, chunk in enumerate(chunks[WARM : WARM + events]):
        for tap in taps:
            disturb(number)
            begin = time.perf_counter_ns()
            tap.feed(chunk)
            found.append(time.perf_counter_ns() - begin)
    return statistics.median(found) / 1e9
