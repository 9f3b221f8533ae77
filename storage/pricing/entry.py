"""A price version as data: what the database stores and what travels to the replicas. Immutable.

Owns the names of the components and their defaults. Must not compute: storage/pricing/tariff.py makes an entry ready
for rating.
"""

from __future__ import annotations

import msgspec

from storage.models import Price

FOREVER = 2**63 - 1
"""The `effective_to` of a version that was not removed."""

ANY_MODEL = "*"
"""The model of a price for everything that has no other: at one provider, or as the default price of all."""


class Rates(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Unit prices per 1,000,000 tokens that a tier changes; None: as without the tier."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    reasoning: int | None = None
    image_input: int | None = None
    image_output: int | None = None
    audio_input: int | None = None
    audio_output: int | None = None


class Tier(Rates, frozen=True, omit_defaults=True, kw_only=True):
    """Other prices for all tokens of a request with more than `above` input tokens (cached ones count)."""

    above: int


class Window(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A multiplier for requests that start in a time of the day: minutes of the UTC day, from (included) to (excluded).

    `to` at or before `from` passes midnight; the weekday is that of the beginning. `days`: 0 is Monday; empty: all.
    """

    start: int
    end: int
    ratio: int
    days: tuple[int, ...] = ()


class Terms(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a price has besides input, output, cache read and cache write.

    All in nano-USD per 1,000,000 units: tokens for the first six (None: as the component named beside it), calls for
    `call` and `tools`, images for `images`, milliseconds for `media`.
    """

    cache_write_1h: int | None = None  # as cache_write
    reasoning: int | None = None  # as output
    image_input: int | None = None  # as input
    image_output: int | None = None  # as output
    audio_input: int | None = None  # as input
    audio_output: int | None = None  # as output
    call: int = 0
    media: int = 0
    images: dict[str, int] = msgspec.field(default_factory=dict)  # "1024x1024/hd", "1024x1024", "*" for any other
    tools: dict[str, int] = msgspec.field(default_factory=dict)  # "web_search"
    tiers: tuple[Tier, ...] = ()
    windows: tuple[Window, ...] = ()  # the first that fits counts


NO_TERMS = Terms()


class PriceEntry(msgspec.Struct, frozen=True, array_like=True):
    """One version of the price of (provider, model), nano-USD per 1,000,000 tokens. A cache price of None: as input.

    In force from `effective_from` (included) to `effective_to` (excluded), unix seconds, unless a version with a later
    beginning is.
    """

    id: int
    provider: str  # "" = any provider
    model: str
    input: int
    output: int
    cache_read: int | None
    cache_write: int | None
    source: str  # "seed", "operator", "apply"
    effective_from: int = 0
    effective_to: int = FOREVER
    terms: Terms | None = None


def entry_of(row: Price) -> PriceEntry:
    """The entry of a database row."""
    return PriceEntry(
        row.id,
        row.provider,
        row.model,
        row.input,
        row.output,
        row.cache_read,
        row.cache_write,
        row.source,
        row.effective_from,
        FOREVER if row.effective_to is None else row.effective_to,
        terms_of(row.terms),
    )


def terms_of(stored: object) -> Terms | None:
    """The terms as the column `terms` holds them. Raises msgspec.ValidationError for what is none."""
    return None if stored is None else msgspec.convert(stored, Terms)


def stored(terms: Terms | None) -> dict[str, object] | None:
    """The column `terms`; None when there is nothing to store."""
    if terms is None or terms == NO_TERMS:
        return None
    found: dict[str, object] = msgspec.json.decode(msgspec.json.encode(terms))
    return found
