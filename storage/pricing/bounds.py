"""Bounds before a request is sent: what it can cost at most, and how much output an amount pays for.

Bounds hold for every way the tokens may be counted afterwards (cached, written to the cache, audio, reasoning), for
every tier up to the given input, and for every time window. With `text` the caller says that the request holds and asks
for nothing but text and no cache for an hour: audio, images and such cache writes are left out then, whose prices are
often many times those of text.
"""

from __future__ import annotations

from storage.pricing.tariff import Sheet, Tariff
from storage.pricing.units import ONE, UNITS

NO_BOUND = 1 << 40
"""Tokens that any amount pays for when output is free."""

_SCALE = UNITS * ONE**3


def worst_case(
    tariff: Tariff,
    input_tokens: int,
    output_tokens: int,
    *,
    group_ratio: int = ONE,
    channel_ratio: int = ONE,
    text: bool = False,
    images: int = 0,
    media_ms: int = 0,
    tool_calls: int = 0,
) -> int:
    """Nano-USD that a request of at most these quantities cannot exceed, rounded up."""
    other = tariff.call
    if images or media_ms or tool_calls:
        other += images * tariff.top_image + media_ms * tariff.media + tool_calls * tariff.top_tool
    total = _tokens(tariff.base, input_tokens, output_tokens, text)
    for tier in tariff.tiers:
        if input_tokens > tier.above:
            total = max(total, _tokens(tier, input_tokens, output_tokens, text))
    return -(-(total + other) * tariff.top_ratio * group_ratio * channel_ratio // _SCALE)


def affordable_output(
    tariff: Tariff,
    input_tokens: int,
    amount: int,
    *,
    group_ratio: int = ONE,
    channel_ratio: int = ONE,
    text: bool = False,
) -> int:
    """The most output tokens whose worst case fits into `amount` nano-USD; 0 when not even the input does."""
    factor = tariff.top_ratio * group_ratio * channel_ratio
    if not factor:
        return NO_BOUND
    found = NO_BOUND
    for sheet in tariff.sheets:
        if sheet.above and input_tokens <= sheet.above:
            continue
        left = amount * _SCALE - (_tokens(sheet, input_tokens, 0, text) + tariff.call) * factor
        if left < 0:
            return 0
        price = sheet.top_text_output if text else sheet.top_media_output
        if price:
            found = min(found, left // (price * factor))
    return found


def _tokens(sheet: Sheet, input_tokens: int, output_tokens: int, text: bool) -> int:
    if text:
        return input_tokens * sheet.top_text_input + output_tokens * sheet.top_text_output
    return input_tokens * sheet.top_media_input + output_tokens * sheet.top_media_output
