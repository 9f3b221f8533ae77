"""How well the models that are offered work: uptime and speed of the last day and week. Kept for a minute.

Tells nothing of channels, nor how much is asked: a share of few requests is not told at all.
"""

import time
from collections.abc import Sequence

from fastapi import FastAPI

from admin.schemas.account import time_of
from admin.schemas.service_level import HourLevel, ModelLevel, State
from admin.services import Services
from storage.repositories import service_levels
from storage.repositories.service_levels import Level
from storage.rollups.groups import DAY_US, HOUR_US

KEEP_S = 60.0
LEAST = 10
"""Fewer requests say nothing."""

_HOURS = 24
_OK, _DEGRADED = 0.995, 0.9


def _share(requests: int, faults: int) -> float | None:
    return round(1 - faults / requests, 4) if requests >= LEAST else None


def state_of(uptime: float | None) -> State:
    """In one word."""
    if uptime is None:
        return "unknown"
    return "ok" if uptime >= _OK else "degraded" if uptime >= _DEGRADED else "down"


def level_of(rows: Sequence[Level], now: int) -> ModelLevel:
    """What is told of one model; `now` is unix microseconds."""
    first = now - now % HOUR_US - (_HOURS - 1) * HOUR_US
    day = [row for row in rows if row.hour >= first]
    by_hour = {row.hour: row for row in day}
    hours = []
    for number in range(_HOURS):
        row = by_hour.get(first + number * HOUR_US)
        uptime = None if row is None else _share(row.requests, row.faults)
        hours.append(HourLevel(at=time_of((first + number * HOUR_US) // 1_000_000), uptime=uptime))
    uptime = _share(sum(row.requests for row in day), sum(row.faults for row in day))
    recent = [row for row in day if row.hour >= first + (_HOURS - 2) * HOUR_US]
    latest = _share(sum(row.requests for row in recent), sum(row.faults for row in recent))
    firsts, tokens = sum(row.first_tokens for row in day), sum(row.output_tokens for row in day)
    good_us = sum(row.good_us for row in day)
    enough = uptime is not None
    return ModelLevel(
        state=state_of(latest if latest is not None else uptime),
        uptime_day=uptime,
        uptime_week=_share(sum(row.requests for row in rows), sum(row.faults for row in rows)),
        first_token_ms=sum(row.first_token_us for row in day) // firsts // 1000 if enough and firsts else None,
        tokens_per_second=round(tokens * 1e6 / good_us, 1) if enough and good_us and tokens else None,
        hours=hours,
    )


async def levels(app: FastAPI, services: Services) -> dict[str, ModelLevel]:
    """Of all models that were asked for within a week, by name; at most KEEP_S old."""
    known: tuple[float, dict[str, ModelLevel]] | None = getattr(app.state, "service_levels", None)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    now = services.clock() * 1_000_000
    async with services.sessions() as session:
        rows = await service_levels.levels(session, now - now % HOUR_US - 7 * DAY_US)
    of: dict[str, list[Level]] = {}
    for row in rows:
        of.setdefault(row.model, []).append(row)
    found = {model: level_of(each, now) for model, each in of.items()}
    app.state.service_levels = (time.monotonic() + KEEP_S, found)
    return found


def nothing(now: int) -> ModelLevel:
    """Of a model that nobody asked for; `now` is unix microseconds."""
    return level_of([], now)
