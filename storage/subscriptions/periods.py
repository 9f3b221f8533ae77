"""Terms and the periods inside them: when they end. Pure; UTC, counted from the first second of the term.

A month is the same day of the next month, or its last day where it has no such day; the day does not drift, because
each month is counted from the beginning.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

_FIXED = {"hour": 3600, "day": 86_400, "week": 604_800}
_MONTHS = {"month": 1, "year": 12}
UNITS = (*_FIXED, *_MONTHS)
RESETS = ("term", "day", "week", "month", "custom")

LATEST = 253_370_764_800
"""The first second of the year 9999: no term goes beyond it."""


def after(unit: str, count: int, start: int) -> int:
    """The first second behind `count` units from `start`, unix seconds. Raises ValueError."""
    if unit in _FIXED:
        end = start + count * _FIXED[unit]
    elif unit in _MONTHS:
        end = _months(start, count * _MONTHS[unit])
    else:
        msg = f"no term is measured in {unit!r}"
        raise ValueError(msg)
    if end >= LATEST:
        msg = "a term ends before the year 9999"
        raise ValueError(msg)
    return end


def period(reset: str, reset_s: int, term: tuple[int, int], now: int) -> tuple[int, int]:
    """Start and end of the period of quota that holds `now` in the term (start, end); the last one ends with it."""
    start, end = term
    if reset == "term" or now < start:
        return start, end
    if reset == "month":
        return _month(start, end, now)
    length = reset_s if reset == "custom" else _FIXED[reset]
    began = start + (min(now, end - 1) - start) // length * length
    return began, min(began + length, end)


def _month(start: int, end: int, now: int) -> tuple[int, int]:
    now = min(now, end - 1)
    first, last = (datetime.fromtimestamp(at, tz=UTC) for at in (start, now))
    passed = (last.year - first.year) * 12 + last.month - first.month
    if _months(start, passed) > now:
        passed -= 1
    return _months(start, passed), min(_months(start, passed + 1), end)


def _months(start: int, count: int) -> int:
    moment = datetime.fromtimestamp(start, tz=UTC)
    years, month = divmod(moment.month - 1 + count, 12)
    year = moment.year + years
    if year >= 9999:
        return LATEST
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())
