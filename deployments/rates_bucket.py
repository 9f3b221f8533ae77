"""One bucket as a replica sees it: units in hand, uses to tell, and what the authority last said.

Arithmetic only: no I/O and no clock but the `now` (monotonic seconds) it is given. The other end of the conversation
is storage/rates/window.py.
"""

import itertools
import time

from deployments.rates_rules import Rule
from storage.rates import Ask, Grant
from storage.rates.window import AHEAD_SHARE, State, add, advance

HORIZON_S = 0.5
"""For how long the units in hand should last at the present pace."""

IDLE_S = 3.0
"""Units that are not used for so long go back."""

LEASE_SHARE = 0.8
"""Part of a lease for which a replica trusts what it holds: it must end here before it does at the authority."""

REFUSED_S = {"requests": 1.0, "tokens": 0.25, "concurrent": 0.05}
"""How long a refusal is repeated without asking again. Tokens and slots come back at any time, requests do not."""

LEAST_REFUSED_S = 0.02
"""A refusal is repeated for at least so long: a limit that stays full is not asked about without end."""

GRAINS = 400
"""Uses less than this part of a window apart are told as one, at the time of the last."""

HISTORY_GRAINS = 20
"""As GRAINS, for what is remembered in case the authority forgets."""


_numbers = itertools.count(time.time_ns() // 1000)
"""Of asks and of what they tell. They only grow, over restarts too: the authority ignores what it has seen."""


class Bucket:
    """`left` units are in hand until `until`; `busy` slots are in use (concurrent only)."""

    __slots__ = (
        "_asked",
        "_credits",
        "_goal",
        "_grain",
        "_group_end",
        "_history",
        "_keep",
        "_seq",
        "_spent",
        "_told",
        "_told_at",
        "_unit",
        "_uses",
        "asking",
        "busy",
        "demand",
        "fallback",
        "free_at",
        "left",
        "live",
        "low",
        "name",
        "need",
        "refused_need",
        "refused_until",
        "rule",
        "seen_at",
        "seen_left",
        "until",
        "used_at",
    )

    def __init__(self, name: str, rule: Rule) -> None:
        self.name = name
        self.left = 0
        self.until = 0.0
        self.busy = 0
        self.low = -1  # ask again when no more than this is left; -1: not ahead of need
        self.asking = False
        self.live = False  # looked after by the link
        self.demand = 0  # of the requests that wait
        self.need = 0  # of the least of them
        self.refused_until = 0.0
        self.refused_need = 0
        self.free_at = 0.0
        self.seen_left = 0
        self.seen_at = 0.0
        self.used_at = 0.0
        self.fallback: State | None = None
        self._uses: list[list[float]] = []  # [units, time]
        self._group_end = 0.0
        self._credits: dict[int, list[float]] = {}
        self._told: list[list[float]] = []  # told, and not yet confirmed
        self._told_at = 0.0
        self._history: list[list[float]] = []
        self._seq = 0
        self._spent = 0
        self._goal = 0
        self._unit = 1
        self._asked = 0
        self.apply(rule)

    def apply(self, rule: Rule) -> None:
        """Count by this rule from now on (the amount may have changed)."""
        self.rule = rule
        self.refused_until = 0.0
        self._keep = rule.limit // AHEAD_SHARE
        self._grain = rule.window_s / GRAINS

    @property
    def _exact(self) -> bool:
        """Whether not even one more request of the last size may be held idle: then nothing is."""
        return self._keep < self._unit

    @property
    def window(self) -> int:
        """Microseconds; 0 for concurrent."""
        return self.rule.window_s * 1_000_000

    @property
    def quiet(self) -> bool:
        """Whether the authority has nothing to be told, and nothing is held."""
        return not (self.left or self.busy or self._uses or self._credits or self._told or self.asking or self.demand)

    def recalls(self, now: float) -> bool:
        """Whether there are uses that count still, to tell to an authority that has forgotten."""
        while self._history and now - self._history[0][1] >= self.rule.window_s:
            del self._history[0]
        return bool(self._history)

    def spend(self, n: int, now: float) -> None:
        """Use units in hand; the caller has seen that there are enough."""
        self.left -= n
        self.note(n, now)

    def note(self, n: int, now: float) -> None:
        """Units are used now, wherever they come from."""
        self._spent += n
        self._unit = n or 1
        self.used_at = now
        if self.rule.concurrent:
            self.busy += n
        elif now < self._group_end:
            group = self._uses[-1]
            group[0] += n
            group[1] = now
        else:
            self._uses.append([n, now])
            self._group_end = now + self._grain
            if len(self._uses) > GRAINS + 50:  # long without an authority: what is over need not be told
                self._uses = [use for use in self._uses if now - use[1] < self.rule.window_s]

    def credit(self, n: int, at: float, now: float) -> None:
        """Units noted at `at` were not used after all."""
        if now - at >= self.rule.window_s:
            return
        group = self._credits.setdefault(int(at / self._grain), [0, at])
        group[0] += n
        group[1] = min(group[1], at)

    def free(self, n: int = 1, *, keep: bool) -> bool:
        """Slots are no longer in use; True when some should go back at once. Not kept: the authority is away."""
        self.busy -= n
        if keep:
            self.left += n
        return self.left > self._keep

    @property
    def surplus(self) -> bool:
        """Whether units that nobody waits for should go back at once: a small limit is never held idle."""
        return self._exact and self.left > 0 and not self.demand

    @property
    def remaining(self) -> int:
        """About how many units this replica could still use."""
        if self.fallback is None:
            return max(0, self.seen_left + self.left)
        return max(0, self.rule.limit - sum(n for _, n in self.fallback.slots))

    def stale(self, now: float, lease_s: float) -> bool:
        """Whether the authority should hear of this bucket although nobody needs it to."""
        if self._uses or self._credits or self._told:
            return True
        if self.left and (self._exact or now - self.used_at > IDLE_S):
            return True
        return bool(self.left or self.busy) and self.until - now < lease_s / 2

    def ask(self, now: float, *, closing: bool = False) -> Ask:
        """What to say and to want; `granted` or `failed` must follow. When `closing`, everything in hand goes back."""
        rule = self.rule
        if now >= self.until:
            self.left = 0
        if not self._told and (self._uses or self._credits):
            self._told = self._uses + [[-n, at] for n, at in self._credits.values()]
            self._uses, self._credits, self._group_end = [], {}, 0.0
            self._seq = next(_numbers)
        idle = closing or (not self.demand and now - self.used_at > IDLE_S)
        if idle or (self._exact and not self.demand):
            self.left = 0
        if rule.concurrent:
            self.left = min(self.left, max(self._keep, self.demand))
        want = max(0, self.demand - self.left)
        ask = Ask(
            self.name,
            rule.limit,
            self.window,
            have=self.left + self.busy,
            seq=self._seq,
            uses=[(int(n), int((now - at) * 1e6)) for n, at in self._told],
            need=max(1, self.need - self.left),
            want=want,
            ahead=0 if idle else max(0, self._aim(now) - max(0, self.left - self.demand)),
            turn=next(_numbers),
        )
        self._asked = self.need
        self.demand = self.need = 0
        if idle:
            self._goal = self._spent = 0
        self._told_at = now
        return ask

    def granted(self, grant: Grant, ask: Ask, now: float, lease_s: float) -> None:
        """The answer to `ask`."""
        self.asking = False
        self.fallback = None
        self._remember()
        self.left += grant.granted
        self.until = self._told_at + lease_s * LEASE_SHARE
        self.seen_left = grant.left
        self.seen_at = now
        self.low = self.left // 2 if self.left and not self._exact else -1
        if grant.granted < ask.want:
            wait = grant.wait / 1e6
            self.free_at = now + wait
            self.refused_until = now + max(LEAST_REFUSED_S, min(wait, REFUSED_S[self.rule.metric]))
            self.refused_need = self._asked
        else:
            self.refused_until = 0.0

    def failed(self) -> None:
        """No answer came; what was told is told again with the same number, what was wanted is not."""
        self.asking = False
        self.demand = self.need = 0

    def retell(self) -> None:
        """The authority has forgotten: tell again what counts still."""
        self._uses = self._history + self._uses
        self._history = []
        self._group_end = 0.0

    def alone(self, n: int, now: float) -> float:
        """The authority is away: 0 when this replica's own count has room for `n`, else seconds until it may have."""
        rule = self.rule
        if rule.concurrent:
            return 0.0 if self.busy + n <= rule.limit else 1.0
        at, window = int(now * 1e6), self.window
        if self.fallback is None:
            self.fallback = State()
            if self.seen_at and self.seen_left < rule.limit:  # what all replicas had used when last heard of
                add(self.fallback.slots, rule.limit - max(0, self.seen_left), int(self.seen_at * 1e6), window)
        advance(self.fallback, window, 0, at)
        missing = n - rule.limit
        for _, units in self.fallback.slots:
            missing += units
        if missing <= 0:
            return 0.0
        for last, units in self.fallback.slots:
            missing -= units
            if missing <= 0:
                return max(0.001, (last + window - at) / 1e6)
        return float(rule.window_s)

    def spend_alone(self, n: int, now: float) -> None:
        """Use units that no authority has granted."""
        if self.fallback is not None:
            add(self.fallback.slots, n, int(now * 1e6), self.window)
        self.note(n, now)

    def _aim(self, now: float) -> int:
        """How many units should be in hand: what goes in HORIZON_S at this pace, or one more request where likely."""
        if self._exact:
            return 0
        if self.rule.concurrent:
            return self._keep
        elapsed = max(now - self.seen_at, 0.001) if self.seen_at else 1.0
        pace = self._spent / elapsed
        least = self._unit if pace * IDLE_S > self._unit else 0
        self._goal = max(int(pace * HORIZON_S), least, self._goal // 2)
        self._spent = 0
        return self._goal

    def _remember(self) -> None:
        grain = self.rule.window_s / HISTORY_GRAINS
        for n, at in self._told:
            if self._history and at - self._history[-1][1] < grain:
                self._history[-1][0] += n
                self._history[-1][1] = max(at, self._history[-1][1])
            elif n > 0:
                self._history.append([n, at])
        self._told = []
