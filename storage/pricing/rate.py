"""Rating: counts and a price -> an amount, with the whole arithmetic as text.

Pure integer arithmetic, a few microseconds: called for every request. The parts of a request never count for more than
the whole: whatever an upstream reports, the quantities of the input lines sum up to the input tokens, those of the
output lines to the output tokens.

The detail is compact JSON; storage/pricing/detail.py reads it and does the arithmetic again.
"""

from __future__ import annotations

import msgspec

from storage.pricing.counts import Counts, ExtraCounts
from storage.pricing.tariff import Sheet, Tariff
from storage.pricing.units import ONE, UNITS

_HALF = UNITS // 2
_SCALED = UNITS * ONE
_SCALED_TWICE = UNITS * ONE**3
_encode = msgspec.json.encode


class Charge(msgspec.Struct, frozen=True, gc=False):
    """What a request costs, in nano-USD: `amount` to the client, `provider_amount` at the provider's price."""

    amount: int
    provider_amount: int
    detail: str


def rate(tariff: Tariff, counts: Counts, *, group_ratio: int = ONE, channel_ratio: int = ONE, at: int = 0) -> Charge:
    """The cost of a request that started `at` (unix seconds); ratios in millionths."""
    whole = counts.input
    out = counts.output
    cached = counts.cached
    written = counts.cache_write
    extra = counts.extra
    sheet = tariff.sheet(whole) if tariff.tiers else tariff.base
    plain = whole - cached - written
    lines: list[str] = []
    total = 0
    # Of the integers or-ed together one is negative exactly when the result is.
    if extra is not None or plain | cached | written | out < 0 or tariff.call or sheet.reasoning != sheet.output:
        lines, total = _every_line(tariff, sheet, counts, extra)
    else:
        if plain:
            price = sheet.input
            total = product = plain * price
            lines.append(f'["input",{plain},{price},{product}]')
        if cached:
            price = sheet.cache_read
            product = cached * price
            total += product
            lines.append(f'["cache_read",{cached},{price},{product}]')
        if written:
            price = sheet.cache_write
            product = written * price
            total += product
            lines.append(f'["cache_write",{written},{price},{product}]')
        if out:
            price = sheet.output
            product = out * price
            total += product
            lines.append(f'["output",{out},{price},{product}]')
    detail = f'{{"v":1,"price":{tariff.id},"lines":[{",".join(lines)}],"sum":{total}'
    window = tariff.window_ratio(at) if tariff.windows else ONE
    if window == ONE == group_ratio == channel_ratio:
        provider_amount = amount = (total + _HALF) // UNITS
    else:
        provider_amount = (total * window + _SCALED // 2) // _SCALED
        amount = (total * window * group_ratio * channel_ratio + _SCALED_TWICE // 2) // _SCALED_TWICE
        if window != ONE:
            detail += f',"window":{window}'
        if group_ratio != ONE:
            detail += f',"group":{group_ratio}'
        if channel_ratio != ONE:
            detail += f',"channel":{channel_ratio}'
    if sheet.above:
        detail += f',"above":{sheet.above}'
    if extra is not None:
        detail += f',"counts":{_counts(extra)}'
    return Charge(amount, provider_amount, detail + "}")


def _every_line(tariff: Tariff, sheet: Sheet, counts: Counts, extra: ExtraCounts | None) -> tuple[list[str], int]:
    """The lines and their sum where there is more than plain text, or where the parts exceed the whole."""
    whole, out = max(counts.input, 0), max(counts.output, 0)
    left = whole
    found: list[tuple[str, int, int]] = []

    def take(name: str, wanted: int, price: int, of: int) -> int:
        taken = min(max(wanted, 0), of)
        found.append((name, taken, price))
        return of - taken

    hour = min(max(extra.cache_write_1h, 0), max(counts.cache_write, 0)) if extra is not None else 0
    left = take("cache_read", counts.cached, sheet.cache_read, left)
    left = take("cache_write_1h", hour, sheet.cache_write_1h, left)
    left = take("cache_write", counts.cache_write - hour, sheet.cache_write, left)
    if extra is not None:
        left = take("audio_input", extra.audio_input, sheet.audio_input, left)
        left = take("image_input", extra.image_input, sheet.image_input, left)
    take("input", left, sheet.input, left)
    left = out
    if extra is not None:
        left = take("audio_output", extra.audio_output, sheet.audio_output, left)
        left = take("image_output", extra.image_output, sheet.image_output, left)
    if sheet.reasoning != sheet.output:
        left = take("reasoning", counts.reasoning, sheet.reasoning, left)
    take("output", left, sheet.output, left)
    if tariff.call:
        found.append(("call", 1, tariff.call))
    if extra is not None:
        found.append(("media", max(extra.media_ms, 0), tariff.media))
        found += [
            (f"image:{kind}", max(count, 0), tariff.image_price(kind)) for kind, count in (extra.images or {}).items()
        ]
        found += [
            (f"tool:{name}", max(count, 0), tariff.tools.get(name, 0)) for name, count in (extra.tools or {}).items()
        ]
    lines = [
        f"[{_encode(name).decode()},{quantity},{price},{quantity * price}]"
        for name, quantity, price in found
        if quantity
    ]
    return lines, sum(quantity * price for _, quantity, price in found)


def _counts(extra: ExtraCounts) -> str:
    """What the record's own columns do not hold: needed to rate the request again at another price."""
    kept: dict[str, object] = {
        name: getattr(extra, name)
        for name in ("cache_write_1h", "image_input", "image_output", "audio_input", "audio_output", "media_ms")
    }
    kept |= {"images": dict(extra.images or {}), "tools": dict(extra.tools or {})}
    return _encode({name: value for name, value in kept.items() if value}).decode()
