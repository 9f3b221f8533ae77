"""What the library genai-prices knows: base prices in our units, and which listed model a name means.

The only module that imports the library, and only when first needed: its data takes half a second and 22 MB.
Must not touch the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

NANO = 10**9


class SeedPrice(msgspec.Struct, frozen=True):
    """One listed price, nano-USD per 1,000,000 tokens; None means the price of input."""

    provider: str
    model: str
    input: int
    output: int
    cache_read: int | None
    cache_write: int | None


def library_version() -> str:
    """The version whose prices these are; costs no import of the data."""
    return version("genai-prices")


def nano_usd(amount: Decimal | str | int) -> int:
    """An amount of USD in nano-USD, rounded half up. Raises ValueError for what is no finite amount of 0 or more.

    For prices: USD per million tokens becomes nano-USD per 1,000,000 tokens.
    """
    try:
        usd = Decimal(amount)
    except ArithmeticError as error:
        msg = f"{amount!r} is not an amount of money"
        raise ValueError(msg) from error
    if not usd.is_finite() or usd < 0 or usd > 10**6:
        msg = f"{amount!r} is not an amount between 0 and a million USD"
        raise ValueError(msg)
    return int((usd * NANO).to_integral_value(ROUND_HALF_UP))


def seed_rows(at: datetime | None = None) -> list[SeedPrice]:
    """The base price per token of every listed model that has one, as of `at` (now when not given).

    Prices of long contexts, of service tiers and of other things than text tokens are left out. Where the price depends
    on the hour, the dearest is taken: an estimate should not be too low.
    """
    at = at or datetime.now(UTC)
    return list(_rows(at))


def _rows(at: datetime) -> Iterator[SeedPrice]:
    for provider in _providers().values():
        for model in provider.models:
            price = _standard(model, at)
            if "input" in price:
                yield SeedPrice(
                    provider=provider.id,
                    model=model.id,
                    input=price["input"],
                    output=price.get("output", 0),  # embeddings have none
                    cache_read=price.get("cache_read"),
                    cache_write=price.get("cache_write"),
                )


def match_model(provider: str, model: str) -> Iterator[tuple[str, str]]:
    """The listed (provider, model) that the library's rules find for a name, the likeliest first; there may be none.

    A provider that the library does not list (any OpenAI-compatible server) is judged by the model's name alone: the
    price is that of the model's maker.
    """
    providers = _providers()
    listed = providers.get(provider)
    if listed is None:
        name = model.lower()
        listed = next((row for row in providers.values() if row.model_match and row.model_match.is_match(name)), None)
    if listed is None:
        return
    found = listed.find_model(model, all_providers=list(providers.values()))
    if found is not None:
        for owner in (listed.id, *(listed.fallback_model_providers or ())):
            yield owner, found.id


def warm_up() -> None:
    """Load the library's data now, in whatever thread this is, so that the first lookup does not wait for it."""
    _providers()


@cache
def _providers() -> dict[str, Provider]:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 - see the module's docstring

    return {provider.id: provider for provider in get_snapshot().providers}


def _standard(model: ModelInfo, at: datetime) -> dict[str, int]:
    """The model's prices in our names and units."""
    if not isinstance(model.prices, list):
        return _integers(model.prices)
    from genai_prices.types import StartDateConstraint, TimeOfDateConstraint  # noqa: PLC0415

    candidates: list[dict[str, int]] = []
    for conditional in reversed(model.prices):  # a later one takes precedence
        if isinstance(conditional.constraint, TimeOfDateConstraint):
            candidates.append(_integers(conditional.prices))
        elif not isinstance(conditional.constraint, StartDateConstraint) or conditional.constraint.active(at):
            candidates.append(_integers(conditional.prices))
            break
    else:
        candidates.append(_integers(model.prices[0].prices))
    return max(candidates, key=lambda price: (price.get("input", 0), price.get("output", 0)))


def _integers(price: Any) -> dict[str, int]:  # noqa: ANN401 - the library builds the fields of ModelPrice at run time
    found: dict[str, int] = {}
    for name in ("input", "output", "cache_read", "cache_write"):
        value = getattr(price, f"{name}_mtok", None)
        if value is not None:
            found[name] = nano_usd(getattr(value, "base", value))  # tiers by context length have a base
    return found
