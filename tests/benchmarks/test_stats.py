"""Percentiles, spread and the timetable of the open loop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.stats import Timetable, median, percentile, spread, summary

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("fraction", "wanted"), [(0.0, 1), (0.01, 1), (0.5, 50), (0.501, 51), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_percentile_is_nearest_rank(fraction, wanted):
    assert percentile(list(range(1, 101)), fraction) == wanted


def test_percentile_of_one_value_is_that_value():
    assert percentile([7], 0.999) == 7


@pytest.mark.parametrize(("values", "fraction"), [([], 0.5), ([1], 1.1), ([1], -0.1)])
def test_percentile_refuses(values, fraction):
    with pytest.raises(ValueError):  # noqa: PT011 - the message differs by case
        percentile(values, fraction)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=200), st.floats(0, 1))
def test_percentile_is_a_measured_value_and_enough_lie_at_or_below(values, fraction):
    values.sort()
    found = percentile(values, fraction)
    assert found in values
    assert sum(v <= found for v in values) >= fraction * len(values) - 1e-6


def test_summary_is_in_milliseconds():
    found = summary([1_000_000, 3_000_000], "latency")
    assert found["latency_p50_ms"] == 1
    assert found["latency_p99_ms"] == 3
    assert found["latency_mean_ms"] == 2
    assert found["latency_max_ms"] == 3
    assert summary([], "latency") == {}


def test_median_and_spread():
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
    assert spread([9, 10, 12]) == pytest.approx(0.3)
    assert spread([0, 0]) == 0
    with pytest.raises(ValueError, match="no values"):
        median([])


def test_timetable_hands_out_each_intended_start_once():
    table = Timetable(1000, 100, 1)
    assert table.count == 100
    assert table.due(999) == []
    assert table.due(1000) == [1000]
    assert table.due(1000 + SECOND // 100) == [1000 + SECOND // 100]
    # The server was silent for long: all that was due meanwhile comes with its own intended start, not with now.
    late = table.due(1000 + SECOND)
    assert len(late) == 98
    assert late[0] == 1000 + 2 * SECOND // 100
    assert table.finished
    assert table.due(10 * SECOND) == []


@given(st.floats(0.1, 50_000), st.integers(1, 10_000))
def test_timetable_does_not_drift(rate, index):
    table = Timetable(0, rate, 1e9)
    assert abs(table.intended(index) - index / rate * SECOND) <= 1 + index / rate * SECOND * 1e-12


@pytest.mark.parametrize(("rate", "seconds"), [(0, 1), (-1, 1), (1, 0)])
def test_timetable_refuses(rate, seconds):
    with pytest.raises(ValueError, match="above 0"):
        Timetable(0, rate, seconds)
