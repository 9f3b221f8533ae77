"""What a price may have beside the four common amounts, on the wire, and its translation to what is stored."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from admin.schemas.amounts import EACH, SECOND, Ratio, Usd, UsdEach, nano_to_usd, ratio_to_millionths, usd_to_nano
from admin.schemas.base import Wire
from storage.pricing import Terms, Tier, Window
from storage.pricing.entry import Rates
from storage.pricing.newapi import ModelRatios
from storage.pricing.units import ratio_text

TOKEN_TERMS = ("cache_write_1h", "reasoning", "image_input", "image_output", "audio_input", "audio_output")
MAX_TOKENS = 1 << 40
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_NAME = re.compile(r"[\x21-\x7e]{1,64}")
_RATIO = re.compile(r"\d{1,12}(\.\d{1,12})?")


def _time(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise ValueError('must be a time of the day in UTC, such as "16:30"')
    return value


def _kind(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("must be a name of 1 to 64 printable ASCII characters without spaces")
    return value


def _ratio(value: object) -> object:
    text = repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _RATIO.fullmatch(text):
        raise ValueError("must be a decimal number of 0 or more, such as 1.25")
    return Decimal(text)


TimeOfDay = Annotated[str, Field(strict=True, examples=["16:30"]), AfterValidator(_time)]
Kinds = Annotated[dict[Annotated[str, AfterValidator(_kind)], UsdEach], Field(max_length=100)]
Multiplier = Annotated[Decimal, BeforeValidator(_ratio, json_schema_input_type=str | float)]


class TierSet(Wire):
    """Other prices for all tokens of a request with more than `above` input tokens; null: as without the tier."""

    above: Annotated[int, Field(strict=True, ge=1, le=MAX_TOKENS)]
    input: Usd | None = None
    output: Usd | None = None
    cache_read: Usd | None = None
    cache_write: Usd | None = None
    cache_write_1h: Usd | None = None
    reasoning: Usd | None = None
    image_input: Usd | None = None
    image_output: Usd | None = None
    audio_input: Usd | None = None
    audio_output: Usd | None = None

    def stored(self) -> Tier:
        """As it is stored."""
        amounts = {name: getattr(self, name) for name in Rates.__struct_fields__}
        return Tier(above=self.above, **{name: _nano(text) for name, text in amounts.items()})


class WindowSet(Wire):
    """A multiplier for requests that begin at these hours (UTC); `end` at or before `start` passes midnight."""

    start: TimeOfDay
    end: TimeOfDay
    ratio: Ratio
    days: Annotated[list[Annotated[int, Field(strict=True, ge=0, le=6)]], Field(max_length=7)] = Field(
        default_factory=list, description="0 is Monday; empty: every day."
    )

    def stored(self) -> Window:
        """As it is stored."""
        return Window(
            start=_minutes(self.start),
            end=_minutes(self.end),
            ratio=ratio_to_millionths(self.ratio),
            days=tuple(sorted(set(self.days))),
        )


class RatioSet(Wire):
    """The same prices in New API's ratios: a model ratio of 1 is $2 per 1,000,000 input tokens.

    `model_price` (USD per call) stands alone.
    """

    model_ratio: Multiplier | None = None
    completion_ratio: Multiplier | None = None
    cache_ratio: Multiplier | None = None
    create_cache_ratio: Multiplier | None = None
    image_ratio: Multiplier | None = None
    audio_ratio: Multiplier | None = None
    audio_completion_ratio: Multiplier | None = None
    model_price: Multiplier | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "RatioSet":
        if (self.model_ratio is None) == (self.model_price is None):
            raise ValueError("needs either a model_ratio or a model_price")
        return self

    def ratios(self) -> ModelRatios:
        """The same as storage knows it."""
        return ModelRatios(**self.model_dump())


def terms_of(given: Mapping[str, Any]) -> Terms:
    """The stored terms of fields that have the names of PriceSet."""
    return Terms(
        **{name: _nano(given[name]) for name in TOKEN_TERMS},
        call=_nano(given["call"], EACH) or 0,
        media=_nano(given["second"], SECOND) or 0,
        images={kind: _nano(text, EACH) or 0 for kind, text in given["images"].items()},
        tools={kind: _nano(text, EACH) or 0 for kind, text in given["tools"].items()},
        tiers=tuple(sorted((tier.stored() for tier in given["tiers"]), key=lambda tier: tier.above)),
        windows=tuple(window.stored() for window in given["windows"]),
    )


def shown(terms: Terms) -> dict[str, Any]:
    """The opposite of `terms_of`: plain values under the names of PriceSet."""
    return {
        **{name: _usd(getattr(terms, name)) for name in TOKEN_TERMS},
        "call": _usd(terms.call or None, EACH),
        "second": _usd(terms.media or None, SECOND),
        "images": {kind: nano_to_usd(amount, EACH) for kind, amount in terms.images.items()},
        "tools": {kind: nano_to_usd(amount, EACH) for kind, amount in terms.tools.items()},
        "tiers": [
            {"above": tier.above, **{name: _usd(getattr(tier, name)) for name in Rates.__struct_fields__}}
            for tier in terms.tiers
        ],
        "windows": [
            {
                "start": f"{window.start // 60:02d}:{window.start % 60:02d}",
                "end": f"{window.end // 60:02d}:{window.end % 60:02d}",
                "ratio": ratio_text(window.ratio),
                "days": list(window.days),
            }
            for window in terms.windows
        ],
    }


def _nano(text: str | None, units: int = 1) -> int | None:
    return None if text is None else usd_to_nano(text) * units


def _usd(amount: int | None, units: int = 1) -> str | None:
    return None if amount is None else nano_to_usd(amount, units)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)
