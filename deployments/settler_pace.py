"""When the settler's worker leaves idle priority and when it goes back. Pure: the clock and what was seen are given."""

LATE_S = 5.0
"""Records older than this wait for the database: the CPU that others leave over is not enough."""

LATE_BYTES = 8 * 1024 * 1024
"""So much waits in the journal, about 32,000 records."""

STUCK_S = 1.0
"""A batch that takes longer holds locks that requests may wait for: it is given up and begun again with more CPU."""

GOOD_S = 3.0
GOOD_BYTES = 2 * 1024 * 1024
"""The worker has caught up when nothing older waits, and no more than this."""

HOLD_S = 5.0
LONGEST_HOLD_S = 120.0
"""How long a worker stays at normal priority at least. Doubled each time that it is needed again soon."""

CALM_S = 60.0
"""A worker that lasted so long at idle priority makes the next hold a short one again."""


class Pace:
    """The decision between two priorities: `hurried` is the normal one, else what nobody else wants of the CPU."""

    def __init__(self, now: float) -> None:
        self.hurried = False
        self._since = now
        self._hold = HOLD_S / 2

    def judge(self, now: float, *, lag_s: float, waiting: int, batch_s: float) -> bool:
        """Take in how old what waits is, how many bytes it is, how long a batch has run; whether the worker changes."""
        lasted = now - self._since
        if self.hurried:
            change = lasted >= self._hold and lag_s <= GOOD_S and waiting <= GOOD_BYTES
        else:
            change = lag_s > LATE_S or waiting > LATE_BYTES or batch_s > STUCK_S
            if change:
                self._hold = HOLD_S if lasted >= CALM_S else min(LONGEST_HOLD_S, 2 * self._hold)
        if change:
            self.hurried = not self.hurried
            self._since = now
        return change
