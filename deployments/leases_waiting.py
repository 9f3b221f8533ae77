"""A request that waits until the leases of its accounts cover it, and what it is told when they never will."""

import asyncio
from typing import TYPE_CHECKING

from adapters.errors import ClientError, GatewayFault
from deployments.leases_account import Lease

if TYPE_CHECKING:
    from deployments.leases import Reservation

_USD = 1_000_000_000


class Insufficient(ClientError):  # noqa: N818  # a refusal, named for what is missing
    """402: an account does not cover the request. Amounts are nano-USD; `available` is what it could have had."""

    kind = "insufficient_quota"

    def __init__(self, account_id: int, missing: int, available: int, label: str = "balance") -> None:
        self.account_id = account_id
        self.missing = missing
        self.available = available
        super().__init__(
            402,
            f"The {label} does not cover this request: it may cost ${shown(missing + available)}, "
            f"${shown(available)} is left, ${shown(missing)} is missing.",
            code="insufficient_quota",
        )


class Unavailable(GatewayFault):
    """503: the database is away, and the leases in hand do not cover the request."""

    def __init__(self) -> None:
        super().__init__(
            503, "The balance cannot be checked at the moment; retry.", code="quota_unavailable", retry_after="1"
        )


def shown(amount: int) -> str:
    """Nano-USD as dollars, exact, with at least two digits behind the point."""
    whole, part = divmod(max(amount, 0), _USD)
    digits = f"{part:09d}".rstrip("0").ljust(2, "0")
    return f"{whole}.{digits}"


class Waiter:
    """`amount` is wanted; when that is not to be had, anything from `least` on. Deadlines are monotonic seconds.

    `patient_until`: before that it waits for the whole amount, as long as that could come together. `forgiven`: its
    time was over while the process stood still, and it has been given that time once more.
    """

    __slots__ = (
        "amount",
        "deadline",
        "forgiven",
        "future",
        "labels",
        "leases",
        "least",
        "patient_until",
        "since",
        "timer",
    )

    def __init__(
        self, leases: tuple[Lease, ...], labels: tuple[str, ...], amount: int, least: int, now: float, wait_s: float
    ) -> None:
        self.leases = leases
        self.labels = labels
        self.amount = amount
        self.least = least
        self.patient_until = now + min(PATIENCE_S, wait_s)
        self.deadline = now + wait_s
        self.since = now
        self.forgiven = False
        self.timer: asyncio.TimerHandle | None = None
        self.future: asyncio.Future[Reservation] = asyncio.get_running_loop().create_future()

    def partial(self, now: float) -> bool:
        """Whether less than the whole amount would do now."""
        return self.least < self.amount and (
            now >= self.patient_until
            or any(lease.answered_at >= self.since and lease.potential < self.amount for lease in self.leases)
        )

    def share(self) -> int:
        """What it gets when it does with less: what is left, divided among those who wait, or the least it needs."""
        shares = [lease.left // max(len(lease.waiters), 1) for lease in self.leases]
        return min(max(self.least, min(shares)), self.amount)

    def hopeless(self) -> Insufficient | None:
        """The refusal, when what is wanted cannot come together, as far as the authority has answered by now."""
        least = self.least
        for lease, label in zip(self.leases, self.labels, strict=True):
            if lease.answered_at >= self.since and lease.potential < least:
                return insufficient(lease, label, least)
        return None

    def refusal(self, now: float) -> Insufficient | Unavailable:
        """What is said when the time is over: what is missing, or that nobody has answered."""
        for lease, label in zip(self.leases, self.labels, strict=True):
            if not lease.covers(self.least, now) and lease.answered_at >= self.since:
                return insufficient(lease, label, self.least)
        return Unavailable()


def insufficient(lease: Lease, label: str, amount: int) -> Insufficient:
    """What is missing is said without what running requests reserve: those may need it."""
    available = max(0, min(lease.left + lease.available, amount - 1))
    return Insufficient(lease.account_id, amount - available, available, label)


PATIENCE_S = 0.25
"""How long a request that could do with less waits for the whole: other replicas may give it back."""
