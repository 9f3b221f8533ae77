"""Periods of budgets: every moment is in exactly one, and they follow each other without a gap."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ledger.periods import period_end, period_start

MOMENT = datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)  # a Sunday


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


def test_the_periods_of_a_moment() -> None:
    now = int(MOMENT.timestamp())
    assert (period_start("day", now), period_end("day", now)) == (at(2027, 2, 28), at(2027, 3, 1))
    assert (period_start("week", now), period_end("week", now)) == (at(2027, 2, 22), at(2027, 3, 1))
    assert (period_start("month", now), period_end("month", now)) == (at(2027, 2, 1), at(2027, 3, 1))
    assert (period_start("total", now), period_end("total", now)) == (0, 0)


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(ValueError, match="year"):
        period_start("year", 0)


@given(st.integers(0, 2**33), st.sampled_from(["day", "week", "month"]))
def test_periods_follow_each_other(now: int, period: str) -> None:
    start, end = period_start(period, now), period_end(period, now)
    assert start <= now < end
    assert period_start(period, end) == end
    assert period_start(period, start) == start
    assert period_end(period, end - 1) == end
    if period == "week":
        assert datetime.fromtimestamp(start, tz=UTC).weekday() == 0 or start < 0
