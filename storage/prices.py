"""What a request costs: finding the price of a model, and integer arithmetic.

Owns the order in which prices are preferred. Prices are nano-USD per 1,000,000 tokens, costs are nano-USD; no floats.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Price, Revision
from storage.price_library import SeedPrice, library_version, match_model, nano_usd, seed_rows, warm_up
from storage.repositories import prices as stored_prices
from storage.repositories import revisions
from storage.repositories.changes import assign

__all__ = ["PriceBook", "PriceEntry", "SeedPrice", "cost", "nano_usd", "seed", "seed_rows", "warm_up"]

_TOKENS = 10**6
# Model names come from clients where a channel serves "*": the memory of what was looked up is bounded.
_REMEMBERED = 4096
_LONGEST_NAME = 200


class PriceEntry(msgspec.Struct, frozen=True, gc=False):
    """A price without its database row: small, immutable, and can be sent to another process."""

    id: int
    provider: str
    model: str
    input: int
    output: int
    cache_read: int | None
    cache_write: int | None
    source: str


class PriceBook:
    """All prices, for looking up. Can be pickled.

    Which one is taken for (provider, model): one set by an operator for exactly these, then one of gateway.yaml for
    exactly these; then in the same order one for the model of any provider; then the seeded one for exactly these; then
    the seeded one that the library's own rules find (dated names, aliases, a provider that resells another's models).
    """

    def __init__(self, rows: Iterable[Price | PriceEntry]) -> None:
        self._set: dict[tuple[str, str], PriceEntry] = {}
        self._seeded: dict[tuple[str, str], PriceEntry] = {}
        self._matched: dict[tuple[str, str], PriceEntry | None] = {}
        for row in rows:
            entry = row if isinstance(row, PriceEntry) else _entry(row)
            place = (entry.provider, entry.model)
            if entry.source == "seed":
                self._seeded[place] = entry
            elif entry.source == "operator" or place not in self._set:
                self._set[place] = entry

    def find(self, provider: str, model: str) -> PriceEntry | None:
        """The price of `model` at `provider`, None when none is known.

        About a microsecond for a name seen before; the library's rules take up to 500, and half a second once per
        process: see `warm_up`.
        """
        place = (provider, model)
        found = self._set.get(place) or self._set.get(("", model)) or self._seeded.get(place)
        if found is not None or not self._seeded or len(model) > _LONGEST_NAME:
            return found
        try:
            return self._matched[place]
        except KeyError:
            if len(self._matched) >= _REMEMBERED:
                self._matched.clear()
            listed = (self._seeded.get(candidate) for candidate in match_model(provider, model))
            self._matched[place] = found = next((entry for entry in listed if entry is not None), None)
            return found


def _entry(row: Price) -> PriceEntry:
    return PriceEntry(*(getattr(row, name) for name in PriceEntry.__struct_fields__))


def cost(price: PriceEntry | Price, input_tokens: int, cached: int, cache_write: int, output: int) -> int:
    """Nano-USD for these tokens, rounded half up once. `cached` and `cache_write` are parts of `input_tokens`."""
    plain = max(0, input_tokens - cached - cache_write)
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    total = plain * price.input + cached * read + cache_write * write + output * price.output
    return (total + _TOKENS // 2) // _TOKENS


async def seed(session: AsyncSession) -> int:
    """Store the library's prices, once per version of the library; returns how many were new or changed.

    Prices of models that the library no longer lists stay. Any number of processes may do this at once.
    """
    marker = f"{revisions.MARKER}prices {library_version()}"
    if await session.scalar(select(Revision.value).where(Revision.name == marker)) is not None:
        return 0
    rows = await asyncio.to_thread(seed_rows)
    await revisions.bump(session, revisions.ROUTES)  # its lock: of several processes the second one finds the marker
    if await session.scalar(select(Revision.value).where(Revision.name == marker)) is not None:
        return 0
    known = {(price.provider, price.model): price for price in await stored_prices.list_all(session, source="seed")}
    new: list[Price] = []
    changed = 0
    for row in rows:
        price = known.get((row.provider, row.model))
        if price is None:
            new.append(Price(source="seed", **msgspec.structs.asdict(row)))
        else:
            changed += assign(price, msgspec.structs.asdict(row))
    session.add_all([*new, Revision(name=marker, value=1)])
    await session.flush()
    return len(new) + changed
