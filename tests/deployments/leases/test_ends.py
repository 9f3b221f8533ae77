"""Replicas that stop or die, a database that is away, leases that end: what was leased comes back, once."""

import asyncio
import time

import pytest

from deployments.leases import Insufficient, Sizes, Unavailable
from tests.deployments.leases.conftest import MakeAccount
from tests.deployments.leases.fleet import WAIT_S, Fleet, kill, purse, request, until
from tests.stopwatch import Stopwatch

both = pytest.mark.parametrize("fleet", ["sqlite", "postgres"], indirect=True)


@both
async def test_a_replica_that_stops_gives_everything_back(fleet: Fleet, account: MakeAccount) -> None:
    ids = [await account(10_000) for _ in range(5)]
    replica = fleet.add()
    for account_id in ids:
        replica.finish(await replica.book.reserve([purse(account_id)], 100), 30)
    await replica.book.close()
    await fleet.drain()
    for account_id in ids:
        assert await fleet.account(account_id) == (9970, 0)
    assert replica.book.try_reserve([purse(ids[0])], 1) is None
    with pytest.raises(Unavailable):
        await replica.book.reserve([purse(ids[0])], 1)


@both
async def test_a_killed_replica_is_charged_before_its_lease_is_given_out_again(
    fleet: Fleet, account: MakeAccount
) -> None:
    account_id = await account(1000)
    killed, other = fleet.add(), fleet.add()
    # What it had reserved for running requests is lost with it, what it finished is in its journal.
    await killed.book.reserve([purse(account_id)], 500)
    killed.finish(await killed.book.reserve([purse(account_id)], 400), 123)
    fleet.replicas.remove(killed)
    kill(killed)
    with pytest.raises(Insufficient):
        await other.reserve_in_vain(fleet, [purse(account_id)], 800)
    later = int(time.time()) + fleet.ttl_s + 1
    assert await fleet.reclaim(later) == 0  # its journal is not drained
    await fleet.drain(killed)
    assert await fleet.reclaim(later, closed=[killed.name]) > 0
    fleet.ahead += 0.5  # the refusal is not remembered any longer
    other.finish(await other.book.reserve([purse(account_id)], 877), 877)
    await fleet.drain()
    await other.book.close()
    assert await fleet.account(account_id) == (0, 0)


@both
async def test_what_is_leased_is_spent_while_the_database_is_away(fleet: Fleet, account: MakeAccount) -> None:
    account_id, unknown = await account(100_000), await account(1000)
    replica = fleet.add()
    purses = [purse(account_id)]
    replica.finish(await replica.book.reserve(purses, 1000), 10)
    replica.authority.away = True
    for _ in range(100):
        reservation = replica.book.try_reserve(purses, 100)
        assert reservation is not None
        replica.finish(reservation, 10)
    with pytest.raises(Unavailable) as refused:
        await replica.book.reserve([purse(unknown)], 1)
    assert refused.value.status == 503
    assert not replica.book.up
    fleet.freeze()
    waits = replica.counted["gateway_quota_waits_total"]
    for _ in range(20):
        with pytest.raises(Unavailable):
            await replica.book.reserve([purse(unknown)], 1)
    assert replica.counted["gateway_quota_waits_total"] == waits, "refused at once"
    replica.authority.away = False
    await until(lambda: replica.book.up)
    (await replica.book.reserve([purse(unknown)], 1000)).release()


@both
async def test_answers_that_get_lost(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    replica = fleet.add(sizes=Sizes(idle_s=0.2))
    fleet.freeze()  # else what is granted might be idle, and given back, before it is looked at
    replica.authority.lose = 1
    with pytest.raises(Unavailable):
        await replica.book.reserve([purse(account_id)], 1000)
    await until(lambda: replica.book.up)
    assert await fleet.account(account_id) == (1000, 1000)
    # It was asked again, and what had been granted is there.
    reservation = replica.book.try_reserve([purse(account_id)], 1000)
    assert reservation is not None
    fleet.frozen = None
    replica.finish(reservation, 400)
    replica.authority.lose = 2
    await until(lambda: replica.authority.lose == 0)
    await until(lambda: replica.book.up)
    await fleet.drain()
    await until(lambda: replica.book.held == 0)
    assert await fleet.account(account_id) == (600, 0)


async def test_a_database_that_hangs(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    replica = fleet.add(timeout_s=0.2)
    replica.authority.delay = 60.0
    watch = Stopwatch()
    with pytest.raises(Unavailable):
        await replica.book.reserve([purse(account_id)], 1000)
    assert watch.s < 0.5, "neither the database nor the request's own time ended it"
    replica.authority.delay = 0.0
    replica.book.keeper._timeout_s = WAIT_S
    await until(lambda: replica.book.up)
    await asyncio.sleep(0)
    (await replica.book.reserve([purse(account_id)], 500)).release()


async def test_idle_leases_go_back_and_then_there_is_silence(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(10**9)
    replica = fleet.add(sizes=Sizes(idle_s=0.5))
    await request(replica, account_id, 1000, 500)
    assert replica.book.unspent > 0
    await until(lambda: replica.book.held == 0)
    await fleet.drain()
    assert await fleet.account(account_id) == (10**9 - 500, 0)
    await until(lambda: replica.book.keeper._timer is None)
    calls = replica.authority.calls.total()
    await asyncio.sleep(0.2)
    assert replica.authority.calls.total() == calls
    assert replica.book.keeper._timer is None


async def test_leases_expire_here_before_they_do_in_the_database(fleet: Fleet, account: MakeAccount) -> None:
    fleet.ttl_s = 10
    account_id = await account(1000)
    replica = fleet.add()
    stream = await replica.book.reserve([purse(account_id)], 100)
    replica.authority.away = True
    fleet.ahead += 9.0
    assert replica.book.try_reserve([purse(account_id)], 1) is None
    with pytest.raises(Unavailable):
        await replica.book.reserve([purse(account_id)], 1)
    replica.authority.away = False
    fleet.ahead += 1.0
    await until(lambda: replica.book.up)
    replica.finish(await replica.book.reserve([purse(account_id)], 1), 1)
    replica.finish(stream, 100)
    await replica.book.close()
    await fleet.drain()
    assert await fleet.account(account_id) == (899, 0)


async def test_a_lease_that_was_given_up_is_not_spent_from(fleet: Fleet, account: MakeAccount) -> None:
    """A replica that was cut off for longer than the grace: what it spent late is counted to what was given up."""
    account_id = await account(1000)
    replica = fleet.add(sizes=Sizes(idle_s=600.0))
    purses = [purse(account_id)]
    stream = await replica.book.reserve(purses, 200)
    later = int(time.time()) + 10**6 + fleet.ttl_s + 1
    assert await fleet.reclaim(later) > 0
    replica.book.keeper.leases[account_id].renewed_at = 0
    replica.book.keeper.tick()
    await until(lambda: replica.book.held == 0)
    replica.finish(await replica.book.reserve(purses, 500), 500)
    replica.finish(stream, 200)
    await fleet.drain()
    await replica.book.close()
    # The ledger cannot tell what was spent of which lease: the rest of the second is held until it has expired.
    balance, held = await fleet.account(account_id)
    assert (balance, held) == (300, 50)
    assert await fleet.reclaim(later, closed=[replica.name]) == held
