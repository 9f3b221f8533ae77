"""Passive circuit breakers of one replica.

A channel that keeps failing rests, and is used meanwhile only when nothing else is left.

After the rest one failure is enough to send it back, one success clears it. Errors that blame the caller do not count.
"""

import asyncio

from adapters.errors import UpstreamError
from deployments.settings import Breaker

MAX_REST_S = 60.0
"""Longest rest that a Retry-After can bring."""

_NOT_ITS_FAULT = {"upstream_invalid", "upstream_not_found", "upstream_content_policy"}


class Breakers:
    """`resting` holds the ids of channels whose breaker is open."""

    def __init__(self, settings: Breaker) -> None:
        self._settings = settings
        self.resting: set[int] = set()
        self._failures: dict[int, int] = {}
        self._ends: dict[int, asyncio.TimerHandle] = {}

    def failed(self, channel_id: int, error: UpstreamError) -> None:
        """Count a failure; a rate limit rests the channel at once, for as long as the provider says."""
        if error.klass in _NOT_ITS_FAULT:
            return
        failures = self._failures[channel_id] = self._failures.get(channel_id, 0) + 1
        if error.klass == "upstream_rate_limit":
            self._rest(channel_id, _seconds(error.retry_after))
        elif failures >= self._settings.failures:
            self._rest(channel_id, self._settings.rest_s)

    def succeeded(self, channel_id: int) -> None:
        """It works: forget the past."""
        if channel_id in self._failures:
            del self._failures[channel_id]
            self._wake(channel_id)

    def _rest(self, channel_id: int, seconds: float) -> None:
        """Rest for `seconds`, or as long as it rests already if that is longer."""
        loop = asyncio.get_running_loop()
        before = self._ends.get(channel_id)
        if before is not None:
            if before.when() >= loop.time() + seconds:
                return
            before.cancel()
        self.resting.add(channel_id)
        self._ends[channel_id] = loop.call_later(seconds, self._wake, channel_id)

    def _wake(self, channel_id: int) -> None:
        self.resting.discard(channel_id)
        end = self._ends.pop(channel_id, None)
        if end is not None:
            end.cancel()  # else it would end a later rest too soon


def _seconds(retry_after: str | None) -> float:
    try:
        return min(MAX_REST_S, max(0.5, float(retry_after or 1.0)))  # in this order "nan" is half a second
    except ValueError:
        return 1.0  # an HTTP date: rare, and a second is safe
