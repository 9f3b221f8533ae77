"""Quota in a replica: whether the accounts of a key cover a request, decided without asking anybody.

A replica leases parts of balances from the ledger ahead of need and spends from them in memory. In the steady state
nothing is awaited. Must do no I/O: leases_keeper.py does. leases_account.py has the arithmetic of one lease.

The pipeline calls `try_reserve` with a request's worst case, and `reserve` when that gives None; booking calls
`settle` with what it cost, or `release`.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Sequence

from deployments.leases_account import Lease, Sizes
from deployments.leases_authority import LeaseAuthority
from deployments.leases_keeper import Keeper
from deployments.leases_waiting import PATIENCE_S, Insufficient, Unavailable, Waiter, insufficient
from storage.ledger.accounts import BUDGET
from storage.ledger.purses import Purse

__all__ = ["Insufficient", "LeaseBook", "Reservation", "Sizes", "Unavailable", "purses_valid_until"]

SHORT_S = 5.0
"""A subscription that did not cover a request is not asked again for so long, where something else can pay."""

MAX_SHORT = 10_000

Count = Callable[[str, tuple[str, ...]], None]


def _uncounted(_name: str, _labels: tuple[str, ...]) -> None:
    """Where nobody counts."""


class Reservation:
    """What a running request may cost, in nano-USD. `settle` or `release` ends it; a second call changes nothing.

    It lasts as long as the request, whatever becomes of the lease or the period meanwhile.
    """

    __slots__ = ("_book", "_epochs", "_leases", "_open", "amount")

    def __init__(self, book: "LeaseBook", leases: tuple[Lease, ...], amount: int) -> None:
        self._book = book
        self._leases = leases
        self._epochs = tuple([lease.epoch for lease in leases])
        self._open = True
        self.amount = amount

    @property
    def accounts(self) -> str:
        """The accounts that pay, for the usage record: "12,15"; storage/ledger/charges.py reads it."""
        return ",".join([lease.name for lease in self._leases])

    def settle(self, actual: int) -> None:
        """The request cost `actual`. More than was reserved comes out of the rest of the lease, or is made up later."""
        if not self._open:
            return
        self._open = False
        amount = self.amount
        for lease, epoch in zip(self._leases, self._epochs, strict=True):
            lease.put(amount, actual, epoch)
            if lease.alert or lease.left + lease.reserved < lease.level or not lease.live:
                self._book.changed(lease)

    def release(self) -> None:
        """The request cost nothing."""
        self.settle(0)

    def extend(self, more: int) -> bool:
        """Reserve `more` for a request that goes on, from what is in hand; False: it should end."""
        if not self._open or not self._book.take(self._leases, more):
            return False
        if self._epochs != tuple([lease.epoch for lease in self._leases]):
            self._book.untake(self._leases, more)
            return False
        self.amount += more
        return True


class LeaseBook:
    """All leases of one replica.

    `wait_s`: how long a request may wait for what other replicas and requests give back. `pushed` says whether recalls
    arrive by `recalled` at once; otherwise each second's renewal brings them.
    """

    def __init__(
        self,
        authority: LeaseAuthority,
        replica: str,
        *,
        ttl_s: float,
        sizes: Sizes = Sizes(),  # noqa: B008  # frozen
        wait_s: float = 2.0,
        timeout_s: float = 3.0,
        count: Count = _uncounted,
        pushed: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wait_s = wait_s
        self._count = count
        self._clock = clock
        self._free = Reservation(self, (), 0)
        self._short: dict[int, tuple[float, int]] = {}
        self.keeper = Keeper(
            authority, replica, sizes=sizes, ttl_s=ttl_s, timeout_s=timeout_s, pushed=pushed, clock=clock,
            answered=self.answered, refuse=self._unanswered,
        )  # fmt: skip
        self._leases = self.keeper.leases

    @property
    def held(self) -> int:
        """Accounts of which something is leased (gateway_leases_held)."""
        return sum(lease.held for lease in self._leases.values())

    @property
    def unspent(self) -> int:
        """Leased and not spent, nano-USD (gateway_leases_unspent_nanousd)."""
        return sum(max(lease.unspent, 0) for lease in self._leases.values())

    @property
    def up(self) -> bool:
        """Whether the database answered last time (gateway_lease_authority_up)."""
        return self.keeper.up

    def try_reserve(self, purses: Sequence[Purse], amount: int) -> Reservation | None:
        """Reserve from all purses or from none, at once. None: `reserve` has to ask. Amounts are nano-USD.

        Without purses, or for nothing, any request may pass.
        """
        if not purses:
            return self._free
        found = self._leases
        now = self._clock()
        leases: list[Lease] = []
        for purse in purses:
            lease = found.get(purse.account_id)
            if lease is None or lease.left < amount or now >= lease.until:
                if amount > 0:
                    return None
                lease = self.keeper.find(purse.account_id, purse.stands_in)
            leases.append(lease)
        for lease in leases:
            lease.take(amount)
            if lease.reserved > lease.peak and lease.grow(now) and not lease.busy:
                self.keeper.ask(lease)
        return Reservation(self, tuple(leases), amount)

    async def reserve(self, purses: Sequence[Purse], amount: int, least: int | None = None) -> Reservation:
        """As `try_reserve`, asking for what is short. With `least`, that much is enough when there is not more.

        The reservation's `amount` says what it is. Raises Insufficient (402), or Unavailable (503) when the database
        is away and the leases do not cover the request.
        """
        reservation = self.try_reserve(purses, amount)
        if reservation is not None:
            return reservation
        least = amount if least is None else max(1, min(least, amount))
        waiter = self._waiter(purses, amount, least)
        self._count("gateway_quota_waits_total", ())
        try:
            return await waiter.future
        except asyncio.CancelledError:
            future = waiter.future
            if future.done() and not future.cancelled() and future.exception() is None:
                future.result().release()  # it came in the moment in which the client left
            raise
        except Insufficient:
            self._count("gateway_quota_refused_total", ("insufficient",))
            raise
        except Unavailable:
            self._count("gateway_quota_refused_total", ("unavailable",))
            raise
        finally:
            self._leave(waiter)

    def recalled(self, account_ids: Iterable[int]) -> None:
        """Other replicas are short of these accounts: what is not reserved goes back (from Update.recalls)."""
        self.keeper.recalled(account_ids)

    async def close(self) -> None:
        """Give everything back. Called when the last request has been settled; afterwards nothing can be reserved."""
        await self.keeper.close()

    # ------------------------------------------------------------------------------------- for reservations and waiters

    def take(self, leases: Sequence[Lease], amount: int) -> bool:
        """Reserve from all of them, or from none."""
        now = self._clock()
        for lease in leases:
            if not lease.covers(amount, now):
                return False
        for lease in leases:
            lease.take(amount)
        return True

    def untake(self, leases: Sequence[Lease], amount: int) -> None:
        """Undo a `take`."""
        for lease in leases:
            lease.left += amount
            lease.reserved -= amount

    def changed(self, lease: Lease) -> None:
        """A request has ended: what came back may be for those who wait, for other replicas, or too little."""
        if not lease.live:
            self.keeper.watch(lease)
        if lease.waiters:
            for waiter in list(lease.waiters):
                if lease.left <= 0:
                    break
                self._decide(waiter)
        elif lease.alert:
            if lease.left > 0:
                self.keeper.soon()
        elif lease.short and self._clock() >= lease.ask_at and not lease.busy:
            self.keeper.ask(lease)

    def answered(self, lease: Lease) -> None:
        """The authority has answered about this account: those who wait pass, go on waiting, or are refused."""
        for waiter in list(lease.waiters):
            self._decide(waiter)
        if not lease.waiters:
            self.changed(lease)

    async def reserve_any(
        self, choices: Sequence[Sequence[Purse]], amount: int, least: int | None = None
    ) -> Reservation:
        """`reserve` from the first choice that covers all of `amount`; from the last one also with `least`.

        Raises what `reserve` does. What a budget refuses is refused for all choices.
        """
        for purses in choices[:-1]:
            if any(self._is_short(purse.account_id, amount) for purse in purses):
                continue
            try:
                return await self.reserve(purses, amount)
            except Insufficient as refusal:
                if any(purse.account_id == refusal.account_id and purse.kind == BUDGET for purse in purses):
                    raise
                now = self._clock()
                if len(self._short) >= MAX_SHORT:
                    self._short = {known: noted for known, noted in self._short.items() if now < noted[0]}
                self._short[refusal.account_id] = (now + SHORT_S, amount)
        return await self.reserve(choices[-1], amount, least)

    def _is_short(self, account_id: int, amount: int) -> bool:
        until, refused = self._short.get(account_id, (0.0, 0))
        return amount >= refused and self._clock() < until

    def _waiter(self, purses: Sequence[Purse], amount: int, least: int) -> Waiter:
        now = self._clock()
        leases = tuple([self.keeper.find(purse.account_id, purse.stands_in) for purse in purses])
        for lease, purse in zip(leases, purses, strict=True):
            if now < lease.refused_until and lease.potential < least:
                self._count("gateway_quota_refused_total", ("insufficient",))
                raise insufficient(lease, purse.label, least)
        if self.keeper.closed or now < self.keeper.down_until:
            self._count("gateway_quota_refused_total", ("unavailable",))
            raise Unavailable
        waiter = Waiter(leases, tuple([purse.label for purse in purses]), amount, least, now, self._wait_s)
        loop = asyncio.get_running_loop()
        at = waiter.patient_until if least < amount else waiter.deadline
        waiter.timer = loop.call_later(at - now, self._over, waiter)
        for lease in leases:
            lease.waiters[waiter] = None
            lease.alert = True
        for lease in leases:
            if not lease.covers(amount, now):
                self.keeper.ask(lease)
        return waiter

    def _leave(self, waiter: Waiter) -> None:
        if waiter.timer is not None:
            waiter.timer.cancel()
        for lease in waiter.leases:
            lease.waiters.pop(waiter, None)

    def _decide(self, waiter: Waiter) -> None:
        """Let a request pass that can, refuse one that never will."""
        if waiter.future.done():
            return
        amount = waiter.amount
        if not self.take(waiter.leases, amount):
            amount = waiter.share()
            if not (waiter.partial(self._clock()) and self.take(waiter.leases, amount)):
                refusal = waiter.hopeless()
                if refusal is not None:
                    self._leave(waiter)
                    waiter.future.set_exception(refusal)
                return
        self._leave(waiter)
        waiter.future.set_result(Reservation(self, waiter.leases, amount))

    def _over(self, waiter: Waiter) -> None:
        """The patience of a request, or its time, is over."""
        self._decide(waiter)
        if waiter.future.done():
            return
        now = self._clock()
        if now - waiter.deadline > PATIENCE_S and not waiter.forgiven:
            # The process stood still: the answer may wait in a socket, and what others give back with it.
            waiter.forgiven = True
            waiter.deadline = now + self._wait_s
        if now < waiter.deadline - 0.001:
            waiter.timer = asyncio.get_running_loop().call_later(waiter.deadline - now, self._over, waiter)
        else:
            self._leave(waiter)
            waiter.future.set_exception(waiter.refusal(now))

    def _unanswered(self, leases: Iterable[Lease]) -> None:
        for lease in leases:
            for waiter in list(lease.waiters):
                if not waiter.future.done():
                    self._leave(waiter)
                    waiter.future.set_exception(Unavailable())


def purses_valid_until(purses: Iterable[Purse]) -> float:
    """Unix seconds from which on a key's purses have to be read anew, because a period ends; infinity: never."""
    return min((purse.period_end for purse in purses if purse.period_end), default=math.inf)
