"""Periods of budgets: when the one that holds a moment began and when it ends. Pure; UTC, weeks begin on Monday."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

Period = Literal["total", "day", "week", "month"]
PERIODS: tuple[Period, ...] = ("total", "day", "week", "month")

_DAY = 86_400
_WEEK = 7 * _DAY
_FIRST_MONDAY = 4 * _DAY  # 1970-01-05


def period_start(period: str, now_s: int) -> int:
    """The first second, in unix time, of the period that holds `now_s`; 0 for "total". Raises ValueError."""
    if period == "total":
        return 0
    if period == "day":
        return now_s - now_s % _DAY
    if period == "week":
        return now_s - (now_s - _FIRST_MONDAY) % _WEEK
    if period == "month":
        return _month(now_s, 0)
    msg = f"no period is called {period!r}"
    raise ValueError(msg)


def period_end(period: str, now_s: int) -> int:
    """The first second behind the period that holds `now_s`; 0 for "total", which has no end. Raises ValueError."""
    if period == "total":
        return 0
    if period == "month":
        return _month(now_s, 1)
    return period_start(period, now_s) + (_DAY if period == "day" else _WEEK)


def _month(now_s: int, later: int) -> int:
    moment = datetime.fromtimestamp(now_s, tz=UTC)
    years, month = divmod(moment.month - 1 + later, 12)
    return int(datetime(moment.year + years, month + 1, 1, tzinfo=UTC).timestamp())
