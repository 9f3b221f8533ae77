"""Events, deliveries, low balances, statements and claims of jobs on each kind of database."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.events import deliveries, emit, low, outbox, targets
from storage.events.deliveries import Result
from storage.ledger import accounts, entries, statements, transact
from storage.models import User
from storage.models.event import Target
from storage.repositories import jobs, users

Sessions = async_sessionmaker[AsyncSession]
NOW = 1_800_000_000
USD = 10**9


async def test_everything_once(sessions: Sessions) -> None:
    """One test: a database of its own takes longer than all of it."""
    async with sessions.begin() as session:
        ann = await users.create(session, User(name="ann", email="ann@acme.example", email_verified_at=1))
        account_id = (await accounts.of(session, "user", [ann.id]))[ann.id].id
        await accounts.set_limited(session, account_id, limited=True)
        await entries.post(session, account_id, 3 * USD, reason="topup", actor="test", now=NOW - 100 * 86_400)
        await entries.post(session, account_id, -USD, reason="purchase", actor="test", now=NOW)
        hook = await targets.create(
            session, Target(kind="webhook", name="h", url="https://h.example", address="", events=["*"])
        )  # fmt: skip
    await _told_once(sessions, ann.id, hook)
    await _statement(sessions, account_id, ann.id)
    await _claimed_once(sessions)


async def _told_once(sessions: Sessions, user_id: int, hook: Target) -> None:
    async def tell() -> None:
        async with sessions.begin() as session:
            await emit(session, "key.created", {"name": "k"}, user_id=user_id, dedupe="k", now=NOW)

    await asyncio.gather(*(tell() for _ in range(4)))
    for told in (1, 0):
        assert await transact(sessions, lambda s: low.tell(s, default=5 * USD, now=NOW)) == told
    async with sessions.begin() as session:
        await low.set_setting(session, "user", user_id, USD)
    assert await transact(sessions, lambda s: low.tell(s, default=5 * USD, now=NOW)) == 0
    assert await transact(sessions, lambda s: deliveries.route(s, now=NOW)) == 2
    assert await transact(sessions, lambda s: deliveries.route(s, now=NOW)) == 0
    async with sessions.begin() as session:
        due = await deliveries.due(session, now=NOW, limit=10)
        assert sorted((event.kind, target.kind) for _, event, target in due) == [
            ("balance.low", "email"), ("balance.low", "webhook"), ("key.created", "webhook"),
        ]  # fmt: skip
        for row, _, target in due:
            await deliveries.note(session, row.id, Result(target.kind == "email", problem="no"), now=NOW)
        assert await deliveries.due(session, now=NOW, limit=10) == []
        again = await deliveries.due(session, now=NOW + deliveries.PAUSES_S[0], limit=10)
        assert [target.id for _, _, target in again] == [hook.id] * 2
        first = again[0][0]
        assert (await deliveries.again(session, first, now=NOW)).id == first.id
        assert [row.id for row, *_ in await deliveries.due(session, now=NOW, limit=10)] == [first.id], "tried now, once"
        await deliveries.note(session, first.id, Result(True, status=200), now=NOW)
        fresh = await deliveries.again(session, first, now=NOW)
        assert (fresh.id != first.id, fresh.round, fresh.event_id) == (True, 1, first.event_id)
        assert await outbox.forget(session, NOW + 1) == 2
        assert await deliveries.due(session, now=NOW + 10**6, limit=10) == []


async def _statement(sessions: Sessions, account_id: int, user_id: int) -> None:
    async with sessions() as session:
        found = await statements.sums(session, account_id, NOW - 10, NOW + 10)
        assert found == statements.Sums(3 * USD, 2 * USD, {"purchase": -USD})
        assert (await statements.sums(session, account_id, NOW + 10, NOW + 20)).opening == 2 * USD
        assert len(await statements.booked(session, account_id, 0, NOW + 10)) == 2
        assert await statements.from_subscriptions(session, [1], 0, NOW) == 0
        assert await statements.by_model(session, "user", user_id, 0, NOW) == []


async def _claimed_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await jobs.add_schedules(session, ["a"])
        job_id = (await jobs.add(session, "k", {}, actor="test", user_id=None, now=NOW)).id

    async def claim(name: str) -> tuple[bool, bool]:
        async def work(session: AsyncSession) -> tuple[bool, bool]:
            mine = await jobs.claim_schedule(session, "a", name, now=NOW, ttl_s=60)
            return mine is not None, await jobs.claim(session, job_id, name, now=NOW, ttl_s=60) is not None

        return await transact(sessions, work)

    got = await asyncio.gather(*(claim(f"r{number}") for number in range(4)))
    assert [sum(each) for each in zip(*got, strict=True)] == [1, 1]
    async with sessions.begin() as session:
        assert await jobs.due(session, ["a"], NOW) == []
        assert await jobs.waiting(session, ["k"], NOW, limit=5) == []
        assert await jobs.waiting(session, ["k"], NOW + 61, limit=5) == [job_id]
        assert not (await jobs.keep(session, job_id, "nobody", now=NOW, ttl_s=60)).held
