"""Pages by number, for clients that know nothing else. Costs more the further it goes, so callers bound how far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Base

Row = TypeVar("Row", bound=Base)


async def page(
    session: AsyncSession, statement: Select[Row], order: ColumnElement[Any], *, skip: int, limit: int
) -> tuple[Sequence[Row], int]:
    """Rows after the first `skip`, at most `limit`, and how many there are in all."""
    total = await session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    rows = (await session.scalars(statement.order_by(order).offset(skip).limit(limit))).all()
    return rows, int(total or 0)
