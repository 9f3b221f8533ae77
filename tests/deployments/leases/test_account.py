"""The arithmetic of one lease: sizes, what is asked for, what goes back, and what a lost lease leaves behind."""

import asyncio

import pytest

from deployments.leases import purses_valid_until
from deployments.leases_account import AGAIN_S, CAREFUL_S, Lease, Sizes
from deployments.leases_authority import Recalls, encode_recalls
from deployments.leases_waiting import Waiter, shown
from storage.ledger import Grant
from tests.deployments.leases.fleet import purse

SIZES = Sizes(cover_s=60.0, idle_s=10.0)


def wait(lease: Lease, *amounts: int, least: int | None = None) -> None:
    for amount in amounts:
        lease.waiters[Waiter((lease,), ("x",), amount, least or amount, 0.0, 2.0)] = None


def fill(lease: Lease, granted: int, *, began: bool = False, now: float = 0.0, want: int = 0) -> None:
    asked = lease.wanted(now)
    grant = Grant(lease.account_id, granted, 0, 0, began=began)
    assert asked is not None or not want
    if asked is not None:
        lease.granted(grant, asked, until=now + 50, now=now)
    else:
        lease.left += granted
        lease.until = now + 50
        lease.held = True


async def test_what_waits_is_asked_for_together() -> None:
    lease = Lease(1, 0.0)
    assert lease.wanted(0.0) is None
    wait(lease, 100, 200, 50)
    asked = lease.wanted(0.0)
    assert asked is not None
    assert (asked.least, asked.need) == (50, 350)
    assert asked.want > asked.need
    lease.left = 30
    lease.recall(0.0)
    asked = lease.wanted(0.0)
    assert asked is not None
    assert (asked.least, asked.need, asked.want) == (20, 320, 320)
    # A debt is made up for.
    lease.left = -500
    asked = lease.wanted(CAREFUL_S + 1)
    assert asked is not None
    assert (asked.least, asked.need) == (550, 850)


async def test_a_minute_of_spending_is_held() -> None:
    lease = Lease(1, 0.0)
    fill(lease, 10_000)
    for second in range(1, 30):
        for _ in range(10):
            lease.take(50)
            lease.put(50, 10, lease.epoch)
        lease.tick(float(second), SIZES)
    assert 90 < lease.rate <= 100
    assert 60 * 90 < lease.level < 60 * 110
    assert lease.level < lease.goal < 2 * lease.level
    lease.left = lease.level - 1
    asked = lease.wanted(30.0)
    assert asked is not None
    assert (asked.need, asked.want) == (0, lease.goal - lease.unspent)
    # Less was granted than was wanted: the account is nearly used up, and not asked at each request.
    lease.granted(Grant(1, 5, 0, 0, began=False), asked, until=90.0, now=30.0)
    assert lease.ask_at == 30.0 + AGAIN_S


async def test_what_nobody_uses_goes_back() -> None:
    lease = Lease(1, 0.0)
    fill(lease, 1000)
    lease.take(100)
    lease.tick(1.0, SIZES)
    assert lease.spare(1.0, SIZES) == 0
    lease.put(100, 10, lease.epoch)
    lease.tick(2.0, SIZES)
    lease.tick(11.0, SIZES)
    assert lease.spare(11.0, SIZES) == 0
    lease.tick(13.0, SIZES)
    assert lease.spare(13.0, SIZES) == 990
    assert not lease.quiet(13.0, SIZES)
    lease.left = 0
    assert lease.quiet(13.0, SIZES)


async def test_a_surplus_goes_back_while_it_is_used() -> None:
    lease = Lease(1, 0.0)
    fill(lease, 10**9)
    for second in range(1, 15):
        lease.take(50)
        lease.put(50, 10, lease.epoch)
        lease.tick(float(second), SIZES)
    spare = lease.spare(14.0, SIZES)
    assert 10**8 < spare < 10**9
    lease.left -= spare
    assert lease.unspent == lease.goal


async def test_a_recall_takes_all_that_is_not_reserved() -> None:
    lease = Lease(1, 0.0)
    fill(lease, 1000)
    lease.take(300)
    wait(lease, 900)
    lease.recall(5.0)
    assert lease.spare(5.0, SIZES) == 700
    lease.tick(6.0, SIZES)
    assert (lease.level, lease.goal) == (0, 0)


async def test_a_lost_lease_and_its_running_requests() -> None:
    """As in the ledger: what was given up pays for their late spending first, the next lease for the rest."""
    lease = Lease(1, 0.0)
    fill(lease, 1000)
    lease.take(300)
    epoch = lease.epoch
    lease.lost()
    assert (lease.left, lease.reserved, lease.late, lease.abandoned) == (0, 0, 300, 1000)
    wait(lease, 500)
    fill(lease, 500, began=True)
    assert lease.left == 500
    lease.put(300, 1100, epoch)
    assert (lease.left, lease.late, lease.abandoned) == (400, 0, 0)
    # A debt outlives its lease.
    lease.take(400)
    lease.put(400, 450, lease.epoch)
    lease.lost()
    assert lease.left == -50


def test_what_is_said_in_dollars() -> None:
    assert [shown(n) for n in (0, 1, 10**7, 12_345_000_000, -5)] == ["0.00", "0.000000001", "0.01", "12.345", "0.00"]


def test_purses_are_read_anew_when_a_period_ends() -> None:
    assert purses_valid_until([]) == float("inf")
    assert purses_valid_until([purse(1)]) == float("inf")
    assert purses_valid_until([purse(1), purse(2, period_end=500), purse(3, period_end=400)]) == 400


def test_the_router_hands_recalls_on_once() -> None:
    recalls = Recalls()
    assert not recalls.add(encode_recalls([(1, "gone")]), ["a", "b"])
    assert recalls.add(encode_recalls([(1, "a"), (2, "a"), (2, "b")]), ["a", "b"])
    assert recalls.fetch("a") == [1, 2]
    assert recalls.fetch("a") == []
    recalls.forget("b")
    assert recalls.fetch("b") == []


@pytest.fixture(autouse=True)
async def _no_future_is_left() -> None:
    await asyncio.sleep(0)
