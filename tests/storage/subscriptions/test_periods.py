"""When terms end and when their quota is full again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.subscriptions.periods import LATEST, RESETS, UNITS, after, period


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("unit", "count", "start", "end"),
    [
        ("hour", 5, "2026-11-22T10:30:15", "2026-11-22T15:30:15"),
        ("week", 2, "2026-11-22T10:30:15", "2026-12-06T10:30:15"),
        ("month", 1, "2026-01-31T12:00:00", "2026-02-28T12:00:00"),
        ("month", 2, "2026-01-31T12:00:00", "2026-03-31T12:00:00"),
        ("month", 13, "2026-11-30T00:00:00", "2027-12-30T00:00:00"),
        ("year", 1, "2028-02-29T00:00:01", "2029-02-28T00:00:01"),
    ],
)
def test_terms_end_on_the_same_day_or_the_last_one_of_the_month(unit: str, count: int, start: str, end: str) -> None:
    assert after(unit, count, at(start)) == at(end)


@pytest.mark.parametrize(("unit", "count"), [("decade", 1), ("year", 8000), ("hour", 10**12)])
def test_terms_that_are_none(unit: str, count: int) -> None:
    with pytest.raises(ValueError, match="term"):
        after(unit, count, at("2026-11-22T10:30:15"))


def test_months_of_quota_do_not_drift() -> None:
    start = at("2026-01-31T12:00:00")
    term = (start, after("year", 1, start))
    assert period("month", 0, term, at("2026-02-28T11:59:59")) == (start, at("2026-02-28T12:00:00"))
    assert period("month", 0, term, at("2026-02-28T12:00:00")) == (at("2026-02-28T12:00:00"), at("2026-03-31T12:00:00"))
    assert period("term", 0, term, at("2026-07-01T00:00:00")) == term


@given(
    reset=st.sampled_from(RESETS),
    length=st.integers(3600, 10**7),
    unit=st.sampled_from(UNITS),
    start=st.integers(0, LATEST // 2),
    into=st.integers(0, 40_000_000),
)
def test_periods_follow_one_another_and_fill_the_term(
    reset: str, length: int, unit: str, start: int, into: int
) -> None:
    term = (start, after(unit, 1, start))
    now = min(start + into, term[1] - 1)
    began, ends = period(reset, length, term, now)
    assert term[0] <= began <= now < ends <= term[1]
    assert period(reset, length, term, began) == period(reset, length, term, ends - 1) == (began, ends)
    if ends < term[1]:
        assert period(reset, length, term, ends)[0] == ends
