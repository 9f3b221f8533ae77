"""Owns a model of replicas that spend from leases, die, repeat themselves and are settled, and of what must hold.

Hypothesis chooses what happens next. The ledger under test is the real one in a real database; replicas are modelled as
the rules say they behave: they reserve before they spend, they journal what they spent, they name every operation.
"""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from storage.database import open_engine, session_factory
from storage.ledger import Ask, expired_replicas, give_back, post, recall, reclaim, renew, settle, take
from storage.ledger.entries import InsufficientError
from storage.ledger.transactions import transact
from storage.models import Account
from storage.records import UsageRecord
from tests.storage.ledger.conftest import NOW, differences, make_account, state

TTL = 60
MONEY = 1500
_numbers = itertools.count(1)

replicas = st.integers(0, 2)
which = st.sampled_from([(0,), (1,), (0, 1)])
amounts = st.sampled_from([1, 40, 300, 900])
shares = st.sampled_from([0, 30, 100])


@dataclass
class Replica:
    """What one replica knows, and its journal, which outlives it."""

    name: str
    left: dict[int, int] = field(default_factory=dict)
    expires_at: dict[int, int] = field(default_factory=dict)
    running: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    journal: list[UsageRecord] = field(default_factory=list)


class Interleavings(RuleBasedStateMachine):
    """Two limited accounts, three replicas at a time, one clock."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = open_engine(url, pooled=True)
        self.sessions = session_factory(self.engine)
        self.now = NOW
        self.steps = 0
        self.ids = [self.run(make_account(self.sessions, MONEY, kind=kind, subject_id=next(_numbers)))
                    for kind in ("budget", "budget")]  # fmt: skip
        self.put_in = dict.fromkeys(self.ids, MONEY)
        self.charged = dict.fromkeys(self.ids, 0)
        self.alive = [self.new_replica() for _ in range(3)]
        self.dead: list[Replica] = []
        self.settled: list[UsageRecord] = []
        self.unsure: list[tuple[Replica, list[Ask], str]] = []

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def transact(self, work: Any) -> Any:
        return self.run(transact(self.sessions, work))

    def teardown(self) -> None:
        try:
            self.settle_everything()
            self.compare()
        finally:
            self.run(self.engine.dispose())
            self.runner.close()

    @staticmethod
    def new_replica() -> Replica:
        return Replica(f"replica-{next(_numbers)}")

    # ------------------------------------------------------------------------------------------------------- money in

    @rule(index=st.integers(0, 1), amount=st.sampled_from([-5000, -300, -1, 1, 300]), repeat=st.booleans())
    def post(self, index: int, amount: int, repeat: bool) -> None:
        account_id = self.ids[index]
        reference = f"post-{next(_numbers)}"

        async def work(session: Any) -> bool:
            return (await post(session, account_id, amount, reason="refund", actor="t", reference=reference))[1]

        balance, held = self.run(state(self.sessions, account_id))
        try:
            assert self.transact(work)
        except InsufficientError:
            assert balance - held + amount < 0
            return
        assert balance - held + amount >= 0
        self.put_in[account_id] += amount
        if repeat:
            assert not self.transact(work)

    # --------------------------------------------------------------------------------------------------------- leases

    @rule(number=replicas, chosen=which, need=amounts, more=amounts, answer=st.booleans())
    def take(self, number: int, chosen: tuple[int, ...], need: int, more: int, answer: bool) -> None:
        replica = self.alive[number]
        asks = [Ask(self.ids[index], need, need + more) for index in chosen]
        operation = f"op-{next(_numbers)}"
        grants = self.transact(lambda s: take(s, replica.name, asks, operation=operation, ttl_s=TTL, now=self.now))
        if answer:
            self.receive(replica, grants)
        else:
            self.unsure.append((replica, asks, operation))

    @precondition(lambda self: self.unsure)
    @rule()
    def ask_again(self) -> None:
        """The answer was lost; the same operation is repeated, until it is answered or the replica dies."""
        replica, asks, operation = self.unsure.pop(0)
        if replica in self.alive:
            self.receive(
                replica,
                self.transact(lambda s: take(s, replica.name, asks, operation=operation, ttl_s=TTL, now=self.now)),
            )

    def receive(self, replica: Replica, grants: Any) -> None:
        for grant in grants:
            if grant.began:
                replica.left[grant.account_id] = 0
            replica.left[grant.account_id] = replica.left.get(grant.account_id, 0) + grant.granted
            if grant.granted:
                replica.expires_at[grant.account_id] = self.now + TTL

    @rule(number=replicas, share=shares, repeat=st.booleans())
    def give_back(self, number: int, share: int, repeat: bool) -> None:
        replica = self.alive[number]
        back = {account_id: max(left, 0) * share // 100 for account_id, left in replica.left.items()}
        operation = f"op-{next(_numbers)}"
        for _ in range(1 + repeat):
            given = self.transact(lambda s: give_back(s, replica.name, back, operation=operation, now=self.now))
            assert {account_id: given.get(account_id, 0) for account_id in back} == back
        for account_id, amount in back.items():
            replica.left[account_id] -= amount

    @rule(number=replicas)
    def recall(self, number: int) -> None:
        asked = self.transact(lambda s: recall(s, self.ids, self.alive[number].name))
        assert self.alive[number].name not in {name for _, name in asked}

    @rule(number=replicas)
    def renew(self, number: int) -> None:
        replica = self.alive[number]
        held = [account_id for account_id, left in replica.left.items() if left or account_id in replica.expires_at]
        renewal = self.transact(lambda s: renew(s, replica.name, held, ttl_s=TTL, now=self.now))
        for account_id in renewal.lost:
            # Only what is used up to the last unit is ever forgotten.
            assert replica.left.get(account_id, 0) <= 0
            replica.left.pop(account_id, None)
            replica.expires_at.pop(account_id, None)
        for account_id in set(held).difference(renewal.lost):
            replica.expires_at[account_id] = self.now + TTL

    @rule(seconds=st.sampled_from([1, 20, TTL + 1]))
    def reclaim(self, seconds: int) -> None:
        """Time passes, and the Router looks which leases have expired and which journals are drained to the end."""
        self.now += seconds

        async def expired(session: Any) -> list[str]:
            return await expired_replicas(session, self.now)

        gone = {replica.name for replica in self.dead if not replica.journal}
        closed = [name for name in self.transact(expired) if name in gone]
        for released in self.transact(lambda s: reclaim(s, self.now, closed=closed, grace_s=10**9)):
            assert released.replica in gone
            assert not released.lost

    # -------------------------------------------------------------------------------------------------------- requests

    @rule(number=replicas, chosen=which, worst=st.integers(0, 60), more=amounts, ends=st.booleans(), share=shares)
    def request(self, number: int, chosen: tuple[int, ...], worst: int, more: int, ends: bool, share: int) -> None:
        """A request is sent upstream only when every account's lease covers its worst case and has not expired."""
        replica = self.alive[number]
        ids = tuple(self.ids[index] for index in chosen)
        if not self.covers(replica, ids, worst):
            short = tuple(self.ids.index(one) for one in ids if not self.covers(replica, (one,), worst))
            self.take(number, short, worst, more, answer=True)
        if self.covers(replica, ids, worst):
            for one in ids:
                replica.left[one] -= worst
            replica.running.append((ids, worst))
            if ends:
                self.end(replica, len(replica.running) - 1, share)

    def covers(self, replica: Replica, ids: tuple[int, ...], worst: int) -> bool:
        return all(replica.left.get(one, 0) >= worst and replica.expires_at.get(one, 0) > self.now for one in ids)

    @precondition(lambda self: any(replica.running for replica in self.alive))
    @rule(pick=st.integers(0, 10**6), share=shares)
    def finish(self, pick: int, share: int) -> None:
        replica = next(replica for replica in self.alive if replica.running)
        self.end(replica, pick % len(replica.running), share)

    def end(self, replica: Replica, place: int, share: int) -> None:
        ids, worst = replica.running.pop(place)
        cost = worst * share // 100
        for one in ids:
            replica.left[one] += worst - cost
        accounts = ",".join(map(str, ids))
        replica.journal.append(
            UsageRecord(
                f"request-{next(_numbers)}", self.now * 10**6, accounts=accounts, cost=cost, replica=replica.name
            )
        )

    @rule(number=replicas)
    def crash(self, number: int) -> None:
        self.dead.append(self.alive[number])
        self.alive[number].running.clear()
        self.alive[number] = self.new_replica()

    # -------------------------------------------------------------------------------------------------------- settling

    @rule(pick=st.integers(0, 10**6), many=st.integers(1, 5), noted=st.booleans())
    def drain(self, pick: int, many: int, noted: bool) -> None:
        """Journals are drained in order. Killed between the commit and the note of it, a drainer repeats itself."""
        journals = [replica for replica in (*self.alive, *self.dead) if replica.journal]
        if journals:
            replica = journals[pick % len(journals)]
            self.settle(replica.journal[:many])
            if noted:
                del replica.journal[:many]

    @precondition(lambda self: self.settled)
    @rule(pick=st.integers(0, 10**6), many=st.integers(1, 5))
    def settle_again(self, pick: int, many: int) -> None:
        at = pick % len(self.settled)
        self.settle(self.settled[at : at + many])

    def settle(self, records: list[UsageRecord]) -> None:
        known = {record.request_id for record in self.settled}
        new = [record for record in records if record.request_id not in known]
        done = self.transact(lambda s: settle(s, records, now=self.now))
        assert [record.request_id for record in done.records] == [record.request_id for record in new]
        assert not done.overdrawn
        self.settled += new
        for record in new:
            for one in record.accounts.split(","):
                self.charged[int(one)] += record.cost

    def settle_everything(self) -> None:
        """At the end all replicas die, all journals are drained, and every unit is accounted for."""
        for number in range(3):
            self.crash(number)
        for replica in self.dead:
            self.settle(replica.journal)
            replica.journal.clear()
        self.reclaim(TTL + 1)
        for account_id in self.ids:
            assert self.run(state(self.sessions, account_id)) == (self.put_in[account_id] - self.charged[account_id], 0)

    # ------------------------------------------------------------------------------------------------------ invariants

    async def states(self) -> dict[int, tuple[int, int]]:
        async with self.sessions() as session:
            rows = await session.scalars(select(Account).where(Account.id.in_(self.ids)))
            return {account.id: (account.balance, account.held) for account in rows}

    @invariant()
    def nothing_is_overspent(self) -> None:
        known = {record.request_id for record in self.settled}
        for account_id, (balance, held) in self.run(self.states()).items():
            assert balance == self.put_in[account_id] - self.charged[account_id], "conservation"
            assert balance - held >= 0
            committed = 0
            for replica in (*self.alive, *self.dead):
                committed += replica.left.get(account_id, 0) if replica in self.alive else 0
                committed += sum(worst for ids, worst in replica.running if account_id in ids)
                committed += sum(
                    record.cost
                    for record in replica.journal
                    if str(account_id) in record.accounts.split(",") and record.request_id not in known
                )
            assert committed <= held, "what replicas can spend or have spent is held for them"

    @invariant()
    def the_ledger_agrees_with_itself(self) -> None:
        self.steps += 1
        if self.steps % 8 == 0:
            self.compare()

    def compare(self) -> None:
        assert self.run(differences(self.sessions, limit=1000)) == []
