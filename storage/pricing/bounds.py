"""Bounds before a request is sent: what it can cost at most, and how much output an amount pays for.

Bounds hold for every way the tokens may be counted afterwards (cached, written to the cache, audio, reasoning), for
every tier up to the given input, and for every time window.
"""

from __future__ import annotations

from storage.pricing.tariff import Tariff
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
    images: int = 0,
    media_ms: int = 0,
    tool_calls: int = 0,
) -> int:
    """Nano-USD that a request of at most these quantities cannot exceed, rounded up."""
    other = tariff.call
    if images or media_ms or tool_calls:
        other += images * tariff.top_image + media_ms * tariff.media + tool_calls * tariff.top_tool
    base = tariff.base
    total = input_tokens * base.top_input + output_tokens * base.top_output
    for tier in tariff.tiers:
        if input_tokens > tier.above:
            total = max(total, input_tokens * tier.top_input + output_tokens * tier.top_output)
    return -(-(total + other) * tariff.top_ratio * group_ratio * channel_ratio // _SCALE)


def affordable_output(
    tariff: Tariff, input_tokens: int, amount: int, *, group_ratio: int = ONE, channel_ratio: int = ONE
) -> int:
    """The most output tokens whose worst case fits into `amount` nano-USD; 0 when not even the input does."""
    factor = tariff.top_ratio * group_ratio * channel_ratio
    if not factor:
        return NO_BOUND
    found = NO_BOUND
    for sheet in tariff.sheets:
        if sheet.above and input_tokens <= sheet.above:
            continue
        left = amount * _SCALE - (input_tokens * sheet.top_input + tariff.call) * factor
        if left < 0:
            return 0
        if sheet.top_output:
            found = min(found, left // (sheet.top_output * factor))
    return found
