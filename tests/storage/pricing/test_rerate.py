"""Re-rating: differences are booked once, on the accounts that paid, and balances stay the sums of their entries."""

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.ledger import accounts, entries
from storage.ledger.settling import settle
from storage.models import Entry, Price
from storage.pricing import Counted, PriceBook, Tariff, rate
from storage.pricing.entry import entry_of
from storage.pricing.rerate import Wanted, rerate_page
from storage.records import UsageRecord
from storage.repositories import corrections, prices

Sessions = async_sessionmaker[AsyncSession]

START = 1_800_000_000
ALL = Wanted(since=0, until=START * 2_000_000)


async def price(session: AsyncSession, amount: int, **fields: int) -> Tariff:
    row = Price(provider="openai", model="m", input=amount, output=2 * amount, source="operator", **fields)
    return Tariff(entry_of(await prices.create(session, row)))


def record(tariff: Tariff | None, number: int, **fields: object) -> UsageRecord:
    used = Counted(1000, 500)
    charge = None if tariff is None else rate(tariff, used, group_ratio=500_000)
    made = UsageRecord(
        f"r{number}", (START + number) * 1_000_000, provider="openai", model="public", upstream_model="m", user_id=7,
        channel_id=3, input_tokens=used.input, output_tokens=used.output, usage_source="upstream",
        price_id=0 if tariff is None else tariff.id,
    )  # fmt: skip
    if charge is not None:
        made.cost, made.provider_cost, made.price_detail = charge.amount, charge.provider_amount, charge.detail
    return msgspec.structs.replace(made, **fields)


async def run(sessions: Sessions, wanted: Wanted = ALL, *, dry_run: bool = False, limit: int = 2) -> list[int]:
    """All pages; [checked, changed, no price, cost, provider cost]."""
    sums = [0, 0, 0, 0, 0]
    after = None
    while True:
        async with sessions.begin() as session:
            book = PriceBook(await prices.list_all(session))
            page = await rerate_page(session, wanted, book, actor="me", dry_run=dry_run, after=after, limit=limit)
        found = (page.checked, page.changed, page.no_price, page.cost, page.provider_cost)
        sums = [old + new for old, new in zip(sums, found, strict=True)]
        after = page.next
        if after is None:
            return sums


async def balances(sessions: Sessions) -> dict[str, int]:
    """Balances by kind; each must be the sum of its entries."""
    async with sessions() as session:
        found = {}
        for account in await accounts.list_page(session):
            rows: list[Entry] = list(await entries.list_page(session, account.id, limit=1000))
            assert account.balance == sum(row.amount for row in rows)
            found[account.kind] = account.balance
        return found


@pytest.fixture
async def booked(sessions: Sessions) -> Tariff:
    """Five requests at 1,000 per 1,000,000, two units of money each to the user, half of that."""
    async with sessions.begin() as session:
        old = await price(session, 10**9)
        await settle(session, [record(old, number) for number in range(5)])
    return old


async def test_a_price_of_the_past_is_corrected_once(sessions: Sessions, booked: Tariff) -> None:
    # 1000 x 1000 + 500 x 2000 nano-USD at the provider's price; the group pays half.
    assert await balances(sessions) == {"user": -5 * 1_000_000, "channel": -5 * 2_000_000}
    assert await run(sessions) == [5, 0, 0, 0, 0]
    async with sessions.begin() as session:
        await price(session, 3 * 10**9, effective_from=START + 2)
    assert await run(sessions, dry_run=True) == [5, 3, 0, 3 * 2_000_000, 3 * 4_000_000]
    assert await balances(sessions) == {"user": -5 * 1_000_000, "channel": -5 * 2_000_000}
    assert await run(sessions) == [5, 3, 0, 3 * 2_000_000, 3 * 4_000_000]
    assert await balances(sessions) == {"user": -11 * 1_000_000, "channel": -22 * 1_000_000}
    assert await run(sessions) == [5, 0, 0, 0, 0]
    async with sessions() as session:
        found = await corrections.list_for(session, "r4")
        assert [(each.cost, each.provider_cost) for each in found] == [(2_000_000, 4_000_000)]
        assert '"group":500000' in found[0].price_detail

    # Back to the first price: the opposite is booked, and the sums are those of the beginning.
    wanted = msgspec.structs.replace(ALL, tariff=booked, model="m")
    assert await run(sessions, wanted) == [5, 3, 0, -3 * 2_000_000, -3 * 4_000_000]
    assert await balances(sessions) == {"user": -5 * 1_000_000, "channel": -5 * 2_000_000}


async def test_only_what_is_asked_for(sessions: Sessions, booked: Tariff) -> None:
    async with sessions.begin() as session:
        await price(session, 3 * 10**9, effective_from=1)
        await settle(session, [record(None, 9), record(booked, 10, usage_source="none", cost=0, provider_cost=0)])
    for wanted, checked in (
        ({"since": (START + 1) * 1_000_000}, 4),
        ({"until": (START + 1) * 1_000_000}, 1),
        ({"model": "other"}, 0),
        ({"provider": "other"}, 0),
        ({"provider": "openai", "model": "m"}, 5),
        ({"unpriced": True}, 6),
    ):
        found = await run(sessions, msgspec.structs.replace(ALL, **wanted), dry_run=True)
        assert found[0] == checked, wanted


async def test_without_a_price_nothing_is_changed(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await settle(session, [record(None, 1)])
    assert await run(sessions, msgspec.structs.replace(ALL, unpriced=True)) == [1, 0, 1, 0, 0]


async def test_a_row_whose_multipliers_are_not_known_stays(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        old = await price(session, 10**9)
        await settle(session, [record(old, 1, price_detail='{"v":1,"price":1,"lines":[[')])
        await price(session, 3 * 10**9, effective_from=1)
        page = await rerate_page(session, ALL, PriceBook(await prices.list_all(session)), actor="me", dry_run=False)
        assert (page.checked, page.changed, page.unreadable) == (1, 0, 1)


async def test_a_limited_account_may_fall_below_zero(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        old = await price(session, 10**9)
        budget = (await accounts.ensure(session, [("budget", 5, 0)], limited=True))["budget", 5, 0]
        await entries.post(session, budget, 1_500_000, reason=entries.GRANT, actor="me")
        await settle(session, [record(old, 1, accounts=str(budget))])
        await price(session, 3 * 10**9, effective_from=1)
    assert (await run(sessions))[1] == 1
    assert (await balances(sessions))["budget"] == 1_500_000 - 3_000_000
