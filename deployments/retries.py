"""Channels that somebody wants tried again at once: the Router keeps them until each replica's poll fetches them.

What is lost with an answer is not sent again: a breaker's rest ends by itself within a minute. Must not know requests.
"""

from collections.abc import Collection, Iterable


class Retries:
    """One per Router."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[int]] = {}

    def add(self, channel_ids: Iterable[int], replicas: Collection[str]) -> None:
        """Take in what these replicas are to be told."""
        wanted = set(channel_ids)
        for replica in replicas:
            self._waiting.setdefault(replica, set()).update(wanted)

    def fetch(self, replica: str) -> list[int]:
        """The channels that this replica is to be told of, once."""
        return sorted(self._waiting.pop(replica, ()))

    def forget(self, replica: str) -> None:
        """The replica is gone."""
        self._waiting.pop(replica, None)
