"""Settling: each request is charged once, to every account it concerns, whatever is repeated or killed."""

import asyncio

from sqlalchemy import func, select

from storage.ledger import Settled, accounts, settle
from storage.ledger.transactions import transact
from storage.models import Account, Settlement, Usage
from storage.records import UsageRecord
from tests.storage.ledger.conftest import NOW, Clean, Record, Sessions, count_entries, differences, make_account, state
from tests.storage.ledger.test_leases import ask, back


async def book(sessions: Sessions, records: list[UsageRecord]) -> Settled:
    """Settle in a transaction of its own."""
    return await transact(sessions, lambda session: settle(session, records, now=NOW))


async def balances(sessions: Sessions) -> dict[tuple[str, int], int]:
    """The balance of every account without a period."""
    async with sessions() as session:
        return {(a.kind, a.subject_id): a.balance for a in await session.scalars(select(Account))}


async def test_a_batch_is_charged_to_user_organisation_and_channel(
    sessions: Sessions, make_record: Record, clean: Clean
) -> None:
    records = [
        make_record("r1", user_id=5, organisation_id=6, channel_id=3, cost=10, provider_cost=7),
        make_record("r2", user_id=5, channel_id=3, cost=20, provider_cost=14),
        make_record("r3", channel_id=4, cost=40, provider_cost=30),
        make_record("r4", user_id=8, channel_id=0, cost=0),
    ]
    settled = await book(sessions, records)
    assert settled.cost == 70
    assert settled.records == records
    expected = {("user", 5): -30, ("organisation", 6): -10, ("channel", 3): -21, ("channel", 4): -30}
    assert await balances(sessions) == expected
    assert await count_entries(sessions) == 4, "one entry for each account and batch"
    assert (await book(sessions, records)).records == []
    assert (await book(sessions, [])).records == []
    again = await book(sessions, [*records[:2], make_record("r5", user_id=5, cost=1, channel_id=0)])
    assert [record.request_id for record in again.records] == ["r5"]
    assert await balances(sessions) == {**expected, ("user", 5): -31}
    async with sessions() as session:
        batches = {row.id: row.records for row in await session.scalars(select(Settlement))}
        assert batches == {settled.batch: 4, again.batch: 1}
    await clean()


async def test_a_record_that_is_there_twice_is_charged_once(
    sessions: Sessions, make_record: Record, clean: Clean
) -> None:
    record = make_record("r1", user_id=5, cost=10, channel_id=0)
    assert (await book(sessions, [record, record])).cost == 10
    assert await balances(sessions) == {("user", 5): -10}
    await clean()


async def test_spending_uses_up_the_lease(sessions: Sessions, make_record: Record, clean: Clean) -> None:
    user = await make_account(sessions, 1000, subject_id=5)
    budget = await make_account(sessions, 500, kind="budget", subject_id=9)
    await ask(sessions, "a", (user, 100, 100), (budget, 100, 100))
    await ask(sessions, "b", (user, 50, 50))
    named = f"{user},{budget}"
    await book(
        sessions,
        [
            make_record("r1", user_id=5, accounts=named, cost=30, channel_id=0, replica="a"),
            make_record("r2", user_id=5, accounts=named, cost=20, channel_id=0, replica="a"),
            make_record("r3", user_id=5, accounts=str(user), cost=5, channel_id=0, replica="b"),
            make_record("r4", user_id=5, accounts="", cost=1, channel_id=0, replica="c"),
        ],
    )
    # The user is charged once for each request although the list names the account too.
    assert await state(sessions, user) == (1000 - 56, 50 + 45)
    assert await state(sessions, budget) == (450, 50)
    assert await back(sessions, "a", {user: 50, budget: 50}) == {user: 50, budget: 50}
    assert await back(sessions, "b", {user: 45}) == {user: 45}
    assert await state(sessions, user) == (944, 0)
    await clean()


async def test_more_than_was_leased_is_charged_all_the_same(sessions: Sessions, make_record: Record) -> None:
    user = await make_account(sessions, 1000, subject_id=5)
    await ask(sessions, "a", (user, 100, 100))
    await ask(sessions, "b", (user, 880, 880))
    settled = await book(sessions, [make_record("r1", accounts=str(user), cost=130, channel_id=0, replica="a")])
    assert settled.overdrawn == [user], "20 are left, 880 are held: 10 are missing"
    assert await state(sessions, user) == (870, 880)
    assert (await ask(sessions, "a", (user, 21, 21)))[0].granted == 0
    await back(sessions, "b", {user: 800})
    # The next grant makes up for the 30 that were spent without a lease; they are not held a second time.
    assert (await ask(sessions, "a", (user, 50, 50), operation="x"))[0].granted == 50
    assert (await ask(sessions, "a", (user, 50, 50), operation="x"))[0].granted == 50
    assert await state(sessions, user) == (870, 100)
    assert await differences(sessions) == []


async def test_records_that_name_no_account(sessions: Sessions, make_record: Record) -> None:
    settled = await book(sessions, [make_record("r1", accounts="77,x, ,²", cost=130, channel_id=0)])
    assert settled.unknown == [77]
    assert [found.where.split(", ")[1] for found in await differences(sessions)] == ["account 77"]


async def test_absurd_amounts_do_not_hold_up_others(sessions: Sessions, make_record: Record) -> None:
    user = await make_account(sessions, 0, subject_id=5)
    async with sessions.begin() as session:
        await accounts.set_limited(session, user, limited=False)
    for number in range(4):
        records = [make_record(f"{number}.{i}", user_id=5, cost=2**60, channel_id=0) for i in range(300)]
        await book(sessions, records)
    assert await state(sessions, user) == (-(2**62), 0)
    assert {found.what for found in await differences(sessions)} == {"entry, against the usage rows"}


async def test_drainers_at_once_charge_every_record_once(sessions: Sessions, make_record: Record, clean: Clean) -> None:
    """The same records from several drainers in different orders, while replicas take and give back."""
    user = await make_account(sessions, 100_000, subject_id=5)
    await ask(sessions, "a", (user, 20_000, 20_000))
    records = [
        make_record(
            f"r{number:03}", user_id=5 + number % 3, organisation_id=number % 2, channel_id=1 + number % 4,
            accounts=str(user) if number % 3 == 0 else "", cost=10, provider_cost=3, replica="a",
        )
        for number in range(120)
    ]  # fmt: skip

    async def drain(turn: int) -> int:
        turned = records[turn * 17 :] + records[: turn * 17]
        if turn % 2:
            turned.reverse()
        return sum([len((await book(sessions, turned[at : at + 30])).records) for at in range(0, 120, 30)])

    async def lease(name: str) -> None:
        for _ in range(6):
            await ask(sessions, name, (user, 5, 50))
            await back(sessions, name, {user: 20})

    drained = await asyncio.gather(*(drain(turn) for turn in range(4)), lease("b"), lease("c"), return_exceptions=False)
    assert sum(count for count in drained if count is not None) == 120
    found = await balances(sessions)
    assert found["user", 5] == 100_000 - 400
    assert (found["user", 6], found["user", 7]) == (-400, -400)
    assert found["organisation", 1] == -600
    assert [found["channel", number] for number in range(1, 5)] == [-90] * 4
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Usage)) == 120
    await clean()
