"""Expiry: the rest of a dead replica's lease comes back, and never what it may have spent already."""

from storage.ledger import expired_replicas, reclaim, renew
from storage.ledger.expiry import GRACE_S, Reclaimed
from storage.ledger.leases import Renewal
from storage.ledger.transactions import transact
from tests.storage.ledger.conftest import NOW, Clean, Record, Sessions, make_account, state
from tests.storage.ledger.test_leases import TTL, ask, back
from tests.storage.ledger.test_settling import book

LATER = NOW + TTL + 1
LOST = LATER + GRACE_S


async def collect(sessions: Sessions, now: int, closed: tuple[str, ...] = ()) -> list[Reclaimed]:
    return await transact(sessions, lambda session: reclaim(session, now, closed=closed))


async def test_only_the_lease_of_a_drained_journal_comes_back(
    sessions: Sessions, make_record: Record, clean: Clean
) -> None:
    user = await make_account(sessions, 1000)
    await ask(sessions, "a", (user, 100, 100))
    await ask(sessions, "b", (user, 100, 100))
    assert await collect(sessions, NOW + TTL, ("a", "b")) == [], "they have not expired"
    async with sessions() as session:
        assert await expired_replicas(session, NOW) == []
        assert await expired_replicas(session, LATER) == ["a", "b"]
    assert await collect(sessions, LATER) == [], "nobody knows what they spent"
    await book(sessions, [make_record("r1", accounts=str(user), cost=30, channel_id=0, replica="a")])
    assert await collect(sessions, LATER, ("a",)) == [Reclaimed(user, "a", 70, lost=False)]
    assert await state(sessions, user) == (970, 100)
    assert await collect(sessions, LATER, ("a",)) == []
    async with sessions() as session:
        assert await expired_replicas(session, LATER) == ["b"]
    await clean()


async def test_a_lost_servers_lease_comes_back_after_the_grace(
    sessions: Sessions, make_record: Record, clean: Clean
) -> None:
    user = await make_account(sessions, 1000)
    await ask(sessions, "a", (user, 100, 100), operation="x")
    assert await collect(sessions, LOST) == [Reclaimed(user, "a", 100, lost=True)]
    assert await collect(sessions, LOST) == []
    assert await state(sessions, user) == (1000, 0)
    assert await transact(sessions, lambda s: renew(s, "a", [user], ttl_s=TTL, now=LOST)) == Renewal([], [user])
    # It was only cut off. A grant whose answer it never got is void; the next one begins a lease.
    assert (await ask(sessions, "a", (user, 100, 100), operation="x", now=LOST))[0].granted == 0
    (grant,) = await ask(sessions, "a", (user, 50, 50), now=LOST)
    assert (grant.granted, grant.began) == (50, True)
    assert (await ask(sessions, "a", (user, 100, 100), operation="x", now=LOST))[0].granted == 0
    # What it had spent of the old lease arrives late: charged, and not counted to the new lease.
    await book(sessions, [make_record("r1", accounts=str(user), cost=60, channel_id=0, replica="a")])
    assert await state(sessions, user) == (940, 50)
    await clean()
    await book(sessions, [make_record("r2", accounts=str(user), cost=50, channel_id=0, replica="a")])
    await clean()
    # 40 of the old lease were never spent. They hold as much of the new one until the replica is known to be gone.
    assert await state(sessions, user) == (890, 40)
    assert await back(sessions, "a", {user: 0}) == {user: 0}
    assert await collect(sessions, LOST + LATER, ("a",)) == [Reclaimed(user, "a", 40, lost=False)]
    assert await state(sessions, user) == (890, 0)
    await clean()


async def test_a_record_after_all_is_charged_without_a_lease(
    sessions: Sessions, make_record: Record, clean: Clean
) -> None:
    user = await make_account(sessions, 1000)
    await ask(sessions, "a", (user, 100, 100))
    await collect(sessions, LATER, ("a",))
    await book(sessions, [make_record("r1", accounts=str(user), cost=60, channel_id=0, replica="a")])
    assert await state(sessions, user) == (940, 0)
    await clean()


async def test_a_lease_that_is_used_up_is_forgotten(sessions: Sessions, make_record: Record, clean: Clean) -> None:
    user = await make_account(sessions, 1000)
    await ask(sessions, "a", (user, 100, 100))
    await book(sessions, [make_record("r1", accounts=str(user), cost=100, channel_id=0, replica="a")])
    assert await collect(sessions, LATER) == []
    async with sessions() as session:
        assert await expired_replicas(session, LATER) == []
    await clean()


async def test_the_leases_of_one_account_come_back_together(sessions: Sessions, clean: Clean) -> None:
    user = await make_account(sessions, 1000)
    other = await make_account(sessions, 1000, subject_id=2)
    for replica in ("a", "b", "c"):
        await ask(sessions, replica, (user, 100, 100), (other, 10, 10))
    assert len(await collect(sessions, LATER, ("a", "b", "c"))) == 6
    assert await state(sessions, user) == (1000, 0)
    await clean()


async def test_renewing_puts_expiry_off(sessions: Sessions, clean: Clean) -> None:
    user = await make_account(sessions, 1000)
    await ask(sessions, "a", (user, 100, 100))
    assert await transact(sessions, lambda s: renew(s, "a", [user], ttl_s=TTL, now=LATER)) == Renewal([], [])
    assert await collect(sessions, LATER + TTL, ("a",)) == []
    assert await collect(sessions, LATER + TTL + 1, ("a",)) == [Reclaimed(user, "a", 100, lost=False)]
    await clean()
