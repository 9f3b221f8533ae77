"""One price of the library in our terms. Pure.

Left out are prices of service tiers (batch, priority), of characters, pages and video tokens, and of cached audio and
images: such tokens have the price of cached text. A model that has only such prices has none here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from storage.pricing.entry import NO_TERMS, Terms, Tier, Window
from storage.pricing.units import ONE, UNITS, nano_usd

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo

_TOKENS = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_reasoning_mtok": "reasoning",
    "input_image_mtok": "image_input",
    "output_image_mtok": "image_output",
    "input_audio_mtok": "audio_input",
    "output_audio_mtok": "audio_output",
}
_TOOLS = {"web_searches_kcount": "web_search", "storage_searches_kcount": "file_search"}  # USD per 1,000 calls
_HOURS = ("input_audio_hours", "audio_hours")
_KILO = UNITS // 1000
_MEDIA_UNIT = Fraction(UNITS, 3_600_000)  # a unit of media is a million milliseconds

Prices = dict[str, Any]
"""What a ModelPrice states: its fields are built at run time."""


class SeedPrice(msgspec.Struct, frozen=True):
    """One listed price, nano-USD per 1,000,000 units; None means the price of input."""

    provider: str
    model: str
    input: int
    output: int
    cache_read: int | None
    cache_write: int | None
    terms: Terms = NO_TERMS


def seed_price(provider: str, model: ModelInfo, at: datetime) -> SeedPrice | None:
    """The model's price as of `at`, None when nothing is listed that this gateway can charge."""
    prices, windows = _standard(model, at)
    if model.id.endswith(":free") and not prices:  # OpenRouter's models without a price of any kind
        return SeedPrice(provider, model.id, 0, 0, None, None)
    tokens = {ours: nano_usd(_base(prices[theirs])) for theirs, ours in _TOKENS.items() if theirs in prices}
    media = next((_per_hour(prices[name]) for name in _HOURS if name in prices), 0)
    call = nano_usd(_base(prices["requests_kcount"]), _KILO) if "requests_kcount" in prices else 0
    if "input" not in tokens and not media:
        return None
    terms = Terms(
        cache_write_1h=tokens.get("cache_write_1h"),
        reasoning=tokens.get("reasoning"),
        image_input=tokens.get("image_input"),
        image_output=tokens.get("image_output"),
        audio_input=tokens.get("audio_input"),
        audio_output=tokens.get("audio_output"),
        call=call,
        media=media,
        tools={ours: nano_usd(_base(prices[theirs]), _KILO) for theirs, ours in _TOOLS.items() if theirs in prices},
        tiers=tuple(_tiers(prices)),
        windows=windows,
    )
    return SeedPrice(
        provider,
        model.id,
        tokens.get("input", 0),
        tokens.get("output", 0),  # embeddings have none
        tokens.get("cache_read"),
        tokens.get("cache_write"),
        terms,
    )


def _standard(model: ModelInfo, at: datetime) -> tuple[Prices, tuple[Window, ...]]:
    """The prices in force, and the hours in which they are multiplied.

    Where other hours have other prices that are no multiple, the dearest of all hours are taken for the whole day.
    """
    if not isinstance(model.prices, list):
        return _stated(model.prices), ()
    from genai_prices.types import StartDateConstraint, TimeOfDateConstraint  # noqa: PLC0415 - see library.py

    hours: list[tuple[Any, Prices]] = []
    for conditional in reversed(model.prices):  # a later one takes precedence
        if isinstance(conditional.constraint, TimeOfDateConstraint):
            hours.append((conditional.constraint, _stated(conditional.prices)))
        elif not isinstance(conditional.constraint, StartDateConstraint) or conditional.constraint.active(at):
            prices = _stated(conditional.prices)
            break
    else:
        prices = _stated(model.prices[0].prices)
    windows = [_window(constraint, _multiple(prices, other)) for constraint, other in hours]
    if all(window is not None for window in windows):
        return prices, tuple(window for window in windows if window is not None)
    dearest = max((prices, *(other for _, other in hours)), key=lambda one: (_cost(one, "input"), _cost(one, "output")))
    return dearest, ()


def _stated(price: Any) -> Prices:  # noqa: ANN401 - see Prices
    return {name: value for name, value in vars(price).items() if value is not None and not name.startswith("_")}


def _base(value: Any) -> Any:  # noqa: ANN401 - a Decimal, or tiers with a base
    return getattr(value, "base", value)


def _cost(prices: Prices, name: str) -> int:
    return nano_usd(_base(prices.get(f"{name}_mtok", 0)))


def _multiple(prices: Prices, other: Prices) -> int | None:
    """By how many millionths `other` is `prices`, None when it is no multiple, or not one of whole millionths."""
    if prices.keys() != other.keys() or any(hasattr(value, "tiers") for value in (*prices.values(), *other.values())):
        return None
    found = {Fraction(other[name]) / Fraction(prices[name]) for name in prices if prices[name]}
    if len(found) != 1 or any(other[name] for name in prices if not prices[name]):
        return None
    ratio = found.pop() * ONE
    return int(ratio) if ratio.denominator == 1 else None


def _window(constraint: Any, ratio: int | None) -> Window | None:  # noqa: ANN401 - a TimeOfDateConstraint
    start, end = constraint.start_time, constraint.end_time
    if ratio is None or any(time.utcoffset() for time in (start, end)) or start.second or end.second:
        return None
    return Window(start=start.hour * 60 + start.minute, end=end.hour * 60 + end.minute, ratio=ratio)


def _tiers(prices: Mapping[str, Any]) -> Iterator[Tier]:
    """Tiers by context length. A component has at each threshold the price of its last tier that began."""
    tiered = {ours: prices[theirs] for theirs, ours in _TOKENS.items() if hasattr(prices.get(theirs), "tiers")}
    for start in sorted({tier.start for value in tiered.values() for tier in value.tiers}):
        rates = {}
        for name, value in tiered.items():
            begun = [tier.price for tier in value.tiers if tier.start <= start]
            if begun:
                rates[name] = nano_usd(begun[-1])
        yield Tier(above=start, **rates)


def _per_hour(value: Any) -> int:  # noqa: ANN401 - as _base
    """USD per hour as nano-USD per 1,000,000 milliseconds, rounded half up."""
    exact = nano_usd(_base(value)) * _MEDIA_UNIT
    return int(exact + Fraction(1, 2))
