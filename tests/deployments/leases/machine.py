"""Owns random histories of replicas that reserve, settle, stop, die and lose answers, over the real ledger.

Hypothesis chooses what happens next; the books under test are the real ones, each step runs in one event loop.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from deployments.leases import Insufficient, Reservation, Sizes, Unavailable
from storage.database import open_engine, session_factory
from storage.ledger import post
from tests.deployments.leases.fleet import Fleet, Replica, kill, purse
from tests.storage.ledger.conftest import differences, make_account, state

MONEY = 1000
replicas = st.integers(0, 2)
which = st.sampled_from([(0,), (1,), (0, 1)])


class Books(RuleBasedStateMachine):
    """Two accounts, three replicas at a time."""

    def __init__(self, url: str, first_subject: int) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = open_engine(url)
        self.fleet = Fleet(session_factory(self.engine))
        self.put_in = MONEY * 2
        self.spent = 0
        self.running: list[tuple[Replica, Reservation]] = []
        self.dead: list[Replica] = []
        self.ids = [
            self.run(make_account(self.fleet.sessions, MONEY, kind="budget", subject_id=first_subject + more))
            for more in range(2)
        ]
        for _ in range(3):
            self.add()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def then() -> Any:
            answer = await work
            await self.quiet()
            return answer

        return self.runner.run(then())

    async def quiet(self) -> None:
        """Let what runs in the background come to an end, as far as it can."""
        for _ in range(5):
            await asyncio.sleep(0)
            flights = {flight for replica in self.fleet.replicas for flight in replica.book.keeper._flights}
            if not flights:
                return
            await asyncio.wait(flights, timeout=0.02)

    def add(self) -> None:
        async def work() -> None:
            self.fleet.add(wait_s=0.03, sizes=Sizes(cover_s=5.0, idle_s=3.0))

        self.run(work())

    @rule(
        number=replicas,
        chosen=which,
        worst=st.sampled_from([20, 50, 100, 300]),
        least=st.sampled_from([1, 40, 900]),
        many=st.integers(2, 8),
        share=st.sampled_from([0, 50, 100, 100]),
        keep=st.booleans(),
    )
    def requests(
        self, number: int, chosen: tuple[int, ...], worst: int, least: int, many: int, share: int, keep: bool
    ) -> None:
        """Several requests one after the other, of which every second goes on when `keep`."""
        replica = self.fleet.replicas[number]
        purses = [purse(self.ids[index]) for index in chosen]

        async def work() -> None:
            for turn in range(many):
                reservation = replica.book.try_reserve(purses, worst)
                if reservation is None:
                    try:
                        reservation = await replica.book.reserve(purses, worst, least)
                    except (Insufficient, Unavailable):
                        return
                assert min(least, worst) <= reservation.amount <= worst
                if keep and turn % 2:
                    self.running.append((replica, reservation))
                else:
                    self.end_request(replica, reservation, share)

        self.run(work())

    def end_request(self, replica: Replica, reservation: Reservation, share: int) -> None:
        cost = reservation.amount * share // 100
        self.spent += cost * len(reservation.accounts.split(","))
        replica.finish(reservation, cost)

    # No precondition: what is running depends on timing, and Hypothesis has to see the same choices when it repeats.
    @rule(pick=st.integers(0, 100), share=st.sampled_from([0, 30, 100]), more=st.sampled_from([0, 20]))
    def finish(self, pick: int, share: int, more: int) -> None:
        if not self.running:
            return
        replica, reservation = self.running.pop(pick % len(self.running))

        async def work() -> None:
            if more:
                reservation.extend(more)
            self.end_request(replica, reservation, share)

        self.run(work())

    @rule(seconds=st.sampled_from([1, 4, 70]))
    def wait(self, seconds: int) -> None:
        self.fleet.ahead += seconds

        async def work() -> None:
            for replica in self.fleet.replicas:
                replica.authority.away = False
                replica.book.keeper.tick()

        self.run(work())

    @rule(number=replicas)
    def lose_an_answer(self, number: int) -> None:
        self.fleet.replicas[number].authority.lose = 1

    @rule(number=replicas)
    def outage(self, number: int) -> None:
        """Until time passes."""
        self.fleet.replicas[number].authority.away = True

    @rule(number=replicas)
    def drain(self, number: int) -> None:
        self.run(self.fleet.drain(self.fleet.replicas[number], *self.dead))

    @rule(number=replicas, killed=st.booleans())
    def end(self, number: int, killed: bool) -> None:
        replica = self.fleet.replicas.pop(number)

        async def work() -> None:
            if killed:
                kill(replica)
            else:
                for owner, reservation in self.running:
                    if owner is replica:
                        replica.finish(reservation, 0)
                await replica.book.close()
            await asyncio.sleep(0)

        self.run(work())
        self.running = [pair for pair in self.running if pair[0] is not replica]
        self.dead.append(replica)
        self.add()

    @rule()
    def reclaim(self) -> None:
        closed = [replica.name for replica in self.dead if not replica.journal]
        self.run(self.fleet.reclaim(int(self.fleet.wall()), closed))

    @rule(amount=st.sampled_from([1, 200]))
    def top_up(self, amount: int) -> None:
        self.put_in += amount

        async def work() -> None:
            async with self.fleet.sessions.begin() as session:
                await post(session, self.ids[0], amount, reason="topup", actor="test")

        self.run(work())

    @invariant()
    def nothing_is_spent_twice(self) -> None:
        for account_id in self.ids:
            balance, held = self.run(state(self.fleet.sessions, account_id))
            assert balance >= held >= 0

    def teardown(self) -> None:
        try:
            for replica in self.fleet.replicas:
                replica.authority.away = False
                replica.authority.lose = 0
            while self.fleet.replicas:
                replica = self.fleet.replicas[0]
                self.end(0, killed=bool(replica.book.keeper._flights))
                del self.fleet.replicas[-1]
            self.run(self.fleet.drain(*self.dead))
            self.nothing_is_spent_twice()
            self.fleet.ahead += 10**6
            self.reclaim()
            left = [self.run(state(self.fleet.sessions, account_id)) for account_id in self.ids]
            assert sum(balance for balance, _ in left) == self.put_in - self.spent
            assert [held for _, held in left] == [0, 0]
            assert self.run(differences(self.fleet.sessions, limit=100)) == []
        finally:
            self.run(self.engine.dispose())
            self.runner.close()
