"""When the settler's worker changes its priority."""

from deployments.settler_pace import (
    GOOD_BYTES,
    GOOD_S,
    HOLD_S,
    LATE_BYTES,
    LATE_S,
    LONGEST_HOLD_S,
    STUCK_S,
    Pace,
)


def judge(pace: Pace, now: float, *, lag_s: float = 0.5, waiting: int = 0, batch_s: float = 0.0) -> bool:
    return pace.judge(now, lag_s=lag_s, waiting=waiting, batch_s=batch_s)


def test_it_is_idle_while_what_waits_is_young_and_little() -> None:
    pace = Pace(0.0)
    assert not judge(pace, 1.0, lag_s=LATE_S, waiting=LATE_BYTES, batch_s=STUCK_S)
    assert not pace.hurried


def test_each_of_three_things_makes_it_hurry() -> None:
    for late in ({"lag_s": LATE_S + 0.1}, {"waiting": LATE_BYTES + 1}, {"batch_s": STUCK_S + 0.1}):
        pace = Pace(0.0)
        assert pace.judge(1.0, **{"lag_s": 0.0, "waiting": 0, "batch_s": 0.0, **late})  # type: ignore[arg-type]
        assert pace.hurried


def test_it_hurries_until_it_has_caught_up_and_for_a_while() -> None:
    pace = Pace(0.0)
    judge(pace, 100.0, lag_s=9)
    assert not judge(pace, 100.0 + HOLD_S - 0.1)
    assert not judge(pace, 100.0 + HOLD_S, lag_s=GOOD_S + 0.1)
    assert not judge(pace, 100.0 + HOLD_S, waiting=GOOD_BYTES + 1)
    assert not judge(pace, 100.0 + HOLD_S, lag_s=20.0, batch_s=20.0), "a slow database is not made faster by a kill"
    assert judge(pace, 100.0 + HOLD_S)
    assert not pace.hurried


def test_needed_again_soon_it_stays_longer_each_time_up_to_a_bound() -> None:
    pace, now, held = Pace(0.0), 100.0, []
    for _ in range(8):
        assert judge(pace, now, lag_s=LATE_S + 1)
        began = now
        while not judge(pace, now):
            now += 0.5
        held.append(now - began)
        now += 1.0
    assert held == [5, 10, 20, 40, 80, LONGEST_HOLD_S, LONGEST_HOLD_S, LONGEST_HOLD_S]
    now += 60.0
    judge(pace, now, lag_s=LATE_S + 1)
    assert judge(pace, now + HOLD_S), "after a calm minute it begins anew"
