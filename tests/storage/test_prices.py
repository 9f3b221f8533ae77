"""Prices: integer arithmetic without loss, the order of preference, and what the library says."""

import pickle
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.models import Price, Revision
from storage.price_library import match_model
from storage.prices import PriceBook, PriceEntry, cost, nano_usd, seed, seed_rows, warm_up
from storage.repositories import prices, revisions

amounts = st.integers(0, 10**13)
optional = st.none() | amounts
tokens = st.integers(0, 10**8)
entries = st.builds(
    PriceEntry,
    id=st.just(1),
    provider=st.just(""),
    model=st.just("m"),
    input=amounts,
    output=amounts,
    cache_read=optional,
    cache_write=optional,
    source=st.just("operator"),
)


def entry(provider: str, model: str, source: str, number: int = 1, **fields: int) -> PriceEntry:
    usual = {"input": 0, "output": 0, "cache_read": None, "cache_write": None}
    return PriceEntry(id=number, provider=provider, model=model, source=source, **{**usual, **fields})  # type: ignore[arg-type]


def exact(price: PriceEntry, plain: int, cached: int, written: int, output: int) -> Fraction:
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    return Fraction(plain * price.input + cached * read + written * write + output * price.output, 10**6)


@given(entries, tokens, tokens, tokens, tokens)
def test_a_cost_is_off_by_at_most_half_a_nano_dollar(
    price: PriceEntry, plain: int, cached: int, written: int, output: int
) -> None:
    found = cost(price, plain + cached + written, cached, written, output)
    difference = found - exact(price, plain, cached, written, output)
    assert Fraction(-1, 2) < difference <= Fraction(1, 2)
    assert isinstance(found, int)


@given(entries, tokens, tokens)
def test_more_tokens_never_cost_less(price: PriceEntry, few: int, more: int) -> None:
    assert cost(price, few, 0, 0, few) <= cost(price, few + more, 0, 0, few + more)


@given(entries, tokens)
def test_a_million_times_the_tokens_is_the_price_itself(price: PriceEntry, count: int) -> None:
    assert cost(price, 10**6 * count, 0, 0, 0) == price.input * count


@given(entries, tokens, tokens)
def test_cached_tokens_without_a_price_of_their_own_cost_as_input(price: PriceEntry, plain: int, cached: int) -> None:
    same = entry("", "m", "operator", input=price.input, output=price.output)
    assert cost(same, plain + cached, cached, 0, 0) == cost(same, plain + cached, 0, cached, 0)
    assert cost(same, plain + cached, cached, 0, 0) == cost(same, plain + cached, 0, 0, 0)


def test_half_a_nano_dollar_is_rounded_up() -> None:
    price = entry("", "m", "operator", input=1)
    assert [cost(price, count, 0, 0, 0) for count in (499_999, 500_000, 1_499_999, 1_500_000)] == [0, 1, 1, 2]


def test_more_cached_than_input_tokens_is_never_negative() -> None:
    assert cost(entry("", "m", "operator", input=10**9), 5, 10**6, 0, 0) == 10**9


@pytest.mark.parametrize(
    ("usd", "nano"),
    [
        ("0.15", 150_000_000),
        ("2.5", 2_500_000_000),
        (0, 0),
        ("0.0000000005", 1),
        (Decimal("1e-10"), 0),
        ("15", 15 * 10**9),
    ],
)
def test_dollars_become_nano_dollars(usd: Decimal | str | int, nano: int) -> None:
    assert nano_usd(usd) == nano


