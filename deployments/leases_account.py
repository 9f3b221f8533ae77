"""The lease of one account as its replica sees it: what is left, what running requests reserve, how much to hold.

Pure: clocks are passed in, and nothing here asks anybody. Amounts are nano-USD, times monotonic seconds.

    granted = left + reserved + spent. `left` below zero is a debt: requests cost more than the lease had.
"""

from typing import TYPE_CHECKING

import msgspec

from storage.ledger import Grant

if TYPE_CHECKING:
    from deployments.leases_waiting import Waiter

CAREFUL_S = 5.0
"""After a recall only what is needed is taken for so long: another replica is short of this account."""

AGAIN_S = 1.0
"""When less was granted than wanted ahead of need, the account is nearly used up: not asked again before this."""

REFUSED_S = 0.5
"""How long a refusal is remembered: requests of an account without money do not all reach the database."""

_BURST = 4
_RISE_S = 2.0
_FALL_S = 20.0
_PEAK_KEPT = 0.97


class Sizes(msgspec.Struct, frozen=True):
    """`cover_s` seconds of spending are held at any time; after `idle_s` without a request everything goes back."""

    cover_s: float = 60.0
    idle_s: float = 10.0


class Wanted(msgspec.Struct, frozen=True):
    """What is asked for: `need`; where that is not to be had, whatever there is from `least` on; at most `want`."""

    account_id: int
    least: int
    need: int
    want: int


