"""The price book: the order of preference, versions and their times, and what is sent to replicas."""

import pickle
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models import Price
from storage.pricing import FREE, PriceBook, PriceEntry
from storage.pricing.book import KEEP_S, needed
from storage.pricing.entry import FOREVER, Terms, Tier, entry_of, stored


def found(rows: Iterable[PriceEntry], provider: str, model: str, at: int | None = None) -> int | None:
    price = PriceBook(rows).find(provider, model, at)
    return None if price is None else price.id


def test_the_nearer_price_is_preferred(entry) -> None:
    rows = [
        entry("openai", "gpt-4o", "operator", 1),
        entry("openai", "gpt-4o", "apply", 2),
        entry("", "gpt-4o", "operator", 3),
        entry("", "gpt-4o", "apply", 4),
        entry("openai", "*", "operator", 5),
        entry("openai", "*", "apply", 6),
        entry("openai", "gpt-4o", "seed", 7),
        entry("", "*", "operator", 8),
        entry("", "*", "apply", 9),
    ]
    for start in range(len(rows)):
        assert found(rows[start:], "openai", "gpt-4o") == rows[start].id
        assert found(rows[start:][::-1], "openai", "gpt-4o") == rows[start].id
    assert found(rows, "azure", "gpt-4o") == 3
    assert found(rows, "azure", "unheard-of") == 8
    assert found(rows[6:7], "openai", "unheard-of") is None
    assert found([], "openai", "gpt-4o") is None
    assert found(rows[:2], "openai", "gpt-4o-2024-08-06") is None  # the library's rules lead to seeded prices only


@pytest.mark.parametrize(
    ("provider", "model", "number"),
    [
        ("openai", "gpt-4o-2024-08-06", 1),  # a dated name
        ("azure", "gpt-4o", 1),  # sold by another, not listed there
        ("openai-compatible", "gpt-4o", 1),  # not listed: the maker's price
        ("openai-compatible", "claude-sonnet-4-5", 2),
        ("openai-compatible", "my-own-model", 3),  # the default price
        ("openai", "claude-sonnet-4-5", 3),
        ("openai", "g" * 10_000_000, 3),
    ],
)
def test_the_librarys_rules_find_a_seeded_price_before_the_default(
    entry, provider: str, model: str, number: int
) -> None:
    rows = [entry("openai", "gpt-4o", "seed", 1), entry("anthropic", "claude-sonnet-4-5", "seed", 2)]
    assert found([*rows, entry("", "*", "apply", 3)], provider, model) == number
    assert found(rows, provider, model) == (number if number < 3 else None)


def test_lookups_are_remembered_within_bounds(entry, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def match(provider: str, model: str) -> list[tuple[str, str]]:
        asked.append(model)
        return [("none", "none"), ("openai", "gpt-4o")]

    monkeypatch.setattr("storage.pricing.book.match_model", match)
    book = PriceBook([entry("openai", "gpt-4o", "seed")])
    for _ in range(3):
        assert book.find("openai", "alias") is not None
    assert asked == ["alias"]
    for number in range(5000):
        book.find("openai", f"alias-{number}")
    book.find("openai", "g" * 300)
    assert len(book._found) <= 4096
    assert not any(len(model) > 200 for _, model in book._found)


def test_a_book_can_be_sent_to_another_process(entry) -> None:
    book = pickle.loads(pickle.dumps(PriceBook([entry("", "m", "operator", 7, call=3)])))
    price = book.find("x", "m")
    assert price.entry == entry("", "m", "operator", 7, call=3)
    assert price.call == 3


def test_a_version_counts_from_its_beginning_and_until_its_end(entry) -> None:
    rows = [
        entry(number=1),
        entry(number=2, effective_from=100),
        entry(number=3, effective_from=200, effective_to=300),
        entry(number=4, effective_from=200, effective_to=250),  # of equal beginnings the later one stored
        entry("", "*", "apply", 5, effective_from=50, effective_to=60),
    ]
    times = {0: 1, 99: 1, 100: 2, 199: 2, 200: 4, 249: 4, 250: 3, 299: 3, 300: 2}
    assert {at: found(rows, "p", "m", at) for at in times} == times
    assert [found(rows, "p", "other", at) for at in (49, 50, 59, 60)] == [None, 5, 5, None]
    assert found(rows, "p", "m") == 2


def test_one_that_has_not_begun_leaves_the_place_to_the_next(entry) -> None:
    rows = [entry("p", "m", "operator", 1, effective_from=100), entry("p", "m", "seed", 2)]
    assert [found(rows, "p", "m", at) for at in (99, 100)] == [2, 1]


def row(number: int, begin: int, end: int | None, source: str = "seed") -> Price:
    return Price(
        id=number,
        provider="p",
        model="m",
        input=number,
        output=0,
        source=source,
        effective_from=begin,
        effective_to=end,
    )


NOW = 10 * KEEP_S


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20), st.sampled_from(["seed", "operator"])), max_size=8
    ),
    st.integers(0, 12),
)
def test_what_is_sent_is_enough_to_find_the_same(versions: list[tuple[int, int | None, str]], later: int) -> None:
    rows = [
        row(number, begin * KEEP_S, None if end is None else end * KEEP_S, source)
        for number, (begin, end, source) in enumerate(versions, 1)
    ]
    entries = [entry_of(each) for each in rows]
    kept = needed(entries, NOW)
    for at in (NOW - KEEP_S + 1, NOW, NOW + later * KEEP_S):
        assert found(kept, "p", "m", at) == found(entries, "p", "m", at)


def sent(*rows: Price) -> set[int]:
    return {entry.id for entry in needed(map(entry_of, rows), NOW)}


def test_what_is_over_is_not_sent() -> None:
    ended, followed, current, cancelled = row(1, 0, 5), row(2, 1, None), row(3, 2, None), row(4, NOW + 5, NOW + 5)
    recent = row(5, 3, NOW - 10, "operator")
    assert sent(ended, followed, current, cancelled, recent) == {3, 5}
    assert sent(followed, row(6, NOW - 10, None)) == {2, 6}


def test_an_entry_says_what_its_row_says() -> None:
    terms = Terms(call=3, images={"*": 1}, tiers=(Tier(above=5, input=9),))
    made = row(1, 5, None)
    made.terms = stored(terms)
    assert made.terms == {"call": 3, "images": {"*": 1}, "tiers": [{"above": 5, "input": 9}]}
    assert entry_of(made) == PriceEntry(1, "p", "m", 1, 0, None, None, "seed", 5, FOREVER, terms)
    assert stored(None) is stored(Terms()) is None


def test_nothing_is_free_by_default() -> None:
    assert FREE.id == 0
    assert PriceBook([]).find("openai-compatible", "llama3") is None
