"""Details: whatever was rated is explained with the same result, and what was tampered with is found."""

from typing import Any

import msgspec
import pytest
from hypothesis import given

from storage.pricing import FREE, Counted, CountedExtra, PriceEntry, Tariff, Tier, rate
from storage.pricing.detail import counts_of, explain, read
from storage.records import UsageRecord
from tests.storage.pricing.strategies import counts, entries, moments, ratios


def booked(price: PriceEntry, used: Counted, at: int = 0, **multipliers: int) -> UsageRecord:
    charge = rate(Tariff(price), used, at=at, **multipliers)
    return UsageRecord(
        "r1",
        at * 1_000_000,
        input_tokens=used.input,
        output_tokens=used.output,
        cached_tokens=used.cached,
        cache_write_tokens=used.cache_write,
        reasoning_tokens=used.reasoning,
        cost=charge.amount,
        provider_cost=charge.provider_amount,
        price_id=price.id,
        price_detail=charge.detail,
    )


@given(entries, counts, ratios, ratios, moments)
def test_whatever_was_booked_matches(price: PriceEntry, used: Counted, group: int, channel: int, at: int) -> None:
    row = booked(price, used, at, group_ratio=group, channel_ratio=channel)
    found = explain(row, price)
    assert found.problems == []
    assert found.detail is not None
    assert (found.detail.amount, found.detail.provider_amount) == (row.cost, row.provider_cost)


@given(entries, counts)
def test_a_detail_gives_the_counts_back(price: PriceEntry, used: Counted) -> None:
    row = booked(price, used)
    again = rate(Tariff(price), counts_of(row, read(row.price_detail)))
    assert (again.amount, again.provider_amount) == (row.cost, row.provider_cost)


@pytest.fixture
def price(entry: Any) -> PriceEntry:
    found: PriceEntry = entry(
        number=7,
        input=10**9,
        output=5 * 10**9,
        tools={"web_search": 10**13},
        tiers=(Tier(above=1000, input=2 * 10**9),),
    )
    return found


USED = Counted(100, 50, extra=CountedExtra(tools={"web_search": 1}))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"cost": 1}, "booked are 1 nano-USD, computed"),
        ({"provider_cost": 1}, "provider's price are 1"),
        ({"price_id": 8}, "names price version 8, its detail version 7"),
        ({"input_tokens": 99}, "another calculation"),
        ({"input_tokens": 1001}, "another calculation"),
        ({"price_detail": "{"}, "cannot be read"),
        ({"price_detail": '{"v":1,"price":7,"lines":[["input",2,3,7]],"sum":6}'}, "2 x 3 is not 7"),
        ({"price_detail": '{"v":1,"price":7,"lines":[["input",2,3,6]],"sum":7}'}, "do not add up to 7"),
    ],
)
def test_what_was_changed_is_found(price: PriceEntry, change: dict[str, Any], problem: str) -> None:
    row = msgspec.structs.replace(booked(price, USED), **change)
    assert any(problem in each for each in explain(row, price).problems)


def test_a_price_that_is_not_stored_is_said(price: PriceEntry) -> None:
    assert explain(booked(price, USED), None).problems == ["price version 7 is not stored any more"]


def test_other_amounts_of_the_same_version_are_found(price: PriceEntry) -> None:
    other = msgspec.structs.replace(price, input=3)
    assert explain(booked(price, USED), other).problems == [
        "price version 7 and the tokens of this row give another calculation"
    ]


def test_rows_of_before_there_were_details(price: PriceEntry) -> None:
    plain = Counted(100, 50)
    old = msgspec.structs.replace(booked(price, plain), price_detail="", provider_cost=0)
    found = explain(old, price)
    assert (found.problems, found.recomputed) == ([], True)
    assert found.detail is not None
    assert found.detail.amount == old.cost
    old.cost += 1
    assert len(explain(old, price).problems) == 1


def test_rows_without_a_price() -> None:
    assert explain(UsageRecord("r", 1), None).problems == []
    assert explain(UsageRecord("r", 1, cost=5), None).problems == ["there is no price for an amount of 5 nano-USD"]
    free = booked(FREE.entry, Counted(5, 5))
    assert (free.cost, free.price_id, explain(free, None).problems) == (0, 0, [])


def test_amounts_beyond_64_bits_are_read() -> None:
    row = booked(PriceEntry(7, "", "m", 10**15, 10**15, None, None, "operator"), Counted(2**40, 2**40))
    assert explain(row, None).detail is not None
