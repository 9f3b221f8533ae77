"""Storing the library's prices: all of them in a new database, later ones only as an administrator approves.

Owns the comparison of what is stored with what the installed library lists.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Price, Revision
from storage.pricing.entry import entry_of, stored
from storage.pricing.library import library_version, seed_rows
from storage.pricing.translate import SeedPrice
from storage.repositories import prices as stored_prices
from storage.repositories import revisions

Kind = Literal["new", "changed", "gone"]


class Seeded(msgspec.Struct, frozen=True):
    """What seeding did: prices stored, and prices that differ from the library's and wait for approval."""

    stored: int = 0
    waiting: int = 0


class Difference(msgspec.Struct, frozen=True):
    """One (provider, model) where the library and what is stored differ. "new" has no `old`, "gone" no `new`."""

    kind: Kind
    provider: str
    model: str
    old: SeedPrice | None
    new: SeedPrice | None

    @property
    def name(self) -> str:
        """How it is named when it is approved: "provider/model"."""
        return f"{self.provider}/{self.model}"


async def seed(session: AsyncSession) -> Seeded:
    """At a start: store everything in a database without seeded prices, else only look whether the library changed.

    Looks once per version of the library and once more at each start until its differences are dealt with. Any number
    of processes may do this at once.
    """
    if await _is_done(session):
        return Seeded()
    rows = await asyncio.to_thread(seed_rows)
    await revisions.bump(session, revisions.ROUTES)  # its lock: of several processes the second one finds it done
    if await _is_done(session):
        return Seeded()
    if await stored_prices.list_all(session, source="seed"):
        known = await stored_prices.list_in_force(session, int(time.time()), source="seed")
        waiting = compare(known, rows)
        if not waiting:
            session.add(Revision(name=_marker(), value=1))
        return Seeded(waiting=len(waiting))
    session.add_all([*(_version(row, 0) for row in rows), Revision(name=_marker(), value=1)])
    await session.flush()
    return Seeded(stored=len(rows))


async def differences(session: AsyncSession, now: int) -> list[Difference]:
    """What the installed library says otherwise than the seeded prices in force; writes nothing."""
    rows = await asyncio.to_thread(seed_rows)
    known = await stored_prices.list_in_force(session, now, source="seed")
    return compare(known, rows)


async def approve(session: AsyncSession, names: Collection[str] | None, now: int) -> list[Difference]:
    """Take over the differences of these names (None: all) from `now` on; returns those taken over.

    The library's version counts as dealt with from then on, whatever was left out.
    """
    rows = await asyncio.to_thread(seed_rows)  # may take a second: before the lock
    await revisions.bump(session, revisions.ROUTES)
    known = await stored_prices.list_in_force(session, now, source="seed")
    found = [each for each in compare(known, rows) if names is None or each.name in names]
    for each in found:
        if each.new is not None:
            session.add(_version(each.new, now))
        else:
            row = await stored_prices.find(session, each.provider, each.model, "seed", now)
            if row is not None:
                await stored_prices.retire(session, row, now)
    if not await _is_done(session):
        session.add(Revision(name=_marker(), value=1))
    await session.flush()
    return found


def compare(known: Sequence[Price], listed: Sequence[SeedPrice]) -> list[Difference]:
    """The differences by provider and model."""
    old = {(row.provider, row.model): _seed_price(row) for row in known}
    new = {(row.provider, row.model): row for row in listed}
    found: list[Difference] = []
    for place in sorted(old.keys() | new.keys()):
        before, after = old.get(place), new.get(place)
        if before != after:
            kind: Kind = "new" if before is None else "gone" if after is None else "changed"
            found.append(Difference(kind, *place, before, after))
    return found


def _marker() -> str:
    return f"{revisions.MARKER}prices {library_version()}"


async def _is_done(session: AsyncSession) -> bool:
    return await session.scalar(select(Revision.value).where(Revision.name == _marker())) is not None


def _seed_price(row: Price) -> SeedPrice:
    entry = entry_of(row)
    given = () if entry.terms is None else (entry.terms,)
    return SeedPrice(
        entry.provider, entry.model, entry.input, entry.output, entry.cache_read, entry.cache_write, *given
    )


def _version(row: SeedPrice, effective_from: int) -> Price:
    columns = {name: getattr(row, name) for name in SeedPrice.__struct_fields__}
    return Price(source="seed", effective_from=effective_from, **{**columns, "terms": stored(row.terms)})
