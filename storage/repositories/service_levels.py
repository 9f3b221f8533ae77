"""How well models have worked, by hour: from the roll-up of what was asked. No channel and no client is in it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Table, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.rollup import HourByModel

_TABLE: Table = HourByModel.__table__  # type: ignore[assignment]  # the mapper types it as any selectable
FAULTS = ("upstream_error", "upstream_cut", "upstream_timeout")
"""Ends that are not the client's fault."""


class Level(msgspec.Struct, frozen=True):
    """Sums of one model and hour. `faults`: answered with 500 or above, or broken off by the provider."""

    model: str
    hour: int
    requests: int
    faults: int
    output_tokens: int
    good_us: int
    first_tokens: int
    first_token_us: int


async def levels(session: AsyncSession, since: int) -> list[Level]:
    """Of all models, for the hours from `since` on (unix microseconds), by model and hour."""
    column = _TABLE.c
    fault = or_(column.status >= 500, column.end.in_(FAULTS))
    # What went wrong says nothing of the speed of what did not.
    good = column.end == "complete"
    statement = (
        select(
            column.model,
            column.bucket,
            func.sum(column.requests),
            func.sum(case((fault, column.requests), else_=0)),
            func.sum(case((good, column.output_tokens), else_=0)),
            func.sum(case((good, column.total_us), else_=0)),
            func.sum(column.first_tokens),
            func.sum(column.first_token_us),
        )
        .where(column.bucket >= since)
        .group_by(column.model, column.bucket)
        .order_by(column.model, column.bucket)
    )
    rows = await session.execute(statement)
    return [Level(row[0], row[1], *(int(value) for value in row[2:])) for row in rows]
