"""Prices: queries, new versions and removals. Every change counts the revision "routes" up.

A stored version is never changed but for its end, and never deleted: usage records name it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.models import Price
from storage.pricing.entry import FOREVER, PriceEntry, terms_of
from storage.repositories import revisions


async def list_all(session: AsyncSession, *, source: str | None = None) -> Sequence[Price]:
    """All versions, or those of one source, by model, provider and source, the latest first."""
    statement = select(Price).order_by(
        Price.model, Price.provider, Price.source, Price.effective_from.desc(), Price.id.desc()
    )
    if source is not None:
        statement = statement.where(Price.source == source)
    return (await session.scalars(statement)).all()


async def entries(session: AsyncSession) -> list[PriceEntry]:
    """All versions as a price book takes them, by id: a third of the time that rows of the mapper take."""
    # Thousands, read at each change of a channel; the columns are in the order of the entry's fields.
    columns = [Price.__table__.columns[name] for name in PriceEntry.__struct_fields__]
    found = await session.execute(select(*columns).order_by(Price.id))
    return [
        PriceEntry(*values, FOREVER if effective_to is None else effective_to, terms_of(terms))  # type: ignore[call-arg]
        for *values, effective_to, terms in found
    ]


def query(at: int, *, source: str | None = None, provider: str | None = None, history: bool = False) -> Select[Price]:
    """Prices in force `at`, or all versions; of one source and provider ("": any). To be filtered and paged."""
    statement = select(Price)
    if not history:
        newer = aliased(Price)
        place = and_(newer.provider == Price.provider, newer.model == Price.model, newer.source == Price.source)
        later = or_(
            newer.effective_from > Price.effective_from,
            and_(newer.effective_from == Price.effective_from, newer.id > Price.id),
        )
        over = select(newer.id).where(place, later, _begun(newer, at)).exists()
        statement = statement.where(_begun(Price, at), ~over)
    if source is not None:
        statement = statement.where(Price.source == source)
    return statement if provider is None else statement.where(Price.provider == provider)


def _begun(row: type[Price], at: int) -> ColumnElement[bool]:
    return and_(row.effective_from <= at, or_(row.effective_to.is_(None), row.effective_to > at))


async def in_force(session: AsyncSession, rows: Collection[Price], at: int) -> set[int]:
    """The ids of those of the versions that are in force."""
    wanted = query(at).with_only_columns(Price.id).where(Price.id.in_([row.id for row in rows]))
    return set(await session.scalars(wanted))


async def count(session: AsyncSession, statement: Select[Price]) -> int:
    """How many prices a query finds."""
    found = statement.with_only_columns(Price.id).order_by(None).subquery()
    return await session.scalar(select(func.count()).select_from(found)) or 0


async def list_in_force(session: AsyncSession, at: int, *, source: str | None = None) -> Sequence[Price]:
    """Of every (provider, model, source) the version in force `at` (unix seconds), by model, provider and source."""
    found: dict[tuple[str, str, str], Price] = {}
    for row in await list_all(session, source=source):
        if begun(row, at):
            found.setdefault((row.provider, row.model, row.source), row)
    return list(found.values())


def begun(row: Price, at: int) -> bool:
    """Whether a version has begun and has not ended: it is in force unless one with a later beginning is."""
    return row.effective_from <= at and (row.effective_to is None or row.effective_to > at)


async def get(session: AsyncSession, price_id: int) -> Price | None:
    """The version of that id."""
    return await session.get(Price, price_id)


async def versions(session: AsyncSession, provider: str, model: str, source: str) -> Sequence[Price]:
    """The versions of exactly that provider ("" = any), model and source, the latest first."""
    statement = select(Price).where(Price.provider == provider, Price.model == model, Price.source == source)
    return (await session.scalars(statement.order_by(Price.effective_from.desc(), Price.id.desc()))).all()


async def find(session: AsyncSession, provider: str, model: str, source: str, at: int) -> Price | None:
    """The version of exactly that provider, model and source in force `at`."""
    rows = await versions(session, provider, model, source)
    return next((row for row in rows if begun(row, at)), None)


async def create(session: AsyncSession, price: Price) -> Price:
    """Store a new version; its id is filled in. It follows the earlier ones from its `effective_from` on."""
    await create_many(session, [price])
    return price


async def create_many(session: AsyncSession, prices: Sequence[Price]) -> None:
    """Store new versions with one count of the revision."""
    if not prices:
        return
    await revisions.bump(session, revisions.ROUTES)
    session.add_all(prices)
    await session.flush()


async def retire(session: AsyncSession, price: Price, at: int) -> None:
    """Remove a price from `at` on: its version in force and all before it end; one to come never begins.

    Versions to come stay when the one in force is removed.
    """
    await revisions.bump(session, revisions.ROUTES)
    if price.effective_from > at:
        price.effective_to = price.effective_from
    else:
        for row in await versions(session, price.provider, price.model, price.source):
            if begun(row, at):
                row.effective_to = at
    await session.flush()