class Lease:
    """Spent from synchronously by requests, resized by `tick`, filled by `granted`."""

    __slots__ = (
        "abandoned", "account_id", "alert", "answered_at", "ask_at", "available", "busy", "careful_until",
        "epoch", "filled_at", "goal", "held", "high", "late", "left", "level", "live", "name", "others_held",
        "peak", "rate", "recalled", "refused_until", "renewed_at", "reserved", "spent", "ticked_at", "tries",
        "until", "used_at", "waiters",
    )  # fmt: skip

    def __init__(self, account_id: int, now: float) -> None:
        self.account_id = account_id
        self.name = str(account_id)
        self.left = 0
        self.reserved = 0
        self.until = 0.0
        """When it expires for this replica; 0 = there is none."""
        self.epoch = 0
        """Counts the leases that there were: what was reserved of an earlier one returns nothing to this one."""
        self.late = 0
        """Reserved of earlier leases by requests that still run."""
        self.abandoned = 0
        """What earlier leases had left when they were lost: the ledger counts their late spending to it first."""
        self.held = False
        """Whether the database has a lease, as far as is known."""
        self.level = 0
        """Unspent units below which more are asked for."""
        self.goal = 0
        """Unspent units that are asked for then."""
        self.rate = 0.0
        """Spending, nano-USD per second."""
        self.spent = 0
        self.high = 0
        self.peak = 0.0
        """The most that was reserved at one time of late."""
        self.used_at = now
        self.ticked_at = now
        self.renewed_at = now
        self.filled_at = now
        self.careful_until = 0.0
        self.recalled = False
        self.ask_at = 0.0
        self.refused_until = 0.0
        self.available = 0
        """What the account had for others at the last answer."""
        self.others_held = 0
        """What other replicas held at the last answer."""
        self.answered_at = -1.0
        self.tries = 0
        self.busy = False
        """A call that names this account is under way."""
        self.live = False
        self.alert = False
        """Whether somebody wants to know when something comes back: requests wait, or others do."""
        self.waiters: dict[Waiter, None] = {}

    @property
    def unspent(self) -> int:
        """What is left and what is reserved."""
        return self.left + self.reserved

    @property
    def potential(self) -> int:
        """What could come together here at most: left, reserved by others' requests, free, held by other replicas."""
        return self.left + self.reserved + self.available + self.others_held

    def covers(self, amount: int, now: float) -> bool:
        """Whether a request of that worst case may begin now."""
        return self.left >= amount and now < self.until

    def take(self, amount: int) -> None:
        """Reserve; the caller has asked `covers`."""
        self.left -= amount
        self.reserved += amount
        if self.reserved > self.high:  # noqa: PLR1730  # max() costs a call, for each request
            self.high = self.reserved

    def put(self, reserved: int, actual: int, epoch: int) -> None:
        """A request of which `reserved` was reserved cost `actual`."""
        self.spent += actual
        if epoch == self.epoch:
            self.reserved -= reserved
            self.left += reserved - actual
            return
        self.late -= reserved
        covered = min(self.abandoned, actual)
        self.abandoned -= covered
        self.left -= actual - covered

    # ---------------------------------------------------------------------------------------------------- how much

    def grow(self, now: float) -> bool:
        """More is reserved than of late: room for as much again is wanted ahead of need. False: do not ask now."""
        self.peak = self.reserved
        if now < self.careful_until or now < self.ask_at:
            return False
        self.level = max(self.level, self.reserved * 2)
        self.goal = max(self.goal, self.reserved * _BURST)
        return self.short

    def tick(self, now: float, sizes: Sizes) -> None:
        """Measure the spending and choose the size anew."""
        passed = now - self.ticked_at
        if passed <= 0:
            return
        self.ticked_at = now
        if self.spent or self.high or self.reserved or self.waiters:
            self.used_at = now
        seen = self.spent / passed
        span = _RISE_S if seen > self.rate else _FALL_S
        self.rate += (seen - self.rate) * min(1.0, passed / span)
        self.peak = max(self.high, self.peak * _PEAK_KEPT**passed)
        self.spent = 0
        self.high = self.reserved
        if now < self.careful_until or now - self.used_at >= sizes.idle_s:
            self.level = self.goal = 0
            return
        self.level = int(self.rate * sizes.cover_s + self.peak * 2)
        self.goal = int(self.rate * sizes.cover_s * 1.5 + self.peak * 3)

    def wanted(self, now: float) -> Wanted | None:
        """What to ask for, with what the waiting requests lack; None: nothing."""
        need = sum(waiter.amount for waiter in self.waiters) - self.left
        if not self.waiters or need <= 0:
            room = self.goal - self.unspent
            return Wanted(self.account_id, 0, 0, room) if self.short and room > 0 else None
        least = max(min(waiter.least for waiter in self.waiters) - self.left, 1)
        if now < self.careful_until:
            return Wanted(self.account_id, least, need, need)
        return Wanted(self.account_id, least, need, max(need * _BURST, self.goal - self.unspent))

    @property
    def short(self) -> bool:
        """Whether more should be held than is."""
        return self.left + self.reserved < self.level

    def spare(self, now: float, sizes: Sizes) -> int:
        """What may be given back."""
        if self.left <= 0:
            return 0
        if self.recalled:
            return self.left  # also when requests wait: what is left is less than any of them needs
        if self.waiters:
            return 0
        if now < self.careful_until or now - self.used_at >= sizes.idle_s:
            return self.left
        surplus = self.unspent - self.goal
        # A grant for the first request is larger than what was spent by then: it is not sent back at once.
        return min(self.left, surplus) if surplus > self.goal * 2 and now - self.filled_at >= sizes.idle_s else 0

    # --------------------------------------------------------------------------------------------------- the answers

    def granted(self, grant: Grant, asked: Wanted, *, until: float, now: float) -> None:
        """The ledger's answer; the lease lasts until `until`."""
        self.answered_at = now
        self.available = grant.available
        self.others_held = grant.others_held
        if grant.began:
            self.lost()
        if grant.granted:
            self.left += grant.granted
            self.held = True
            self.until = until
            self.renewed_at = self.filled_at = now
        if grant.granted < asked.need:
            self.refused_until = now + REFUSED_S
        if grant.granted < asked.want:
            self.ask_at = now + AGAIN_S

    def renewed(self, until: float, now: float) -> None:
        """The expiry was put off."""
        self.until = until
        self.renewed_at = now

    def lost(self) -> None:
        """There is no such lease any more. Running requests keep what they reserved: the ledger gave that up too."""
        unspent = self.unspent
        self.abandoned += max(unspent, 0)
        self.late += self.reserved
        self.left = min(unspent, 0)
        self.reserved = 0
        self.epoch += 1
        self.held = False
        self.until = 0.0

    def recall(self, now: float) -> None:
        """Another replica is short: give back what is not reserved, and be modest for a while."""
        self.recalled = True
        self.careful_until = now + CAREFUL_S
        self.level = self.goal = 0
        self.alert = True

    def quiet(self, now: float, sizes: Sizes) -> bool:
        """Whether there is nothing to look after."""
        return (
            self.left <= 0
            and not (self.reserved or self.late or self.waiters or self.busy or self.recalled)
            and now - self.used_at >= sizes.idle_s
        )
