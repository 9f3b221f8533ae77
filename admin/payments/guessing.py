"""A bound on wrong guesses: so many of one person in a window, in this process. The secrets themselves are long."""

from collections import deque

_MOST = 10_000


class Guesses:
    """Counts what was wrong. Times are Unix seconds."""

    def __init__(self, limit: int, window_s: int) -> None:
        self._limit = limit
        self._window_s = window_s
        self._wrong: dict[str, deque[int]] = {}

    def allow(self, who: str, now: int) -> bool:
        """Whether `who` may guess again."""
        times = self._wrong.get(who)
        if times is None:
            return True
        while times and times[0] <= now - self._window_s:
            times.popleft()
        if not times:
            del self._wrong[who]
        return len(times) < self._limit

    def wrong(self, who: str, now: int) -> None:
        """`who` guessed wrong."""
        if who not in self._wrong and len(self._wrong) >= _MOST:
            del self._wrong[next(iter(self._wrong))]
        self._wrong.setdefault(who, deque()).append(now)
