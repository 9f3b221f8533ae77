"""Subscriptions in the data plane: they pay first, the balance when they are used up, and nothing where they bar it."""

import time

from storage import models
from storage.ledger import accounts, quota
from storage.ledger.verify import accounts_page, batches_page
from storage.models.plan import Plan
from storage.repositories import users
from storage.subscriptions import purses, terms
from storage.subscriptions.terms import Payment
from tests.deployments.gateway import Gateway

USD = 10**9
INPUT, OUTPUT = 1 * USD, 4 * USD
COST = (9 * INPUT + 4 * OUTPUT) // 10**6


async def subscriber(gateway: Gateway, quota_of: int, balance: int, **fields: object) -> tuple[str, int, int]:
    """A user with a balance and a subscription: (key, account of the balance, account of the quota)."""
    now = int(time.time())
    usual = {"use": "first", "overflow": True, "group": "", "group_after": "", "reset": "term", "reset_s": 0, "rank": 0}
    async with gateway.sessions.begin() as session:
        user = await users.create(session, models.User(name="ann"))
        subject = (accounts.USER, user.id, 0)
        wallet = (await accounts.ensure(session, [subject]))[subject]
        await quota.set_quota(session, wallet, limited=True, balance=balance, actor="test", now=now)
        plan = Plan(
            name="p", price=0, term_unit="day", term_count=1, quota=quota_of, per_user=0, pay_by=[], external={},
            **{**usual, **fields},
        )  # fmt: skip
        session.add(plan)
        await session.flush()
        row, _ = await terms.begin(session, plan, "user", user.id, Payment("", "t", "test", now))
        plan_account = await purses.account_of(session, row, now)
    return await gateway.add_key("of ann", user_id=user.id), wallet, plan_account


async def balances(gateway: Gateway, *ids: int) -> list[int]:
    """What the ledger says when everything is settled; it is right."""
    await gateway.records()
    await gateway.replica.give_back()
    async with gateway.sessions() as session:
        for page in (await accounts_page(session), await batches_page(session)):
            assert not page.differences
        rows = [await session.get(models.Account, each) for each in ids]
    assert all(row is not None and row.held == 0 for row in rows)
    return [row.balance for row in rows if row is not None]


async def test_the_quota_pays_and_the_balance_stays(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, wallet, plan = await subscriber(gateway, USD, USD)
    for _ in range(2):
        assert (await gateway.post({"max_tokens": 50}, key=key)).status == 200
    assert [record.accounts for record in await gateway.records(2)] == [f"{plan}u"] * 2
    assert await balances(gateway, wallet, plan) == [USD, USD - 2 * COST]


async def test_what_the_quota_does_not_cover_the_balance_pays(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, wallet, plan = await subscriber(gateway, 100, USD)
    assert (await gateway.post({"max_tokens": 50}, key=key)).status == 200
    assert (await gateway.records(1))[0].accounts == str(wallet)
    assert await balances(gateway, wallet, plan) == [USD - COST, 100]


async def test_a_quota_without_overflow_bars_the_balance(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, wallet, plan = await subscriber(gateway, 100, USD, overflow=False)
    answer = await gateway.post({"max_tokens": 50}, key=key)
    assert answer.status == 402
    assert "subscription of the user" in answer.error["message"]
    assert await balances(gateway, wallet, plan) == [USD, 100]


async def test_after_the_balance_the_quota_pays(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, wallet, plan = await subscriber(gateway, USD, 100, use="after_wallet")
    assert (await gateway.post({"max_tokens": 50}, key=key)).status == 200
    assert await balances(gateway, wallet, plan) == [100, USD - COST]


async def test_its_group_counts_while_it_runs(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, _, _ = await subscriber(gateway, USD, USD, group="vip")
    assert (await gateway.post({"max_tokens": 50}, key=key)).status == 200
    assert (await gateway.records(1))[0].group == "vip"
