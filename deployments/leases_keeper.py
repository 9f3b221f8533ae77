"""A replica's conversation with the authority of leases: asks, renewals, what goes back, and outages.

One call at a time names an account; a call whose answer is lost is repeated until it is answered, because what it did
is unknown until then. In the background but for those who wait. Must not decide who may pass: leases.py does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from deployments.leases_account import Lease, Sizes
from deployments.leases_authority import LeaseAuthority
from storage.ledger.transactions import new_id
from storage.patience import patience

T = TypeVar("T")

TICK_S = 1.0
"""How often sizes, renewals and idle leases are looked at; only while there are any."""

RENEW_S = 5.0
"""How often a lease is renewed while recalls are pushed; otherwise at each tick, because renewals bring them."""

SOON_S = 0.05
"""What comes back to a recalled lease is given back together after this time."""

RETRY_S = 0.5
MARGIN_S = 2.0
"""A lease ends here that much earlier than in the database: clocks, and seconds cut to integers."""

BATCH = 200
RENEWALS = 500
MAX_FLIGHTS = 4
_STEPS = (0.02, 0.04, 0.08, 0.16)


class Keeper:
    """All leases of one replica. `answered` is told when a call about an account is over, `refuse` when it failed."""

    def __init__(
        self,
        authority: LeaseAuthority,
        replica: str,
        *,
        sizes: Sizes,
        ttl_s: float,
        timeout_s: float,
        pushed: Callable[[], bool],
        clock: Callable[[], float],
        answered: Callable[[Lease], None],
        refuse: Callable[[Iterable[Lease]], None],
    ) -> None:
        self._authority = authority
        self._replica = replica
        self._sizes = sizes
        self._lasts_s = max(ttl_s - MARGIN_S, ttl_s / 2)
        self._timeout_s = timeout_s
        self._pushed = pushed
        self._clock = clock
        self._answered = answered
        self._refuse = refuse
        self._live: dict[Lease, None] = {}
        self._asks: dict[Lease, None] = {}
        self._flights: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._log = logging.getLogger("gateway")
        self.leases: dict[int, Lease] = {}
        self.closed = False
        self.down_until = 0.0
        self.calls = 0
        """Calls of the authority."""
        self.recalls = 0
        """Recalls of leases of this replica."""

    @property
    def up(self) -> bool:
        """Whether the authority answered last time."""
        return not self.down_until

    def find(self, account_id: int, stands_in: str = "") -> Lease:
        """The account's lease, perhaps an empty one. `stands_in`: the letter that usage records have behind its id."""
        lease = self.leases.get(account_id)
        if lease is None:
            lease = self.leases[account_id] = Lease(account_id, self._clock())
        if stands_in:
            lease.name = f"{account_id}{stands_in}"
        if not lease.live:
            self.watch(lease)
        return lease

    def watch(self, lease: Lease) -> None:
        """Look after this lease until it is quiet."""
        known = self.leases.setdefault(lease.account_id, lease)
        if known is not lease:  # forgotten while a request that had reserved nothing went on
            known.left += lease.left
            lease.left = 0
            lease = known
        lease.used_at = self._clock()
        if not lease.live:
            lease.live = True
            self._live[lease] = None
        if self._timer is None and not self.closed:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._on_timer)

    def ask(self, lease: Lease) -> None:
        """There is something to say about this account: with the next call."""
        if not self.closed:
            self._asks[lease] = None
            self._start()

    def soon(self) -> None:
        """Something has come back to a lease that was recalled."""
        if self._soon is None and not self.closed:
            self._soon = asyncio.get_running_loop().call_later(SOON_S, self._give_back_soon)

    def recalled(self, account_ids: Iterable[int]) -> None:
        """Other replicas are short of these accounts."""
        now = self._clock()
        for account_id in account_ids:
            lease = self.leases.get(account_id)
            if lease is not None and lease.held and not self.closed:
                self.recalls += 1
                lease.recall(now)
                self.ask(lease)

    def tick(self) -> None:
        """Sizes anew; renewals; what is idle goes back and is forgotten."""
        now = self._clock()
        every = RENEW_S if self._pushed() else TICK_S * 0.9
        due: list[Lease] = []
        for lease in list(self._live):
            lease.tick(now, self._sizes)
            lease.alert = bool(lease.waiters) or now < lease.careful_until
            if lease.quiet(now, self._sizes):
                self._forget(lease)
            elif lease.recalled or lease.spare(now, self._sizes) or (lease.short and now >= lease.ask_at):
                self._asks[lease] = None
            if lease.held and not lease.busy and now - lease.renewed_at >= every:
                due.append(lease)
        if due and not self.closed:
            due.sort(key=lambda lease: lease.renewed_at)
            self._fly(due[:RENEWALS], self._renew)
        self._start()

    async def close(self) -> None:
        """Give everything back that is not reserved, and stop."""
        self.closed = True
        for timer in (self._timer, self._soon):
            if timer is not None:
                timer.cancel()
        self._asks.clear()
        self._refuse(self._live)
        if self._flights:
            await asyncio.wait(self._flights, timeout=self._timeout_s)
        for flight in self._flights:
            flight.cancel()
        await asyncio.gather(*self._flights, return_exceptions=True)
        spare = {lease.account_id: lease.left for lease in self._live if lease.left > 0 and not lease.busy}
        for lease in self._live:
            lease.left = min(lease.left, 0)
        if not spare:
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._authority.give_back(self._replica, spare, operation=new_id())
        except Exception as error:  # noqa: BLE001  # whatever the database says, stopping goes on
            self._log.warning("%d leases were not given back and will expire: %s", len(spare), error)

    # ------------------------------------------------------------------------------------------------------- flights

    def _start(self) -> None:
        while self._asks and len(self._flights) < MAX_FLIGHTS and not self.closed:
            batch = [lease for lease in self._asks if not lease.busy][:BATCH]
            if not batch:
                return
            for lease in batch:
                del self._asks[lease]
            self._fly(batch, self._talk)

    def _fly(self, batch: list[Lease], work: Callable[[list[Lease]], Awaitable[None]]) -> None:
        for lease in batch:
            lease.busy = True
        flight = asyncio.get_running_loop().create_task(self._flight(batch, work))
        self._flights.add(flight)

    async def _flight(self, batch: list[Lease], work: Callable[[list[Lease]], Awaitable[None]]) -> None:
        try:
            await work(batch)
        except Exception:  # noqa: BLE001  # it would be lost in a task that nobody awaits
            self._log.exception("leases of %d accounts could not be kept", len(batch))
            self._refuse(batch)
        finally:
            task = asyncio.current_task()
            if task is not None:
                self._flights.discard(task)
            for lease in batch:
                lease.busy = False
                self._after(lease)
            self._start()

    def _after(self, lease: Lease) -> None:
        self._answered(lease)
        if not lease.waiters:
            lease.tries = 0
        elif lease.others_held > 0 and not self.closed:
            step = _STEPS[min(lease.tries, len(_STEPS) - 1)]
            lease.tries += 1
            asyncio.get_running_loop().call_later(step, self._again, lease)

    def _again(self, lease: Lease) -> None:
        if lease.waiters:
            self.ask(lease)

    async def _talk(self, batch: list[Lease]) -> None:
        now = self._clock()
        stale = [lease for lease in batch if lease.held and now >= lease.until]
        if stale:
            await self._renew(stale)
        back = {lease: max(lease.spare(now, self._sizes), 0) for lease in batch}
        back = {lease: amount for lease, amount in back.items() if amount or lease.recalled}
        if back:
            await self._give_back(back)
        await self._take(batch)

    async def _renew(self, batch: list[Lease]) -> None:
        sent = self._clock()
        ids = [lease.account_id for lease in batch]
        renewal = await self._insist(batch, lambda: self._authority.renew(self._replica, ids))
        if renewal is None:
            return
        lost = set(renewal.lost)
        for lease in batch:
            if lease.account_id in lost:
                lease.lost()
            else:
                lease.renewed(sent + self._lasts_s, self._clock())
        self.recalled(renewal.recalled)

    async def _give_back(self, back: dict[Lease, int]) -> None:
        operation = new_id()
        amounts = {lease.account_id: amount for lease, amount in back.items()}
        for lease, amount in back.items():
            lease.left -= amount  # from now on nobody can spend it
            lease.recalled = False
        await self._insist(list(back), lambda: self._authority.give_back(self._replica, amounts, operation=operation))

    async def _take(self, batch: list[Lease]) -> None:
        now = self._clock()
        pairs = [(lease, wanted) for lease in batch if (wanted := lease.wanted(now)) is not None]
        if not pairs:
            return
        operation = new_id()
        asks = [wanted for _, wanted in pairs]
        leases = [lease for lease, _ in pairs]
        grants = await self._insist(leases, lambda: self._authority.take(self._replica, asks, operation=operation))
        if grants is None:
            return
        for (lease, wanted), grant in zip(pairs, grants, strict=True):
            lease.granted(grant, wanted, until=now + self._lasts_s, now=self._clock())

    async def _insist(self, batch: list[Lease], call: Callable[[], Awaitable[T]]) -> T | None:
        """Until it is answered: what a call did whose answer is lost is not known otherwise. None: closed meanwhile."""
        while True:
            self.calls += 1
            try:
                async with patience(self._timeout_s):
                    answer = await call()
            except Exception as error:  # noqa: BLE001  # a database driver may raise anything when it is away
                self._failed(error)
                self._refuse(batch)
                if self.closed:
                    return None
                await asyncio.sleep(RETRY_S)
                continue
            if self.down_until:
                self.down_until = 0.0
                self._log.warning("balances: the database answers again")
            return answer

    def _failed(self, error: Exception) -> None:
        if not self.down_until:
            self._log.error("balances: the database is away, going on with what is leased: %s", type(error).__name__)
        self.down_until = self._clock() + RETRY_S

    # -------------------------------------------------------------------------------------------------------- timers

    def _on_timer(self) -> None:
        self._timer = None
        self.tick()
        if self._live and not self.closed and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._on_timer)

    def _give_back_soon(self) -> None:
        self._soon = None
        now = self._clock()
        for lease in self._live:
            if now < lease.careful_until and lease.spare(now, self._sizes):
                self._asks[lease] = None
        self._start()

    def _forget(self, lease: Lease) -> None:
        lease.live = False
        self._live.pop(lease, None)
        if lease.left == 0:  # a debt is remembered until the next grant makes up for it
            self.leases.pop(lease.account_id, None)
