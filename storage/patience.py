"""A time limit for an answer from outside that does not count the time in which this process itself stood still.

`asyncio.timeout` cancels after a pause of the process (a stopped container, a processor that others used, a long
garbage collection) even when the answer has been waiting in the socket all along: its timer is due before the answer
has been read. For a healthy server that would be an outage that never was.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLICES = 4
"""A limit is waited for in so many parts; a part that ends late by its own length or more does not count."""

LATE = 12
"""After so many parts that did not count all do: a process that is always late gives up as well."""


@asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[None]:
    """Raise TimeoutError when the body takes longer than `seconds` in which this process ran."""
    loop = asyncio.get_running_loop()
    part = seconds / SLICES
    left, late = SLICES, LATE
    timer: asyncio.TimerHandle

    def passed() -> None:
        nonlocal left, late, timer
        if late and loop.time() - timer.when() >= part:
            late -= 1
        else:
            left -= 1
        if left:
            timer = loop.call_later(part, passed)
        else:
            limit.reschedule(loop.time())

    async with asyncio.timeout(None) as limit:
        timer = loop.call_later(part, passed)
        try:
            yield
        finally:
            timer.cancel()
