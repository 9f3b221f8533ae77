"""Prices: queries and changes. Every change counts the revision "routes" up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Price
from storage.repositories import revisions
from storage.repositories.changes import assign


async def list_all(session: AsyncSession, *, source: str | None = None) -> Sequence[Price]:
    """All prices, or those of one source, by model, provider and source."""
    statement = select(Price).order_by(Price.model, Price.provider, Price.source)
    if source is not None:
        statement = statement.where(Price.source == source)
    return (await session.scalars(statement)).all()


async def get(session: AsyncSession, price_id: int) -> Price | None:
    """The price of that id."""
    return await session.get(Price, price_id)


async def find(session: AsyncSession, provider: str, model: str, source: str) -> Price | None:
    """The price of exactly that provider ("" = any), model and source."""
    statement = select(Price).where(Price.provider == provider, Price.model == model, Price.source == source)
    return (await session.scalars(statement)).one_or_none()


async def create(session: AsyncSession, price: Price) -> Price:
    """Store a new price; its id is filled in. Raises sqlalchemy.exc.IntegrityError when that one exists."""
    await create_many(session, [price])
    return price


async def create_many(session: AsyncSession, prices: Sequence[Price]) -> None:
    """Store new prices with one count of the revision. Raises as `create`."""
    if not prices:
        return
    await revisions.bump(session, revisions.ROUTES)
    session.add_all(prices)
    await session.flush()


async def update(session: AsyncSession, price: Price, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value. Raises IntegrityError as `create`."""
    if not assign(price, changes):
        return False
    await revisions.bump(session, revisions.ROUTES)
    await session.flush()
    return True


async def remove(session: AsyncSession, price: Price) -> None:
    """Delete the price."""
    await revisions.bump(session, revisions.ROUTES)
    await session.delete(price)
    await session.flush()
