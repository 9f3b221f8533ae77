"""A price made ready for rating: defaults filled in, a sheet of unit prices for each tier, bounds known beforehand.

Built once for each price when a table arrives; immutable from then on.
"""

from __future__ import annotations

from storage.pricing.entry import NO_TERMS, PriceEntry, Rates, Tier, Window
from storage.pricing.units import ONE

_DAY_MINUTES = 1440
_MONDAY = 4 * _DAY_MINUTES  # minutes from 1970-01-01, a Thursday, to the first Monday
_WEEK_MINUTES = 7 * _DAY_MINUTES


class Sheet:
    """Unit prices of all token components, for requests with more than `above` input tokens."""

    __slots__ = (
        "above",
        "audio_input",
        "audio_output",
        "cache_read",
        "cache_write",
        "cache_write_1h",
        "image_input",
        "image_output",
        "input",
        "output",
        "reasoning",
        "top_media_input",
        "top_media_output",
        "top_text_input",
        "top_text_output",
    )

    def __init__(self, stated: dict[str, int | None], above: int) -> None:
        def price(name: str, otherwise: int) -> int:
            found = stated.get(name)
            return otherwise if found is None else found

        self.above = above
        self.input = price("input", 0)
        self.output = price("output", 0)
        self.cache_read = price("cache_read", self.input)
        self.cache_write = price("cache_write", self.input)
        self.cache_write_1h = price("cache_write_1h", self.cache_write)
        self.image_input = price("image_input", self.input)
        self.audio_input = price("audio_input", self.input)
        self.reasoning = price("reasoning", self.output)
        self.image_output = price("image_output", self.output)
        self.audio_output = price("audio_output", self.output)
        # What bounds need: the dearest way to count a token, of text with cache writes of 5 minutes and of everything.
        self.top_text_input = max(self.input, self.cache_read, self.cache_write)
        self.top_text_output = max(self.output, self.reasoning)
        self.top_media_input = max(self.top_text_input, self.cache_write_1h, self.image_input, self.audio_input)
        self.top_media_output = max(self.top_text_output, self.image_output, self.audio_output)


class Tariff:
    """What `rate` needs of one price version. `id` is the version."""

    __slots__ = (
        "base",
        "call",
        "entry",
        "id",
        "images",
        "media",
        "sheets",
        "tiers",
        "tools",
        "top_image",
        "top_ratio",
        "top_tool",
        "windows",
    )

    def __init__(self, entry: PriceEntry) -> None:
        terms = entry.terms or NO_TERMS
        self.entry = entry
        self.id = entry.id
        self.call = terms.call
        self.media = terms.media
        self.images = terms.images
        self.tools = terms.tools
        self.windows: tuple[Window, ...] = terms.windows
        stated: dict[str, int | None] = {name: getattr(terms, name, None) for name in Rates.__struct_fields__}
        for name in ("input", "output", "cache_read", "cache_write"):
            stated[name] = getattr(entry, name)
        self.base = Sheet(stated, 0)
        # The largest threshold first: the first one that is passed counts.
        self.tiers = tuple(
            Sheet(_overlay(stated, tier), tier.above)
            for tier in sorted(terms.tiers, key=lambda tier: tier.above, reverse=True)
        )
        self.sheets = (self.base, *self.tiers)
        self.top_ratio = max((ONE, *(window.ratio for window in self.windows)))
        self.top_image = max(self.images.values(), default=0)
        self.top_tool = max(self.tools.values(), default=0)

    def sheet(self, input_tokens: int) -> Sheet:
        """The unit prices for a request of that size."""
        for tier in self.tiers:
            if input_tokens > tier.above:
                return tier
        return self.base

    def window_ratio(self, at: int) -> int:
        """The multiplier of the window that a request started in; `at` is unix seconds."""
        for window in self.windows:
            if _inside(window, at // 60):
                return window.ratio
        return ONE

    def image_price(self, kind: str) -> int:
        """The price of an image of "size/quality": that of exactly this, of the size, of any."""
        found = self.images.get(kind)
        if found is None:
            found = self.images.get(kind.partition("/")[0])
        return self.images.get("*", 0) if found is None else found


def _overlay(stated: dict[str, int | None], tier: Tier) -> dict[str, int | None]:
    changed = {name: getattr(tier, name) for name in Rates.__struct_fields__}
    return {**stated, **{name: value for name, value in changed.items() if value is not None}}


def _inside(window: Window, minutes: int) -> bool:
    """Whether a minute of unix time lies in a window."""
    length = (window.end - window.start) % _DAY_MINUTES or _DAY_MINUTES
    since_monday = (minutes - _MONDAY) % _WEEK_MINUTES
    into = (since_monday - window.start) % _DAY_MINUTES
    if into >= length:
        return False
    return not window.days or (since_monday - into) % _WEEK_MINUTES // _DAY_MINUTES in window.days
