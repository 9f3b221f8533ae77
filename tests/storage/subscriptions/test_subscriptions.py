"""Subscriptions on a real ledger: what keys draw on, what is charged, and that each payment counts once."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.ledger import accounts, entries, settle, transact, verify
from storage.ledger.entries import InsufficientError
from storage.ledger.purses import Holder, find_holder
from storage.models import Key, User
from storage.models.plan import Plan
from storage.models.subscription import Subscription
from storage.records import UsageRecord
from storage.repositories import keys as key_rows
from storage.subscriptions import purses, terms
from storage.subscriptions.terms import Payment, RefusedError

Sessions = async_sessionmaker[AsyncSession]
NOW = 1_800_000_000
DAY = 86_400
USD = 10**9


class Desk:
    """A user with a key and a limited balance, and what is done for them."""

    def __init__(self, sessions: Sessions, user: User, key: Key, wallet: int) -> None:
        self.sessions, self.user, self.key, self.wallet = sessions, user, key, wallet
        self.numbers = 0

    async def plan(self, name: str, **fields: Any) -> Plan:
        usual: dict[str, Any] = {"price": 10 * USD, "term_unit": "day", "term_count": 30, "quota": 20 * USD}
        usual |= {"reset": "term", "use": "first", "overflow": True, "rank": 0, "per_user": 0, "reset_s": 0}
        usual |= {"group": "", "group_after": "", "pay_by": ["balance"], "external": {}}
        async with self.sessions.begin() as session:
            row = Plan(name=name, **(usual | fields))
            session.add(row)
        return row

    def payment(self, by: str = "balance", now: int = NOW, reference: str = "") -> Payment:
        self.numbers += 1
        return Payment(by, reference or f"test:{self.numbers}", "user:ann", now)

    async def buy(
        self, plan: Plan, *, payment: Payment | None = None, renews: bool = False
    ) -> tuple[Subscription, bool]:
        paid = payment or self.payment()

        async def work(session: AsyncSession) -> tuple[Subscription, bool]:
            found = await terms.begin(session, plan, "user", self.user.id, paid, renews=renews)
            await entries.post(
                session, self.wallet, -plan.price, reason="purchase", actor="user:ann", reference=paid.reference
            )
            return found

        return await transact(self.sessions, work)

    async def give(self, plan: Plan, now: int = NOW) -> Subscription:
        paid = self.payment("", now)
        return (await transact(self.sessions, lambda s: terms.begin(s, plan, "user", self.user.id, paid)))[0]

    async def holder(self, now: int = NOW) -> Holder:
        return await find_holder(self.sessions, self.key, now)

    async def choices(self, now: int = NOW) -> list[list[str]]:
        found = await self.holder(now)
        return [[f"{purse.kind}{purse.stands_in}" for purse in choice] for choice in (found.purses, *found.more)]

    async def balance(self, account_id: int) -> int:
        async with self.sessions() as session:
            row = await accounts.get(session, account_id)
            assert row is not None
            return row.balance

    async def locked(self, row: Subscription, work: Callable[[AsyncSession, Subscription], Any]) -> Any:
        async def do(session: AsyncSession) -> Any:
            found = await terms.lock(session, row.id)
            assert found is not None
            return await work(session, found)

        return await transact(self.sessions, do)

    async def clean(self) -> None:
        for page_of in (verify.accounts_page, verify.batches_page):
            async with self.sessions() as session:
                assert (await page_of(session)).differences == []


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    async with sessions.begin() as session:
        user = User(name="ann", group="default")
        session.add(user)
        await session.flush()
        key = Key(name="k", digest=b"k" * 32, user_id=user.id)
        session.add(key)
        subject = ("user", user.id, 0)
        wallet = (await accounts.ensure(session, [subject], limited=True))[subject]
        await entries.post(session, wallet, 50 * USD, reason="topup", actor="test", now=NOW)
    return Desk(sessions, user, key, wallet)


async def test_a_subscription_pays_in_place_of_the_balance(desk: Desk, make_record: Callable[..., UsageRecord]) -> None:
    assert await desk.choices() == [["user"]]
    _, new = await desk.buy(await desk.plan("basic"))
    assert new
    assert await desk.balance(desk.wallet) == 40 * USD
    assert await desk.choices() == [["subscriptionu"], ["user"]]
    found = await desk.holder()
    (purse,) = found.purses
    assert purse.period_end == NOW + 30 * DAY
    assert await desk.balance(purse.account_id) == 20 * USD
    records = [
        make_record("r1", user_id=desk.user.id, accounts=f"{purse.account_id}u", cost=3 * USD),
        make_record("r2", user_id=desk.user.id, accounts=str(desk.wallet), cost=2 * USD),
    ]
    await transact(desk.sessions, lambda session: settle(session, records, now=NOW))
    assert await desk.balance(purse.account_id) == 17 * USD
    assert await desk.balance(desk.wallet) == 38 * USD
    await desk.clean()


async def test_the_order_of_what_pays(desk: Desk) -> None:
    await desk.give(await desk.plan("late", term_count=40))
    await desk.give(await desk.plan("soon", term_count=10))
    await desk.give(await desk.plan("spare", use="after_wallet"))
    found = await desk.holder()
    ends = [choice[0].period_end for choice in (found.purses, *found.more)]
    assert ends == [NOW + 10 * DAY, NOW + 40 * DAY, 0, NOW + 30 * DAY]
    await desk.give(await desk.plan("strict", overflow=False, term_count=5))
    assert [choice[0] for choice in await desk.choices()] == ["subscriptionu"] * 3
    assert len(await desk.choices(NOW + 6 * DAY)) == 4


async def test_quota_is_full_again_in_each_period_and_what_is_left_lapses(desk: Desk) -> None:
    row = await desk.give(await desk.plan("daily", reset="day", quota=USD))
    first = (await desk.holder()).purses[0]
    assert first.period_end == NOW + DAY
    again = (await desk.holder(NOW + DAY - 1)).purses[0]
    second = (await desk.holder(NOW + DAY)).purses[0]
    assert first == again
    assert second.account_id != first.account_id
    assert await desk.balance(second.account_id) == USD
    added = await desk.locked(row, lambda s, r: terms.refill(s, r, actor="root", now=NOW + DAY, reference="x"))
    assert added == 0
    assert await desk.choices(NOW + 30 * DAY) == [["user"]]
    await desk.clean()


@pytest.mark.parametrize("database_url", ["", "postgres", "mysql"], indirect=True)
async def test_a_payment_counts_once_however_often_it_comes(desk: Desk) -> None:
    plan = await desk.plan("basic")
    payment = desk.payment(reference="order:1")
    results = await asyncio.gather(*(desk.buy(plan, payment=payment) for _ in range(4)))
    assert sorted(new for _, new in results) == [False, False, False, True]
    assert len({row.id for row, _ in results}) == 1
    assert await desk.balance(desk.wallet) == 40 * USD


async def test_what_the_balance_does_not_cover_begins_nothing(desk: Desk) -> None:
    with pytest.raises(InsufficientError):
        await desk.buy(await desk.plan("dear", price=51 * USD))
    assert await desk.choices() == [["user"]]
    assert await desk.balance(desk.wallet) == 50 * USD


async def test_a_plan_is_sold_so_often_to_one_owner(desk: Desk) -> None:
    plan = await desk.plan("trial", per_user=1)
    row, _ = await desk.buy(plan)
    assert await desk.locked(row, lambda s, r: terms.renew(s, r, plan, now=NOW + 29 * DAY))
    with pytest.raises(RefusedError, match="1 times"):
        await desk.buy(plan)


async def test_it_is_renewed_before_it_ends_and_the_next_term_begins_when_this_one_is_over(desk: Desk) -> None:
    plan = await desk.plan("basic")
    row, _ = await desk.buy(plan, renews=True)
    first = (await desk.holder()).purses[0].account_id
    soon = NOW + 30 * DAY - 60
    assert await desk.locked(row, lambda s, r: terms.renew(s, r, plan, now=soon))
    assert await desk.balance(desk.wallet) == 30 * USD
    assert (await desk.holder(soon)).purses[0].account_id == first
    next_one = (await desk.holder(NOW + 30 * DAY)).purses[0]
    assert next_one.account_id != first
    assert next_one.period_end == NOW + 60 * DAY


async def test_bought_again_it_lasts_longer(desk: Desk) -> None:
    plan = await desk.plan("basic")
    first, _ = await desk.buy(plan)
    second, new = await desk.buy(plan, payment=desk.payment(now=NOW + DAY))
    assert (second.id, new, second.paid_until) == (first.id, True, NOW + 60 * DAY)


async def test_one_that_a_provider_renews_goes_on_while_its_charge_is_late(desk: Desk) -> None:
    plan = await desk.plan("basic")
    paid = Payment("stripe", "invoice:1", "stripe", NOW, "sub_1")
    row, _ = await transact(
        desk.sessions, lambda s: terms.begin(s, plan, "user", desk.user.id, paid, renews=True)
    )  # fmt: skip
    late = NOW + 30 * DAY + 3600
    before = (await desk.holder()).purses[0]
    assert (await desk.holder(late)).purses[0] == before
    second = Payment("stripe", "invoice:2", "stripe", late, "sub_1")
    assert await desk.locked(row, lambda s, r: terms.extend(s, r, plan, second))
    assert not await desk.locked(row, lambda s, r: terms.extend(s, r, plan, second))
    after = (await desk.holder(late)).purses[0]
    assert after.account_id != before.account_id
    assert after.period_end == NOW + 60 * DAY + purses.GRACE_S


@pytest.mark.parametrize("database_url", ["", "postgres", "mysql"], indirect=True)
async def test_an_upgrade_pays_the_difference_and_a_downgrade_waits(desk: Desk) -> None:
    small = await desk.plan("small", rank=1)
    large = await desk.plan("large", rank=2, price=30 * USD, group="vip", group_after="former")
    row, _ = await desk.buy(small, renews=True)
    half = NOW + 15 * DAY
    upgraded = await desk.locked(row, lambda s, r: terms.change_plan(s, r, large, desk.payment(now=half)))
    assert await desk.balance(desk.wallet) == (50 - 10 - 30 + 5) * USD
    assert upgraded.renews
    found = await desk.holder(half)
    assert (found.user_group, found.group, len(found.more)) == ("vip", "vip", 1)
    back = await desk.locked(upgraded, lambda s, r: terms.change_plan(s, r, small, desk.payment(now=half)))
    assert (back.id, back.next_plan_id, back.plan_id) == (upgraded.id, small.id, large.id)
    await desk.locked(upgraded, lambda s, r: terms.end(s, r, "expired", half))
    assert (await desk.holder(half)).user_group == "former"
    await desk.clean()


async def test_an_upgrade_gives_nothing_back_for_quota_that_is_spent(
    desk: Desk, make_record: Callable[..., UsageRecord]
) -> None:
    row, _ = await desk.buy(await desk.plan("small", rank=1))
    account_id = (await desk.holder()).purses[0].account_id
    record = make_record("r1", user_id=desk.user.id, accounts=f"{account_id}u", cost=20 * USD)
    await transact(desk.sessions, lambda session: settle(session, [record], now=NOW))
    large = await desk.plan("large", rank=2, price=30 * USD)
    await desk.locked(row, lambda s, r: terms.change_plan(s, r, large, desk.payment()))
    assert await desk.balance(desk.wallet) == 10 * USD


async def test_its_keys_are_told(desk: Desk) -> None:
    async with desk.sessions() as session:
        before = await key_rows.latest_change(session)
    row = await desk.give(await desk.plan("basic"))
    await desk.locked(row, lambda s, r: terms.end(s, r, "withdrawn", NOW))
    async with desk.sessions() as session:
        _, digests = await key_rows.changes_since(session, before)
    assert digests == [b"k" * 32]
    assert await desk.choices() == [["user"]]
