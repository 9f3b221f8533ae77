"""Failures of channels and their keys that a replica has seen since their last success, for whoever judges them.

Counts and carries; it switches nothing off: admin/channel_health.py does, by the operator's rules. Costs nothing while
nothing fails.
"""

import msgspec

from adapters.errors import UpstreamError

MAX_NEWS = 100
SAID_BYTES = 500


class Suspect(msgspec.Struct, frozen=True, array_like=True):
    """A channel, or one of its keys (0: it has one), that failed `failures` times in a row with this status.

    `status` is the provider's, 0: it gave none. `said` is the beginning of its answer, which may repeat what the client
    sent: it is looked at, not kept.
    """

    channel_id: int
    key_id: int
    status: int
    failures: int
    klass: str
    said: str = ""


class Suspects:
    """One per replica."""

    def __init__(self) -> None:
        self._failures: dict[tuple[int, int], dict[int, int]] = {}
        self._news: dict[tuple[int, int, int], Suspect] = {}

    def failed(self, channel_id: int, key_id: int, error: UpstreamError) -> None:
        """An attempt failed."""
        counts = self._failures.setdefault((channel_id, key_id), {})
        status = error.answered
        counts[status] = failures = counts.get(status, 0) + 1
        if len(self._news) < MAX_NEWS or (channel_id, key_id, status) in self._news:
            said = error.said.decode("utf-8", "replace")
            self._news[channel_id, key_id, status] = Suspect(channel_id, key_id, status, failures, error.klass, said)

    def succeeded(self, channel_id: int, key_id: int) -> None:
        """An attempt went through: what was before counts no more."""
        if self._failures:
            self._failures.pop((channel_id, key_id), None)

    def take(self) -> list[Suspect]:
        """What is new since the last call."""
        if not self._news:
            return []
        news, self._news = list(self._news.values()), {}
        return news
