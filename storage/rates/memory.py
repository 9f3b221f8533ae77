"""The authority in the memory of one process: the Router's, where there is no Redis.

`MemoryCore` counts and waits for nothing; `MemoryAuthority` is the same behind the interface. What it knows is gone
with the process; replicas then tell it what they used (see Answer.epoch).
"""

import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence

from storage.rates.authority import LEASE_S, Answer, Ask, Level
from storage.rates.window import State, advance, level, take

SWEEP = 2
"""Buckets looked at for being over at each ask: memory is bounded by what is in use, and no sweep is long."""


def monotonic_us() -> int:
    """Microseconds of a clock that is never set back."""
    return time.monotonic_ns() // 1000


class MemoryCore:
    """All buckets of one process; single-threaded."""

    def __init__(self, ttl_s: float = LEASE_S, clock: Callable[[], int] = monotonic_us) -> None:
        self.epoch = uuid.uuid4().hex
        self._ttl = int(ttl_s * 1e6)
        self._clock = clock
        self._buckets: dict[str, tuple[State, int]] = {}
        self._round: deque[str] = deque()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, replica: str, asks: Sequence[Ask]) -> Answer:
        """See Authority.take."""
        now = self._clock()
        grants = []
        for ask in asks:
            known = self._buckets.get(ask.bucket)
            if known is None:
                known = self._buckets[ask.bucket] = (State(), ask.window)
                self._round.append(ask.bucket)
            grants.append(take(known[0], ask, replica, self._ttl, now))
            self._sweep(now)
        return Answer(self.epoch, grants)

    def peek(self, buckets: Sequence[tuple[str, int]]) -> list[Level]:
        """See Authority.peek."""
        now = self._clock()
        nothing = (State(), 0)
        return [level(self._buckets.get(name, nothing)[0], window, now) for name, window in buckets]

    def _sweep(self, now: int) -> None:
        for _ in range(min(SWEEP, len(self._round))):
            name = self._round.popleft()
            state, window = self._buckets[name]
            advance(state, window, self._ttl, now)
            if state.empty:
                del self._buckets[name]
            else:
                self._round.append(name)


class MemoryAuthority:
    """A MemoryCore as an Authority."""

    pause_s = 0.0

    def __init__(self, core: MemoryCore | None = None) -> None:
        self.core = MemoryCore() if core is None else core

    async def take(self, replica: str, asks: Sequence[Ask]) -> Answer:
        """See Authority.take."""
        return self.core.take(replica, asks)

    async def peek(self, buckets: Sequence[tuple[str, int]]) -> list[Level]:
        """See Authority.peek."""
        return self.core.peek(buckets)

    async def close(self) -> None:
        """Nothing to let go of."""
