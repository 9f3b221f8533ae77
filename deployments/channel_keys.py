"""Several keys of one channel in a replica: whose turn it is, and which of them rest after a failure.

A channel with one key has none of this. What a key failed with is judged here only for this replica and for a while;
switching it off for all is the Admin's (admin/channel_health.py).
"""

import random
import time
from collections.abc import Mapping, Sequence

from adapters.errors import UpstreamError
from deployments.endpoint import Endpoint, SpokenRow

AUTH_REST_S = 60.0
"""How long a key rests that its provider refused, or whose account has no credit."""

FAILURE_REST_S = 5.0
MAX_REST_S = 60.0

_ACCOUNT = frozenset({"upstream_auth", "upstream_credit"})
_OF_THE_KEY = _ACCOUNT | {"upstream_rate_limit"}
"""Failures after which another key of the same channel may do better."""


class Rests:
    """Until when keys rest, by key id; kept over changes of the table. `now` is monotonic seconds."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}

    def rest(self, key_id: int, seconds: float) -> None:
        """Leave a key out for so long, unless no other is left."""
        self._until[key_id] = max(self._until.get(key_id, 0.0), time.monotonic() + seconds)

    def wake(self, key_id: int) -> None:
        """The key works."""
        self._until.pop(key_id, None)

    def resting(self, key_id: int) -> bool:
        """Whether the key rests."""
        until = self._until.get(key_id)
        if until is None:
            return False
        if time.monotonic() < until:
            return True
        del self._until[key_id]
        return False

    def __bool__(self) -> bool:
        return bool(self._until)


class Member:
    """One key of a channel, with the protocols' endpoints as it is shown there."""

    __slots__ = ("endpoints", "id", "secret")

    def __init__(self, key_id: int, secret: str, spoken: Mapping[str, SpokenRow], headers: Mapping[str, str]) -> None:
        self.id = key_id
        self.secret = secret
        self.endpoints = {name: Endpoint(name, row, secret, headers, key_id) for name, row in spoken.items()}


class Ring:
    """The keys of a channel in use. `mode` is "random" or "round_robin"; `members` has at least one."""

    __slots__ = ("_next", "_random", "by_id", "members")

    def __init__(self, members: Sequence[Member], mode: str) -> None:
        self.members = tuple(members)
        self.by_id = {member.id: member for member in members}
        self._random = mode != "round_robin"
        self._next = random.randrange(len(members))  # noqa: S311  # replicas should not all begin with the same key

    def pick(self, rests: Rests, tried: Sequence[int] = ()) -> Member:
        """The key whose turn it is: one that neither rests nor was tried, else one that was not tried, else any."""
        count = len(self.members)
        if self._random:
            start = random.randrange(count)  # noqa: S311  # spreads load, no secret
        else:
            start = self._next
            self._next = (start + 1) % count
        if not tried and not rests:
            return self.members[start]
        spare: Member | None = None
        for step in range(count):
            member = self.members[(start + step) % count]
            if member.id in tried:
                continue
            if not rests.resting(member.id):
                return member
            spare = spare or member
        return spare or self.members[start]

    def left(self, tried: Sequence[int]) -> bool:
        """Whether there is a key that was not tried."""
        return any(member.id not in tried for member in self.members)


def failed(rests: Rests, key_id: int, error: UpstreamError) -> bool:
    """Note a key's failure; whether another key of its channel may do better."""
    if error.klass in _ACCOUNT:
        rests.rest(key_id, AUTH_REST_S)
    elif error.klass == "upstream_rate_limit":
        rests.rest(key_id, _seconds(error.retry_after))
    return error.klass in _OF_THE_KEY


def _seconds(retry_after: str | None) -> float:
    try:
        return min(MAX_REST_S, max(0.5, float(retry_after or FAILURE_REST_S)))
    except ValueError:
        return FAILURE_REST_S
