"""What the library genai-prices knows: prices in our terms and units, context windows, and which model a name means.

The only module that imports the library, and only when first needed: its data takes half a second and 22 MB.
Must not touch the database. The translation of one price is in storage/pricing/translate.py.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from storage.pricing.translate import SeedPrice, seed_price

if TYPE_CHECKING:
    from genai_prices.types import Provider


def library_version() -> str:
    """The version whose prices these are; costs no import of the data."""
    return version("genai-prices")


def seed_rows(at: datetime | None = None) -> list[SeedPrice]:
    """The price of every listed model that has one, as of `at` (now when not given)."""
    at = at or datetime.now(UTC)
    found = (seed_price(provider.id, model, at) for provider in _providers().values() for model in provider.models)
    return [row for row in found if row is not None]


@lru_cache(maxsize=8192)
def match_model(provider: str, model: str) -> tuple[tuple[str, str], ...]:
    """The listed (provider, model) that the library's rules find for a name, the likeliest first; there may be none.

    A provider that the library does not list (any OpenAI-compatible server) is judged by the model's name alone: the
    price is that of the model's maker. Up to 500 us for a name that was not asked for before.
    """
    providers = _providers()
    listed = providers.get(provider)
    if listed is None:
        name = model.lower()
        listed = next((row for row in providers.values() if row.model_match and row.model_match.is_match(name)), None)
    if listed is None:
        return ()
    found = listed.find_model(model, all_providers=list(providers.values()))
    if found is None:
        return ()
    return tuple((owner, found.id) for owner in (listed.id, *(listed.fallback_model_providers or ())))


def context_window(provider: str, model: str) -> int | None:
    """The tokens that fit into the model at once, None where the library does not say (it does for 3 of 5 models).

    Takes up to 500 microseconds: remember the answer.
    """
    for owner, name in match_model(provider, model):
        found = _windows().get((owner, name))
        if found:
            return found
    return None


def warm_up() -> None:
    """Load the library's data now, in whatever thread this is, so that the first lookup does not wait for it."""
    _providers()


@cache
def _providers() -> dict[str, Provider]:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 - see the module's docstring

    return {provider.id: provider for provider in get_snapshot().providers}


@cache
def _windows() -> dict[tuple[str, str], int]:
    return {
        (provider.id, model.id): model.context_window
        for provider in _providers().values()
        for model in provider.models
        if model.context_window
    }
