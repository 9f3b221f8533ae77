"""New API's ratios: another way to write the same prices. Pure; exact but for one rounding to a nano-USD.

A model ratio of 1 is $2 per 1,000,000 input tokens; the other ratios multiply that of their kind. Cache writes for an
hour are 1.6 times the others. A model price is USD per call, and the tokens are free then.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import msgspec

from storage.pricing.entry import NO_TERMS, PriceEntry, Terms
from storage.pricing.units import NANO, UNITS, half_up

RATIO_ONE = 2 * NANO
"""Nano-USD per 1,000,000 input tokens at a model ratio of 1."""

HOUR_WRITES = Fraction(8, 5)

_PLACES = Decimal("1e-18")


class ModelRatios(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The ratios of one model, under New API's names; None: not stated. `model_price` stands alone."""

    model_ratio: Decimal | None = None
    completion_ratio: Decimal | None = None
    cache_ratio: Decimal | None = None
    create_cache_ratio: Decimal | None = None
    image_ratio: Decimal | None = None
    audio_ratio: Decimal | None = None
    audio_completion_ratio: Decimal | None = None
    model_price: Decimal | None = None


class Amounts(msgspec.Struct, frozen=True):
    """The same as unit prices, named as in storage/pricing/entry.py."""

    input: int
    output: int
    cache_read: int | None
    cache_write: int | None
    terms: Terms


def amounts(ratios: ModelRatios) -> Amounts:
    """The unit prices. Raises ValueError for neither or both of a model ratio and a model price."""
    if (ratios.model_ratio is None) == (ratios.model_price is None):
        msg = "either a model_ratio or a model_price is needed"
        raise ValueError(msg)
    if ratios.model_price is not None:
        return Amounts(0, 0, None, None, Terms(call=_nano(Fraction(ratios.model_price) * NANO * UNITS)))
    base = Fraction(ratios.model_ratio or 0) * RATIO_ONE
    written = _times(base, ratios.create_cache_ratio)
    heard = _times(base, ratios.audio_ratio)
    spoken = None if ratios.audio_completion_ratio is None else (base if heard is None else heard)
    terms = Terms(
        cache_write_1h=None if written is None else _nano(written * HOUR_WRITES),
        image_input=_maybe(_times(base, ratios.image_ratio)),
        audio_input=_maybe(heard),
        audio_output=None if spoken is None else _maybe(_times(spoken, ratios.audio_completion_ratio)),
    )
    output = base if ratios.completion_ratio is None else base * Fraction(ratios.completion_ratio)
    return Amounts(_nano(base), _nano(output), _maybe(_times(base, ratios.cache_ratio)), _maybe(written), terms)


def model_ratios(entry: PriceEntry) -> ModelRatios | None:
    """The ratios that give this price, None for one that ratios cannot express (tiers, windows, tools, media ...)."""
    terms = entry.terms or NO_TERMS
    if terms.call and not (entry.input or entry.output):
        found = ModelRatios(model_price=_decimal(Fraction(terms.call, NANO * UNITS)))
    elif entry.input:
        audio = terms.audio_input
        found = ModelRatios(
            model_ratio=_decimal(Fraction(entry.input, RATIO_ONE)),
            completion_ratio=_share(entry.output, entry.input),
            cache_ratio=_share(entry.cache_read, entry.input),
            create_cache_ratio=_share(entry.cache_write, entry.input),
            image_ratio=_share(terms.image_input, entry.input),
            audio_ratio=_share(audio, entry.input),
            audio_completion_ratio=_share(terms.audio_output, entry.input if audio is None else audio),
        )
    elif entry.output:
        return None
    else:
        found = ModelRatios(model_ratio=Decimal(0))
    back = amounts(found)
    same = (entry.input, entry.output, entry.cache_read, entry.cache_write) == (
        back.input,
        back.output,
        back.cache_read,
        back.cache_write,
    )
    return found if same and terms == back.terms else None


def _times(amount: Fraction, ratio: Decimal | None) -> Fraction | None:
    return None if ratio is None else amount * Fraction(ratio)


def _nano(amount: Fraction) -> int:
    return half_up(amount.numerator, amount.denominator)


def _maybe(amount: Fraction | None) -> int | None:
    return None if amount is None else _nano(amount)


def _decimal(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(_PLACES, ROUND_HALF_UP).normalize()


def _share(amount: int | None, of: int) -> Decimal | None:
    """`amount` / `of`; None where there is no amount, or nothing that could be multiplied."""
    if not amount:
        return None if amount is None else Decimal(0)
    return _decimal(Fraction(amount, of)) if of else None
