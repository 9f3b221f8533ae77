"""Units: exact conversions between what people write and what is stored."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.pricing.units import ONE, from_quota_units, half_up, millionths, nano_usd, quota_units, ratio_text


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


def test_dollars_for_one_become_nano_dollars_for_a_million() -> None:
    assert nano_usd("0.01", 10**6) == 10**13


@pytest.mark.parametrize("usd", ["", "free", "-1", "NaN", "Infinity", "1e400", "1,5"])
def test_what_is_no_amount_is_refused(usd: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        nano_usd(usd)


@given(st.integers(0, 1000 * ONE))
def test_a_multiplier_survives_its_text(ratio: int) -> None:
    assert millionths(ratio_text(ratio)) == ratio


@pytest.mark.parametrize("ratio", ["", "x", "-0.1", "1000.1", "NaN", "Infinity", "0.0000001"])
def test_what_is_no_multiplier_is_refused(ratio: str) -> None:
    with pytest.raises(ValueError, match=r"multiplier|millionth"):
        millionths(ratio)


def test_text_of_multipliers_is_short() -> None:
    assert [ratio_text(each) for each in (0, 1, ONE, 850_000, 12_500_000)] == ["0", "0.000001", "1", "0.85", "12.5"]


def test_quota_units_are_500000_to_the_dollar() -> None:
    assert from_quota_units(500_000) == 10**9
    assert [quota_units(each) for each in (10**9, 2000, 999, 1000, -1000, -999)] == [500_000, 1, 0, 1, -1, 0]


@given(st.integers(-(10**15), 10**15))
def test_quota_units_survive(units: int) -> None:
    assert quota_units(from_quota_units(units)) == units


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_half_goes_up(amount: int, divisor: int) -> None:
    rounded = half_up(amount, divisor)
    assert -divisor < 2 * (rounded * divisor - amount) <= divisor
