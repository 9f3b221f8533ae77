"""Seeding and syncing: everything at first, later only what is approved; versions that were booked stay as they are."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.models import Price, Revision
from storage.pricing import PriceBook, Terms, Tier, seeding
from storage.pricing.entry import entry_of
from storage.pricing.translate import SeedPrice
from storage.repositories import prices, revisions

Sessions = async_sessionmaker[AsyncSession]

NOW = int(time.time())
OLD = [
    SeedPrice("openai", "gpt-4o-mini", 150, 600, 75, None),
    SeedPrice("openai", "same", 1, 2, None, 3, Terms(tiers=(Tier(above=5, input=9),))),
    SeedPrice("openai", "gone", 1, 2, None, None),
]
NEXT = [SeedPrice("openai", "gpt-4o-mini", 160, 600, 75, None), OLD[1], SeedPrice("a", "new", 5, 5, None, None)]


class Library:
    """What is installed, in place of the real library."""

    version = "1"
    rows: Sequence[SeedPrice] = OLD


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    installed = Library()
    monkeypatch.setattr("storage.pricing.seeding.library_version", lambda: installed.version)
    monkeypatch.setattr("storage.pricing.seeding.seed_rows", lambda: installed.rows)
    return installed


async def test_a_new_database_gets_every_price_of_the_real_library(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        done = await seeding.seed(session)
    async with sessions() as session:
        assert done.stored == len(await prices.list_all(session, source="seed")) > 500
        assert await seeding.seed(session) == seeding.Seeded()
        assert await seeding.differences(session, NOW) == []
        assert await revisions.current(session) == {"routes": 1, "keys": 0}
        price = PriceBook(await prices.list_all(session)).find("anthropic", "claude-sonnet-4-5", 0)
        assert price is not None
        assert price.tiers[0].above == 200_000


async def test_entries_say_what_the_rows_say(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await seeding.seed(session)
        session.add(Price(model="m", input=1, output=2, source="operator", effective_from=5, effective_to=9))
    async with sessions() as session:
        rows = sorted(await prices.list_all(session), key=lambda row: row.id)
        assert await prices.entries(session) == [entry_of(row) for row in rows]


async def test_later_versions_of_the_library_wait_for_approval(sessions: Sessions, library: Library) -> None:
    async with sessions.begin() as session:
        assert await seeding.seed(session) == seeding.Seeded(stored=3)
    library.version, library.rows = "2", NEXT
    for _ in range(2):
        async with sessions.begin() as session:
            assert await seeding.seed(session) == seeding.Seeded(waiting=3)
            found = await seeding.differences(session, NOW)
    assert [(each.kind, each.name) for each in found] == [
        ("new", "a/new"), ("gone", "openai/gone"), ("changed", "openai/gpt-4o-mini"),
    ]  # fmt: skip
    changed = next(each for each in found if each.kind == "changed")
    assert (changed.old, changed.new) == (OLD[0], NEXT[0])

    async with sessions.begin() as session:
        taken = await seeding.approve(session, {"openai/gpt-4o-mini", "openai/gone", "no/such"}, NOW)
        assert {each.name for each in taken} == {"openai/gpt-4o-mini", "openai/gone"}
    async with sessions.begin() as session:
        assert await seeding.seed(session) == seeding.Seeded()
        assert [each.name for each in await seeding.differences(session, NOW)] == ["a/new"]
        book = PriceBook(await prices.list_all(session))
        versions = await prices.versions(session, "openai", "gpt-4o-mini", "seed")
        assert [(each.input, each.effective_from) for each in versions] == [(160, NOW), (150, 0)]
        for at, price, there in ((NOW - 1, 150, True), (NOW, 160, False)):
            found_price = book.find("openai", "gpt-4o-mini", at)
            assert found_price is not None
            assert found_price.entry.input == price
            assert (book.find("openai", "gone", at) is not None) == there
        assert await seeding.approve(session, None, NOW)
    async with sessions() as session:
        assert await seeding.differences(session, NOW) == []


async def test_a_new_version_that_says_the_same_is_done(sessions: Sessions, library: Library) -> None:
    async with sessions.begin() as session:
        await seeding.seed(session)
    library.version = "2"
    async with sessions.begin() as session:
        assert await seeding.seed(session) == seeding.Seeded()
        marker = await session.get(Revision, f"{revisions.MARKER}prices 2")
        assert marker is not None


async def test_of_two_that_seed_at_once_one_does_it(sessions: Sessions, library: Library) -> None:
    async def start() -> seeding.Seeded:
        async with sessions.begin() as session:
            return await seeding.seed(session)

    done = await asyncio.gather(*(start() for _ in range(4)))
    assert sorted(each.stored for each in done) == [0, 0, 0, 3]
    async with sessions() as session:
        assert len(await prices.list_all(session)) == 3


async def test_prices_of_operators_are_not_the_librarys_business(sessions: Sessions, library: Library) -> None:
    async with sessions.begin() as session:
        await seeding.seed(session)
        await prices.create(session, Price(provider="openai", model="own", input=1, output=1, source="operator"))
    async with sessions() as session:
        assert await seeding.differences(session, NOW) == []
