"""Owns the replicas of the tests of quota: several LeaseBooks on one ledger in a real database, with their journals.

The authority can be away, slow, or do as it is asked and lose the answer.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deployments.leases import Insufficient, LeaseBook, Reservation
from deployments.leases_account import Wanted
from deployments.leases_authority import LeaseAuthority, LedgerAuthority, Recalls, encode_recalls
from storage.ledger import Grant, Renewal, reclaim, settle, transact
from storage.ledger.purses import Purse
from storage.models import Account
from storage.records import UsageRecord

T = TypeVar("T")
CENT = 10_000_000
WAIT_S = 15.0
"""How long requests and calls may wait, unless a test says otherwise: nothing ends only because the machine is slow."""
_numbers = itertools.count(1)


def purse(account_id: int, label: str = "balance of the user", period_end: int = 0) -> Purse:
    return Purse(account_id, "user", period_end, label)


class Troubled:
    """An authority that does as another one does, unless told otherwise."""

    def __init__(self, real: LeaseAuthority) -> None:
        self.real = real
        self.away = False
        self.lose = 0
        """Answers that get lost from now on."""
        self.delay = 0.0
        self.calls: Counter[str] = Counter()

    async def take(self, replica: str, wanted: Sequence[Wanted], *, operation: str) -> list[Grant]:
        return await self._do("take", lambda: self.real.take(replica, wanted, operation=operation))

    async def give_back(self, replica: str, amounts: Mapping[int, int], *, operation: str) -> Mapping[int, int]:
        return await self._do("give_back", lambda: self.real.give_back(replica, amounts, operation=operation))

    async def renew(self, replica: str, account_ids: Collection[int]) -> Renewal:
        return await self._do("renew", lambda: self.real.renew(replica, account_ids))

    async def _do(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        self.calls[name] += 1
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.away:
            raise ConnectionError("told to be away")
        answer = await call()
        if self.lose and name != "renew":
            self.lose -= 1
            raise ConnectionError("told to lose the answer")
        return answer


class Replica:
    """A book, and the journal of its replica, which outlives it."""

    def __init__(self, fleet: "Fleet", **options: Any) -> None:
        self.name = f"ingress-{next(_numbers)}"
        self.counted: Counter[str] = Counter()
        self.authority = Troubled(LedgerAuthority(fleet.sessions, ttl_s=fleet.ttl_s, tell=fleet.told, clock=fleet.wall))
        usual: dict[str, Any] = {
            "ttl_s": fleet.ttl_s,
            "wait_s": WAIT_S,
            "timeout_s": WAIT_S,
            "count": self._count,
            "pushed": lambda: fleet.pushes,
            "clock": fleet.clock,
        }
        self.book = LeaseBook(self.authority, self.name, **{**usual, **options})
        self.journal: list[UsageRecord] = []

    def _count(self, name: str, labels: tuple[str, ...]) -> None:
        self.counted[name] += 1

    def finish(self, reservation: Reservation, actual: int) -> None:
        """As booking does: the record is in the journal before the lease is free again."""
        self.journal.append(
            UsageRecord(
                f"request-{next(_numbers)}", 1_800_000_000_000_000, accounts=reservation.accounts, cost=actual,
                replica=self.name, reserved=reservation.amount,
            )
        )  # fmt: skip
        reservation.settle(actual)

    async def reserve_in_vain(self, fleet: "Fleet", purses: Sequence[Purse], amount: int) -> None:
        """Wait for as long as a request may; raises what it is told."""
        waiting = asyncio.get_running_loop().create_task(self.book.reserve(purses, amount))
        await asyncio.sleep(0)
        await self.wait_is_over(fleet)
        await waiting

    async def wait_is_over(self, fleet: "Fleet") -> None:
        """Let the time of those who wait be over, once the authority has answered them."""
        waiters = [waiter for lease in self.book.keeper.leases.values() for waiter in lease.waiters]
        if not waiters:
            return
        await until(lambda: all(lease.answered_at >= each.since for each in waiters for lease in each.leases))
        for _ in range(2):  # the first time it may look like a pause of the process, which is forgiven once
            fleet.ahead += WAIT_S
            for waiter in waiters:
                if not waiter.future.done():
                    self.book._over(waiter)


class Fleet:
    """`pushes`: recalls reach the other replicas at once, as through the Router."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], *, ttl_s: int = 60) -> None:
        self.sessions = sessions
        self.ttl_s = ttl_s
        self.pushes = True
        self.ahead = 0.0
        """Seconds by which every clock is put forward."""
        self.frozen: float | None = None
        """When the replicas' clocks were stopped: from then on only `ahead` moves them."""
        self.router = Recalls()
        self.replicas: list[Replica] = []

    def clock(self) -> float:
        return (time.monotonic() if self.frozen is None else self.frozen) + self.ahead

    def freeze(self) -> None:
        """Stop the replicas' clocks."""
        self.frozen = time.monotonic()

    def wall(self) -> float:
        return time.time() + self.ahead

    def add(self, **options: Any) -> Replica:
        self.replicas.append(Replica(self, **options))
        return self.replicas[-1]

    def told(self, holdings: list[tuple[int, str]]) -> None:
        if not self.pushes:
            return
        self.router.add(encode_recalls(holdings), [replica.name for replica in self.replicas])
        for replica in self.replicas:
            asyncio.get_running_loop().call_soon(replica.book.recalled, self.router.fetch(replica.name))

    async def drain(self, *replicas: Replica) -> None:
        """Settle the journals."""
        for replica in replicas or self.replicas:
            if replica.journal:
                records, replica.journal = replica.journal, []
                done = await transact(self.sessions, lambda s, r=records: settle(s, r))  # type: ignore[misc]
                assert len(done.records) == len(records)

    async def close(self) -> None:
        for replica in self.replicas:
            await replica.book.close()

    async def reclaim(self, now: int, closed: Collection[str] = ()) -> int:
        """Release what dead replicas had; returns how much."""
        found = await transact(self.sessions, lambda s: reclaim(s, now, closed=closed, grace_s=10**6))
        return sum(each.released for each in found)

    async def account(self, account_id: int) -> tuple[int, int]:
        """(balance, held), neither of which may ever be below zero, nor more be held than there is."""
        async with self.sessions() as session:
            row = (await session.execute(select(Account.balance, Account.held).where(Account.id == account_id))).one()
        assert row.balance >= row.held >= 0
        return row.balance, row.held


def kill(replica: Replica) -> None:
    """What a dead process does: nothing."""
    keeper = replica.book.keeper
    keeper.closed = True
    replica.authority.away = True
    for timer in (keeper._timer, keeper._soon):
        if timer is not None:
            timer.cancel()
    for flight in keeper._flights:
        flight.cancel()


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what it waits for is nobody's event
            await asyncio.sleep(0.01)


async def request(replica: Replica, account_id: int, worst: int, actual: int, seconds: float = 0.0) -> int:
    """One request; returns what it cost, 0 when it was refused."""
    purses = [purse(account_id)]
    reservation = replica.book.try_reserve(purses, worst)
    if reservation is None:
        try:
            reservation = await replica.book.reserve(purses, worst)
        except Insufficient:
            return 0
    await asyncio.sleep(seconds)
    replica.finish(reservation, actual)
    return actual
