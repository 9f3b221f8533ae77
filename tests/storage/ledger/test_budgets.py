"""Budgets: one account for each period, what a key draws on, alerts told once."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, budgets
from storage.ledger.alerts import due_alerts
from storage.ledger.budgets import new_budget
from storage.ledger.purses import Holder, Purse, find_holder, holder, purses
from storage.ledger.transactions import transact
from storage.models import Budget, Key, Organisation, User
from tests.storage.ledger.conftest import NOW, Clean, Record, Sessions, count_entries, make_account, state
from tests.storage.ledger.test_leases import ask
from tests.storage.ledger.test_settling import book

MONTH_END = int(datetime(2027, 2, 1, tzinfo=UTC).timestamp())
DAY = 86_400


async def make_budget(sessions: Sessions, *arguments: object, **alerts: object) -> Budget:
    async def work(session: AsyncSession) -> Budget:
        return await budgets.create(session, new_budget(*arguments, **alerts))  # type: ignore[arg-type]

    return await transact(sessions, work)


async def account_of(sessions: Sessions, budget: Budget, now: int = NOW) -> int:
    return (await transact(sessions, lambda session: budgets.current(session, [budget], now)))[budget.id]


async def test_each_period_begins_with_the_full_amount(sessions: Sessions, clean: Clean) -> None:
    daily = await make_budget(sessions, "key", 1, "day", 100)
    total = await make_budget(sessions, "key", 1, "total", 500)
    first = await account_of(sessions, daily)
    assert await account_of(sessions, daily) == first
    assert await state(sessions, first) == (100, 0)
    await ask(sessions, "a", (first, 60, 60))
    second = await account_of(sessions, daily, NOW + DAY)
    assert second != first
    assert await state(sessions, second) == (100, 0)
    assert await state(sessions, first) == (100, 60)
    assert await account_of(sessions, total) == await account_of(sessions, total, NOW + 400 * DAY)
    async with sessions() as session:
        assert [account.id for account in await budgets.instances(session, daily)] == [second, first]
        assert [budget.id for budget in await budgets.list_all(session, scope="key", scope_id=1)] == [
            daily.id,
            total.id,
        ]
        assert await budgets.list_all(session, scope="user") == []
    await clean()


async def test_many_ask_for_a_new_period_at_once(sessions: Sessions, clean: Clean) -> None:
    wanted = [await make_budget(sessions, "key", 1, period, 100) for period in ("day", "month")]

    async def look() -> dict[int, int]:
        return await transact(sessions, lambda session: budgets.current(session, wanted, NOW))

    found = await asyncio.gather(*(look() for _ in range(8)))
    assert all(one == found[0] for one in found)
    assert await count_entries(sessions) == 2
    await clean()


async def test_changing_a_budget_counts_at_once(sessions: Sessions, clean: Clean) -> None:
    budget = await make_budget(sessions, "user", 1, "month", 100)

    async def change(**wanted: object) -> bool:
        values = {"amount": budget.amount, "alerts": budget.alerts, "period": budget.period, **wanted}

        async def work(session: AsyncSession) -> bool:
            row = await budgets.get(session, budget.id)
            assert row is not None
            return await budgets.change(session, row, actor="anna", now=NOW, **values)  # type: ignore[arg-type]

        return await transact(sessions, work)

    account_id = await account_of(sessions, budget)
    assert await change(amount=150)
    assert await state(sessions, account_id) == (150, 0)
    assert not await change(amount=150)
    await ask(sessions, "a", (account_id, 120, 120))
    assert await change(amount=110)
    assert await state(sessions, account_id) == (110, 120), "what was leased stays leased"
    assert (await ask(sessions, "b", (account_id, 1, 1)))[0].granted == 0
    assert await change(amount=130, alerts=[80])
    assert await change(amount=130, alerts=[80], period="day")
    async with sessions() as session:
        row = await budgets.get(session, budget.id)
        assert row is not None
        assert (row.amount, row.alerts, row.period) == (130, [80], "day")
    assert await state(sessions, await account_of(sessions, row)) == (130, 0)
    await clean()


async def test_a_reset_gives_the_full_amount_back(sessions: Sessions, make_record: Record, clean: Clean) -> None:
    budget = await make_budget(sessions, "user", 1, "month", 100)
    account_id = await account_of(sessions, budget)
    await ask(sessions, "a", (account_id, 40, 40))
    await book(sessions, [make_record("r1", accounts=str(account_id), cost=30, channel_id=0, replica="a")])
    for _ in range(2):
        assert await transact(sessions, lambda s: budgets.reset(s, budget, actor="anna", now=NOW, reference="x")) == 30
    assert await state(sessions, account_id) == (100, 10)
    await clean()


async def test_removing_a_budget_keeps_its_history(sessions: Sessions, clean: Clean) -> None:
    budget = await make_budget(sessions, "user", 1, "month", 100)
    account_id = await account_of(sessions, budget)
    async with sessions.begin() as session:
        row = await budgets.get(session, budget.id)
        assert row is not None
        await budgets.remove(session, row)
    assert await state(sessions, account_id) == (100, 0)
    await clean()


@pytest.mark.parametrize("wrong", [("group", 1, "day", 5), ("key", 1, "year", 5)])
def test_budgets_that_do_not_exist(wrong: tuple[str, int, str, int]) -> None:
    with pytest.raises(ValueError, match="no "):
        new_budget(*wrong)


async def test_the_purses_of_a_key(sessions: Sessions, clean: Clean) -> None:
    async with sessions.begin() as session:
        organisation = Organisation(name="acme")
        session.add(organisation)
        await session.flush()
        user = User(name="ann", organisation_id=organisation.id, group="gold")
        session.add(user)
        await session.flush()
        key = Key(name="k", digest=b"k" * 32, user_id=user.id)
        stray = Key(name="s", digest=b"s" * 32, group="vip")
        orphan = Key(name="o", digest=b"o" * 32, user_id=999)
        session.add_all([key, stray, orphan])
    balance = await make_account(sessions, 7, subject_id=user.id)
    free = await make_account(sessions, 7, kind="organisation", subject_id=organisation.id)
    async with sessions.begin() as session:
        await accounts.set_limited(session, free, limited=False)
    for arguments in (
        ("key", key.id, "total", 1),
        ("user", user.id, "month", 2),
        ("organisation", organisation.id, "day", 3),
    ):
        await make_budget(sessions, *arguments)
    await make_budget(sessions, "user", user.id + 1, "day", 9)
    found = await find_holder(sessions, key, NOW)
    assert (found.user_id, found.organisation_id, found.group, found.enabled) == (
        user.id,
        organisation.id,
        "gold",
        True,
    )
    assert [(purse.kind, purse.period_end, purse.label) for purse in found.purses] == [
        ("user", 0, "balance of the user"),
        ("budget", 0, "total budget of the key"),
        ("budget", MONTH_END, "month budget of the user"),
        ("budget", NOW - NOW % DAY + DAY, "day budget of the organisation"),
    ]
    assert found.purses[0] == Purse(balance, "user", 0, "balance of the user")
    assert await transact(sessions, lambda session: purses(session, key, NOW)) == found.purses
    assert await transact(sessions, lambda s: holder(s, stray, NOW)) == Holder(
        0, 0, "vip", "default", enabled=True, purses=[]
    )
    assert not (await transact(sessions, lambda s: holder(s, orphan, NOW))).enabled
    await clean()


async def test_alerts_are_told_once_per_period(sessions: Sessions, make_record: Record) -> None:
    budget = await make_budget(sessions, "user", 1, "day", 1000, alerts=[50, 90, 50])
    await make_budget(sessions, "user", 1, "day", 10)

    async def told(now: int = NOW) -> list[tuple[int, int, int]]:
        return [(a.percent, a.spent, a.period_start) for a in await transact(sessions, lambda s: due_alerts(s, now))]

    async def spend(name: str, cost: int, now: int = NOW) -> None:
        account_id = await account_of(sessions, budget, now)
        await ask(sessions, "a", (account_id, cost, cost))
        await book(sessions, [make_record(name, accounts=str(account_id), cost=cost, channel_id=0, replica="a")])

    day = NOW - NOW % DAY
    assert await told() == [], "nobody has asked for this period yet"
    await spend("r1", 499)
    assert await told() == []
    await spend("r2", 1)
    assert await told() == [(50, 500, day)]
    assert await told() == []
    await spend("r3", 450)
    assert sorted(await asyncio.gather(told(), told())) == [[], [(90, 950, day)]]
    await transact(sessions, lambda s: budgets.reset(s, budget, actor="anna", now=NOW))
    assert await told() == []
    await spend("r4", 600)
    assert await told() == [(50, 600, day)], "after a reset it warns anew"
    await spend("r5", 1000, NOW + DAY)
    assert await told(NOW + DAY) == [(90, 1000, day + DAY)]