@pytest.mark.parametrize("usd", ["", "free", "-1", "NaN", "Infinity", "1e400", "1,5"])
def test_what_is_no_amount_is_refused(usd: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        nano_usd(usd)


def found(rows: Iterable[PriceEntry], provider: str, model: str) -> int | None:
    price = PriceBook(rows).find(provider, model)
    return None if price is None else price.id


def test_the_nearer_price_is_preferred() -> None:
    rows = [
        entry("openai", "gpt-4o", "operator", 1),
        entry("openai", "gpt-4o", "apply", 2),
        entry("", "gpt-4o", "operator", 3),
        entry("", "gpt-4o", "apply", 4),
        entry("openai", "gpt-4o", "seed", 5),
    ]
    for start in range(5):
        assert found(rows[start:], "openai", "gpt-4o") == rows[start].id
        assert found(rows[start:][::-1], "openai", "gpt-4o") == rows[start].id
    assert found(rows, "azure", "gpt-4o") == 3
    assert found(rows[4:], "openai", "unheard-of") is None
    assert found([], "openai", "gpt-4o") is None
    assert found(rows[:2], "openai", "gpt-4o-2024-08-06") is None  # the library's rules lead to seeded prices only


@pytest.mark.parametrize(
    ("provider", "model", "number"),
    [
        ("openai", "gpt-4o-2024-08-06", 1),  # a dated name
        ("azure", "gpt-4o", 1),  # sold by another, not listed there
        ("openai-compatible", "gpt-4o", 1),  # not listed: the maker's price
        ("openai-compatible", "claude-sonnet-4-5", 2),
        ("openai-compatible", "my-own-model", None),
        ("openai", "claude-sonnet-4-5", None),
        ("openai", "g" * 10_000_000, None),
    ],
)
def test_the_librarys_rules_find_a_seeded_price(provider: str, model: str, number: int | None) -> None:
    rows = [entry("openai", "gpt-4o", "seed", 1), entry("anthropic", "claude-sonnet-4-5", "seed", 2)]
    assert found(rows, provider, model) == number


def test_lookups_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def match(provider: str, model: str) -> list[tuple[str, str]]:
        asked.append(model)
        return [("none", "none"), ("openai", "gpt-4o")]

    monkeypatch.setattr("storage.prices.match_model", match)
    book = PriceBook([entry("openai", "gpt-4o", "seed")])
    for _ in range(3):
        assert book.find("openai", "alias") is not None
    assert asked == ["alias"]
    for number in range(5000):
        book.find("openai", f"alias-{number}")
    assert len(book._matched) <= 4096


def test_a_book_can_be_sent_to_another_process() -> None:
    book = pickle.loads(pickle.dumps(PriceBook([entry("", "m", "operator", 7)])))
    assert book.find("x", "m") == entry("", "m", "operator", 7)


def test_the_library_is_read_exactly() -> None:
    warm_up()
    rows = {(row.provider, row.model): row for row in seed_rows(datetime(2026, 1, 1, tzinfo=UTC))}
    assert len(rows) > 500
    mini = rows["openai", "gpt-4o-mini"]
    assert (mini.input, mini.output, mini.cache_read, mini.cache_write) == (150_000_000, 600_000_000, 75_000_000, None)
    sonnet = rows["anthropic", "claude-sonnet-4-5"]
    assert (sonnet.input, sonnet.output) == (3 * 10**9, 15 * 10**9)  # the base tier
    assert (sonnet.cache_read, sonnet.cache_write) == (300_000_000, 3_750_000_000)
    embedding = rows["openai", "text-embedding-3-small"]
    assert (embedding.input, embedding.output) == (20_000_000, 0)
    for row in rows.values():
        assert 0 <= row.input < 10**13
        assert 0 <= row.output < 10**13
        assert len(row.model) <= 200
        assert len(row.provider) <= 64


def test_where_the_hour_decides_the_dearest_is_taken() -> None:
    night, day = (
        {(row.provider, row.model): row for row in seed_rows(datetime(2026, 11, 1, hour, tzinfo=UTC))}
        for hour in (3, 20)
    )
    assert night == day


def test_before_the_first_date_of_a_price_its_first_price_holds() -> None:
    early = {(row.provider, row.model): row for row in seed_rows(datetime(2000, 1, 1, tzinfo=UTC))}
    late = {(row.provider, row.model): row for row in seed_rows(datetime(2100, 1, 1, tzinfo=UTC))}
    assert early.keys() & late.keys()
    assert early != late


def test_no_rule_of_the_library_is_needed_for_a_name_it_does_not_know() -> None:
    assert list(match_model("nobody", "nothing")) == []


async def test_seeding_happens_once_per_version_of_the_library(
    sessions: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sessions.begin() as session:
        new = await seed(session)
    async with sessions.begin() as session:
        before = await revisions.current(session)
        assert before == {"routes": 1, "keys": 0}
        assert new == len(await prices.list_all(session, source="seed")) > 500
        assert await seed(session) == 0
        assert await revisions.current(session) == before
        own = await prices.create(
            session, Price(provider="openai", model="gpt-4o", input=1, output=1, source="operator")
        )
        await session.execute(update(Price).where(Price.model == "gpt-4o-mini").values(input=1))
    monkeypatch.setattr("storage.prices.library_version", lambda: "next")
    async with sessions.begin() as session:
        changed = await seed(session)
        assert 1 <= changed < 50
        price = await prices.find(session, "openai", "gpt-4o-mini", "seed")
        assert price is not None
        assert price.input == 150_000_000
        book = PriceBook(await prices.list_all(session))
        assert book.find("openai", "gpt-4o") == PriceEntry(own.id, "openai", "gpt-4o", 1, 1, None, None, "operator")


async def test_of_two_that_seed_at_once_one_does_it(
    sessions: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = revisions.bump

    async def overtaken(session: AsyncSession, name: str) -> None:
        await real(session, name)
        session.add(Revision(name=f"{revisions.MARKER}prices overtaken", value=1))
        await session.flush()

    monkeypatch.setattr("storage.prices.library_version", lambda: "overtaken")
    monkeypatch.setattr("storage.prices.revisions.bump", overtaken)
    async with sessions.begin() as session:
        assert await seed(session) == 0
        assert await prices.list_all(session) == []
