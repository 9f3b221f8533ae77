"""Finding the price of a model at a moment.

Owns the order in which prices are preferred, and which versions a replica needs.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from storage.models import Price
from storage.pricing.entry import ANY_MODEL, PriceEntry, entry_of
from storage.pricing.library import match_model
from storage.pricing.tariff import Tariff

# Model names come from clients where a channel serves "*": the memory of what was looked up is bounded.
_REMEMBERED = 4096
_LONGEST_NAME = 200
_SET_BY = ("operator", "apply")  # the first wins

KEEP_S = 86_400
"""How long a version that is no longer in force is still sent to replicas: a request is rated at its beginning."""

FREE = Tariff(PriceEntry(0, "", ANY_MODEL, 0, 0, None, None, "operator"))
"""For what needs no price: a model without one on a channel of this machine."""

_Place = tuple[str, str]


class PriceBook:
    """All prices, for looking up. Can be pickled.

    Which one is taken for (provider, model), of the versions in force at the moment:

    1. one set for exactly these, by an operator before one of gateway.yaml;
    2. one set for the model of any provider;
    3. one set for every model ("*") of the provider;
    4. the seeded one for exactly these;
    5. the seeded one that the library's own rules find: dated names, aliases, a provider that resells others' models;
    6. the default price: one set for every model of any provider.
    """

    def __init__(self, rows: Iterable[Price | PriceEntry]) -> None:
        # A table with thousands of prices arrives in the middle of requests: what is not needed yet is not made ready.
        self._places: dict[str, dict[_Place, list[PriceEntry]]] = {"seed": {}, "operator": {}, "apply": {}}
        for row in rows:
            entry = row if isinstance(row, PriceEntry) else entry_of(row)
            self._places[entry.source].setdefault((entry.provider, entry.model), []).append(entry)
        self._found: dict[_Place, tuple[Tariff, ...]] = {}

    def find(self, provider: str, model: str, at: int | None = None) -> Tariff | None:
        """The price of `model` at `provider` in force `at` (unix seconds, now when not given), None without any.

        Below a microsecond for a name seen before; the library's rules take up to 500, and half a second once per
        process: see `library.warm_up`.
        """
        try:
            candidates = self._found[provider, model]
        except KeyError:
            candidates = self._candidates(provider, model)
        if at is None:
            at = int(time.time())
        for tariff in candidates:
            entry = tariff.entry
            if entry.effective_from <= at < entry.effective_to:
                return tariff
        return None

    def _candidates(self, provider: str, model: str) -> tuple[Tariff, ...]:
        """All versions that may count for a name, the preferred ones first."""
        found: list[PriceEntry] = []
        for place in ((provider, model), ("", model), (provider, ANY_MODEL)):
            found += self._set(place)
        seeded = self._places["seed"]
        found += sorted(seeded.get((provider, model), ()), key=_newest_first)
        if seeded and len(model) <= _LONGEST_NAME:
            for place in match_model(provider, model):
                found += sorted(seeded.get(place, ()), key=_newest_first)
        found += self._set(("", ANY_MODEL))
        candidates = tuple(Tariff(entry) for entry in found)
        if len(model) <= _LONGEST_NAME:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[provider, model] = candidates
        return candidates

    def _set(self, place: _Place) -> list[PriceEntry]:
        return [entry for source in _SET_BY for entry in sorted(self._places[source].get(place, ()), key=_newest_first)]


def _newest_first(entry: PriceEntry) -> tuple[int, int]:
    return -entry.effective_from, -entry.id


def needed(entries: Iterable[PriceEntry], now: int) -> list[PriceEntry]:
    """The versions that replicas need: all but those that have not been in force for KEEP_S and never will be again."""
    limit = now - KEEP_S
    kept: list[PriceEntry] = []
    for versions in _versions(entries):
        for number, entry in enumerate(versions):
            over = entry.effective_to <= max(limit, entry.effective_from)
            hidden = any(
                newer.effective_from <= limit and newer.effective_to >= entry.effective_to
                for newer in versions[:number]
            )
            if not over and not hidden:
                kept.append(entry)
    return kept


def _versions(entries: Iterable[PriceEntry]) -> Iterable[list[PriceEntry]]:
    """The versions of each (provider, model, source), the newest first."""
    found: dict[tuple[str, str, str], list[PriceEntry]] = {}
    for entry in entries:
        found.setdefault((entry.provider, entry.model, entry.source), []).append(entry)
    for versions in found.values():
        if len(versions) > 1:
            versions.sort(key=_newest_first)
    return found.values()
