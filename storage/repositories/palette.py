"""Finding things by a part of their name: few rows, no order but that of the id, so that a scan ends early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

Column = InstrumentedAttribute[Any]


async def find(
    session: AsyncSession,
    statement: Select[Any],
    text: str,
    searched: Sequence[Column],
    shown: Sequence[Column],
    identity: Column,
    limit: int,
) -> Sequence[Any]:
    """At most `limit` rows of `shown`: those whose first searched column is the text, then those that contain it.

    An id is found by its digits.
    """
    exact: list[Any] = [searched[0] == text]
    if text.isascii() and text.isdigit() and len(text) <= 9:
        exact.append(identity == int(text))
    columns = statement.with_only_columns(*shown)
    first = (await session.execute(columns.where(or_(*exact)).order_by(identity).limit(limit))).all()
    if len(first) == limit:
        return first
    parts = or_(*(_contains(session, column, text) for column in searched))
    found = await session.execute(columns.where(parts).order_by(identity).limit(limit))
    there = {tuple(row) for row in first}
    return [*first, *(row for row in found.all() if tuple(row) not in there)][:limit]


def _contains(session: AsyncSession, column: Column, text: str) -> Any:  # noqa: ANN401  # a condition
    if session.get_bind().dialect.name == "sqlite":
        # LIKE alone knows no case there (of ASCII) and is twice as fast as lower(), which icontains makes of it.
        return column.contains(text, autoescape=True)
    return column.icontains(text, autoescape=True)
