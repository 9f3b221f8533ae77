"""Several choices of what pays: a subscription first, the balance when that is used up."""

import pytest

from deployments.leases import SHORT_S, Insufficient
from storage.ledger import post
from storage.ledger.purses import Purse
from tests.deployments.leases.conftest import MakeAccount
from tests.deployments.leases.fleet import Fleet, purse


def subscription(account_id: int) -> Purse:
    return Purse(account_id, "subscription", 0, "subscription of the user", "u")


async def test_the_subscription_pays_until_it_cannot(fleet: Fleet, account: MakeAccount) -> None:
    first, wallet = await account(1000), await account(10_000)
    replica = fleet.add()
    choices = ([subscription(first)], [purse(wallet)])
    held = await replica.book.reserve_any(choices, 700, 1)
    assert held.accounts == f"{first}u"
    replica.finish(held, 700)
    large = await replica.book.reserve_any(choices, 600, 1)
    assert (large.accounts, large.amount) == (str(wallet), 600)
    asked = replica.authority.calls["take"]
    small = await replica.book.reserve_any(choices, 300, 1)
    assert small.accounts == f"{first}u"
    again = await replica.book.reserve_any(choices, 600, 1)
    assert again.accounts == str(wallet)
    assert replica.authority.calls["take"] - asked <= 2
    for running in (large, small, again):
        running.release()


async def test_one_that_is_full_again_pays_again_after_a_moment(fleet: Fleet, account: MakeAccount) -> None:
    first, wallet = await account(10), await account(10_000)
    replica = fleet.add()
    choices = ([subscription(first)], [purse(wallet)])
    assert (await replica.book.reserve_any(choices, 100)).accounts == str(wallet)
    async with fleet.sessions.begin() as session:
        await post(session, first, 1000, reason="topup", actor="test")
    assert (await replica.book.reserve_any(choices, 100)).accounts == str(wallet)
    fleet.ahead += SHORT_S + 1
    assert (await replica.book.reserve_any(choices, 100)).accounts == f"{first}u"


async def test_the_last_choice_gives_what_it_has_and_is_the_one_that_refuses(
    fleet: Fleet, account: MakeAccount
) -> None:
    first, wallet = await account(10), await account(500)
    replica = fleet.add()
    choices = ([subscription(first)], [purse(wallet)])
    part = await replica.book.reserve_any(choices, 600, 100)
    assert (part.accounts, part.amount) == (str(wallet), 500)
    part.release()
    with pytest.raises(Insufficient, match="balance of the user"):
        await replica.book.reserve_any(choices, 600)


async def test_a_choice_without_a_limited_account_lets_everything_pass(fleet: Fleet, account: MakeAccount) -> None:
    replica = fleet.add()
    free = await replica.book.reserve_any(([subscription(await account(10))], []), 600)
    assert (free.accounts, free.amount) == ("", 0)


async def test_a_budget_refuses_for_all_choices(fleet: Fleet, account: MakeAccount) -> None:
    first, wallet, budget = await account(1000), await account(1000), await account(10)
    replica = fleet.add()
    limit = Purse(budget, "budget", 0, "day budget of the key")
    with pytest.raises(Insufficient, match="day budget"):
        await replica.book.reserve_any(([subscription(first), limit], [purse(wallet), limit]), 100)
    assert replica.counted["gateway_quota_waits_total"] == 1
