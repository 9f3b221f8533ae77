"""Several replicas and one ledger: nothing is spent twice, nothing stays locked up, and nobody waits without need."""

import asyncio
import random
import time

import pytest

from deployments.leases import Insufficient
from storage.ledger import post
from tests.deployments.leases.conftest import MakeAccount
from tests.deployments.leases.fleet import CENT, WAIT_S, Fleet, Replica, purse, request, until
from tests.stopwatch import Stopwatch

both = pytest.mark.parametrize("fleet", ["sqlite", "postgres"], indirect=True)


@both
async def test_a_cent_and_200_requests_at_once(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(CENT)
    replicas = [fleet.add(), fleet.add()]
    requests = [
        request(replicas[number % 2], account_id, CENT // 12, random.randrange(CENT // 12), random.random() * 0.1)
        for number in range(200)
    ]
    over = asyncio.Event()
    watching = asyncio.create_task(watch(fleet, account_id, over))
    costs = await asyncio.gather(*requests)
    over.set()
    await watching  # what it is settling is in the books when it ends
    assert 0 < sum(costs) <= CENT
    # What is left could not have paid for one more request.
    await fleet.drain()
    balance, _ = await fleet.account(account_id)
    assert balance == CENT - sum(costs)
    assert all(costs) or balance < CENT // 12
    await fleet.close()
    assert await fleet.account(account_id) == (balance, 0)


async def watch(fleet: Fleet, account_id: int, over: asyncio.Event) -> None:
    """At every moment the balance covers what is held, while records are being settled."""
    while not over.is_set():
        await fleet.drain()
        await fleet.account(account_id)
        await asyncio.sleep(0.02)


@both
async def test_the_last_unit_is_spent(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(100)
    replicas = [fleet.add(), fleet.add(), fleet.add()]
    for number in range(100):
        assert await request(replicas[number % 3], account_id, 1, 1) == 1
    for replica in replicas:
        with pytest.raises(Insufficient) as refused:
            await replica.reserve_in_vain(fleet, [purse(account_id)], 1)
        assert (refused.value.missing, refused.value.available, refused.value.status) == (1, 0, 402)
    await fleet.drain()
    assert await fleet.account(account_id) == (0, 0)


@both
async def test_what_another_replica_does_not_use_comes_back(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    first, second = fleet.add(), fleet.add()
    running = await first.book.reserve([purse(account_id)], 100)
    assert first.book.unspent > 100
    other = await second.book.reserve([purse(account_id)], 900)
    assert not first.authority.calls["renew"], "the recall was pushed, no renewal had to bring it"
    assert await fleet.account(account_id) == (1000, 1000)
    first.finish(running, 100)
    second.finish(other, 900)
    assert first.book.keeper.recalls == 1


async def test_without_the_router_a_renewal_brings_the_recall(fleet: Fleet, account: MakeAccount) -> None:
    fleet.pushes = False
    account_id = await account(1000)
    first, second = fleet.add(), fleet.add()
    first.finish(await first.book.reserve([purse(account_id)], 200), 100)
    second.finish(await second.book.reserve([purse(account_id)], 900), 900)
    assert first.authority.calls["renew"]


async def test_money_that_a_running_request_may_need_is_waited_for(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    replicas = [fleet.add(), fleet.add()]
    running = await replicas[0].book.reserve([purse(account_id)], 1000)
    waiting = [asyncio.create_task(replica.book.reserve([purse(account_id)], 900)) for replica in replicas]
    await asyncio.sleep(0.2)
    assert not any(task.done() for task in waiting)
    replicas[0].finish(running, 50)
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    (reservation,) = [task.result() for task in done]
    for replica in replicas:
        await replica.wait_is_over(fleet)
    with pytest.raises(Insufficient):
        await pending.pop()
    reservation.release()


async def test_a_replica_that_stood_still_while_a_request_waited_gives_it_its_time_once_more(
    fleet: Fleet, account: MakeAccount
) -> None:
    account_id = await account(1000)
    first, second = fleet.add(), fleet.add()
    running = await first.book.reserve([purse(account_id)], 1000)
    waiting = asyncio.create_task(second.book.reserve([purse(account_id)], 900))
    await until(lambda: any(lease.waiters for lease in second.book.keeper.leases.values()))
    (waiter,) = [waiter for lease in second.book.keeper.leases.values() for waiter in lease.waiters]
    await until(lambda: waiter.leases[0].answered_at >= waiter.since)
    fleet.ahead += WAIT_S + 1.0
    second.book._over(waiter)
    await asyncio.sleep(0)
    assert not waiting.done()  # what the first gives back is on its way
    first.finish(running, 0)
    await fleet.drain()
    (await waiting).release()


async def test_a_balance_that_cannot_cover_it_refuses_at_once(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(7_500_000)
    replica = fleet.add()
    fleet.freeze()
    for _ in range(50):
        with pytest.raises(Insufficient, match=r"may cost \$0\.01, \$0\.0075 is left, \$0\.0025 is missing") as refused:
            await replica.book.reserve([purse(account_id)], CENT)
        assert refused.value.account_id == account_id
    assert replica.authority.calls["take"] == 1
    # A top-up is seen within half a second.
    async with fleet.sessions.begin() as session:
        await post(session, account_id, CENT, reason="topup", actor="test")
    fleet.ahead += 0.5
    (await replica.book.reserve([purse(account_id)], CENT)).release()


async def test_all_purses_or_none(fleet: Fleet, account: MakeAccount) -> None:
    rich, poor = await account(10_000), await account(10)
    replica = fleet.add()
    purses = [purse(rich), purse(poor, "day budget of the key")]
    with pytest.raises(Insufficient, match="day budget of the key") as refused:
        await replica.book.reserve(purses, 11)
    assert refused.value.account_id == poor
    reservation = await replica.book.reserve(purses, 10)
    assert reservation.accounts == f"{rich},{poor}"
    replica.finish(reservation, 10)
    await replica.book.close()
    await fleet.drain()
    assert await fleet.account(rich) == (9990, 0)
    assert await fleet.account(poor) == (0, 0)


async def test_less_is_enough_where_there_is_not_more(
    fleet: Fleet, account: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.leases_waiting.PATIENCE_S", WAIT_S)  # that nobody is patient here shows
    account_id = await account(500)
    replica = fleet.add()
    purses = [purse(account_id)]
    reservation = await replica.book.reserve(purses, 10_000, 16)
    assert reservation.amount == 500
    watch = Stopwatch()
    with pytest.raises(Insufficient):
        await replica.book.reserve(purses, 10_000, 501)
    assert watch.s < 0.2
    replica.finish(reservation, 499)
    assert (await replica.book.reserve(purses, 10_000, 1)).amount == 1
    with pytest.raises(Insufficient):
        await replica.book.reserve(purses, 10_000, 16)


@both
async def test_many_that_do_with_less_share(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(CENT)
    replicas = [fleet.add(), fleet.add()]
    costs: list[int] = []

    async def one(replica: Replica) -> None:
        try:
            reservation = await replica.book.reserve([purse(account_id)], CENT * 5, 1000)
        except Insufficient:
            return
        await asyncio.sleep(random.random() * 0.2)
        replica.finish(reservation, reservation.amount)
        costs.append(reservation.amount)

    requests = [asyncio.create_task(one(replicas[number % 2])) for number in range(60)]
    await until(lambda: sum(costs) > CENT - 1000)  # not enough is left for the others
    for replica in replicas:
        await replica.wait_is_over(fleet)
    await asyncio.gather(*requests)
    assert CENT - 1000 < sum(costs) <= CENT
    assert len(costs) > 10
    await fleet.drain()
    assert (await fleet.account(account_id))[0] == CENT - sum(costs)


async def test_more_than_was_reserved_is_made_up_for(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(10_000)
    replica = fleet.add()
    purses = [purse(account_id)]
    for settled in (False, True):
        reservation = await replica.book.reserve(purses, 100)
        cost = replica.book.unspent + 300
        replica.finish(reservation, cost)
        assert replica.book.unspent == 0
        if settled:
            await fleet.drain()
        replica.finish(await replica.book.reserve(purses, 100), 100)
    await fleet.drain()
    balance, _ = await fleet.account(account_id)
    rest = await replica.book.reserve(purses, balance)
    replica.finish(rest, balance)
    with pytest.raises(Insufficient):
        await replica.book.reserve(purses, 1)
    await fleet.drain()
    assert (await fleet.account(account_id))[0] == 0


async def test_a_stream_asks_for_more_as_it_goes_on(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    replica = fleet.add()
    stream = await replica.book.reserve([purse(account_id)], 10)
    steps = 0
    while stream.extend(10):
        steps += 1
        await asyncio.sleep(0)
    assert stream.amount == 10 + steps * 10 <= 1000
    replica.finish(stream, stream.amount)
    assert not stream.extend(1)


async def test_ending_twice_changes_nothing(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    replica = fleet.add()
    reservation = await replica.book.reserve([purse(account_id)], 100)
    reservation.settle(40)
    before = replica.book.unspent
    reservation.release()
    reservation.settle(100)
    assert replica.book.unspent == before
    replica.journal.append(fleet_record(replica, reservation.accounts, 40))


def fleet_record(replica: Replica, accounts: str, cost: int):
    from storage.records import UsageRecord

    return UsageRecord("only", 1_800_000_000_000_000, accounts=accounts, cost=cost, replica=replica.name)


async def test_what_costs_nothing_needs_no_money(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(0)
    replica = fleet.add()
    assert replica.book.try_reserve([], 10**12) is not None
    reservation = replica.book.try_reserve([purse(account_id)], 0)
    assert reservation is not None
    assert reservation.accounts == str(account_id)
    replica.finish(reservation, 0)


async def test_a_client_that_leaves_takes_nothing_along(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    replica = fleet.add()
    for delay in (0.0, 0.001, 0.003, 0.006, 0.01, 0.02, 0.03):
        task = asyncio.create_task(replica.book.reserve([purse(account_id)], 600))
        await asyncio.sleep(delay)
        task.cancel()
        done = (await asyncio.gather(task, return_exceptions=True))[0]
        if not isinstance(done, asyncio.CancelledError):
            assert not isinstance(done, BaseException)
            done.release()
    (await replica.book.reserve([purse(account_id)], 1000)).release()


@both
async def test_in_the_steady_state_no_request_waits(fleet: Fleet, account: MakeAccount) -> None:
    ids = [await account(10**12) for _ in range(3)]
    replicas = [fleet.add(), fleet.add()]
    running: set[asyncio.Task[int]] = set()
    began = time.monotonic()
    number = ramp = ramp_waits = 0

    def waits() -> int:
        return sum(replica.counted["gateway_quota_waits_total"] for replica in replicas)

    # At least so many requests as well: in the time alone a machine that stands still makes none.
    while (passed := time.monotonic() - began) < 4 or number - ramp <= 500:
        if passed < 1.5 or number < 500:
            ramp, ramp_waits = number, waits()
        for _ in range(8):
            number += 1
            running.add(asyncio.create_task(request(replicas[number % 2], ids[number % 3], 50_000, 3_000, 0.05)))
        await asyncio.sleep(0.01)
        running = {task for task in running if not task.done()}
    await asyncio.gather(*running)
    calls = sum(replica.authority.calls.total() for replica in replicas)
    print(f"{ramp} requests of the beginning: {ramp_waits} waits; {number - ramp} more: {waits() - ramp_waits} waits")
    print(f"{calls} calls of the authority in the background")
    assert number - ramp > 500
    assert waits() == ramp_waits
    assert calls < 100


@both
async def test_several_accounts_in_any_order(fleet: Fleet, account: MakeAccount) -> None:
    """Two replicas that ask for the same accounts in another order do not block each other."""
    ids = [await account(10_000) for _ in range(6)]
    replicas = [fleet.add(), fleet.add()]

    async def one(replica: Replica, order: list[int]) -> None:
        replica.finish(await replica.book.reserve([purse(account_id) for account_id in order], 10), 10)

    await asyncio.gather(*(one(replicas[n % 2], ids if n % 4 < 2 else ids[::-1]) for n in range(40)))
    await fleet.drain()
    for account_id in ids:
        assert (await fleet.account(account_id))[0] == 10_000 - 40 * 10


async def test_a_request_that_nobody_could_help_disturbs_nobody(fleet: Fleet, account: MakeAccount) -> None:
    account_id = await account(1000)
    first, second = fleet.add(), fleet.add()
    await request(first, account_id, 100, 10)
    with pytest.raises(Insufficient):
        await second.book.reserve([purse(account_id)], 5000)
    assert first.book.keeper.recalls == 0
    assert first.book.try_reserve([purse(account_id)], 100) is not None
