"""Reading a price detail and doing its arithmetic again.

Owns the check that a stored amount is what its own detail, and the price version it names, give. The detail is written
by storage/pricing/rate.py.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from storage.pricing.counts import Counted, CountedExtra
from storage.pricing.entry import PriceEntry
from storage.pricing.rate import rate
from storage.pricing.tariff import Tariff
from storage.pricing.units import ONE, UNITS, half_up

MEDIA_WORDS = ("image", "audio_", "media")
"""How the names of what is no text begin in a detail: lines (image:hd, media) and counts (image_input, media_ms)."""


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One component: quantity times unit price (nano-USD per 1,000,000 units) is the product in femto-USD."""

    component: str
    quantity: int
    unit_price: int
    product: int


class Detail(msgspec.Struct, frozen=True):
    """A detail as `rate` wrote it. Multipliers in millionths; `above` is the threshold of the tier, 0 for none."""

    v: int
    price: int
    lines: list[Line]
    sum: int
    window: int = ONE
    group: int = ONE
    channel: int = ONE
    above: int = 0
    counts: CountedExtra | None = None

    @property
    def provider_amount(self) -> int:
        """Nano-USD at the provider's price."""
        return half_up(self.sum * self.window, UNITS * ONE)

    @property
    def amount(self) -> int:
        """Nano-USD to the client."""
        return half_up(self.sum * self.window * self.group * self.channel, UNITS * ONE**3)


class Booked(Protocol):
    """What a usage row says about money."""

    @property
    def started_at(self) -> int:
        """Unix time in microseconds."""

    @property
    def input_tokens(self) -> int:
        """See UsageRecord."""

    @property
    def output_tokens(self) -> int:
        """See UsageRecord."""

    @property
    def cached_tokens(self) -> int:
        """See UsageRecord."""

    @property
    def cache_write_tokens(self) -> int:
        """See UsageRecord."""

    @property
    def reasoning_tokens(self) -> int:
        """See UsageRecord."""

    @property
    def cost(self) -> int:
        """Nano-USD."""

    @property
    def provider_cost(self) -> int:
        """Nano-USD."""

    @property
    def price_id(self) -> int:
        """The price version, 0 for none."""

    @property
    def price_detail(self) -> str:
        """JSON, "" for none."""


class Explanation(msgspec.Struct, frozen=True):
    """How an amount came about. `problems` is empty when everything was computed again with the same result.

    `recomputed` says that the row itself holds no detail (it was booked before there were any) and the price version's
    arithmetic is shown in its place.
    """

    detail: Detail | None
    problems: list[str]
    recomputed: bool = False


def read(text: str) -> Detail:
    """The detail in `text`. Raises msgspec.MsgspecError when it is none."""
    return msgspec.json.decode(text, type=Detail)


def counts_of(row: Booked, detail: Detail | None) -> Counted:
    """The counts of a row, with those that only its detail holds."""
    return Counted(
        row.input_tokens,
        row.output_tokens,
        row.cached_tokens,
        row.cache_write_tokens,
        row.reasoning_tokens,
        None if detail is None else detail.counts,
    )


def explain(row: Booked, price: PriceEntry | None) -> Explanation:
    """Compute a row's amount again: its own detail line by line, then from its counts at the price version it names."""
    if not row.price_detail:
        return _without_detail(row, price)
    try:
        detail = read(row.price_detail)
    except msgspec.MsgspecError:
        return Explanation(None, ["the detail of this row cannot be read"])
    problems = [
        f"{line.component}: {line.quantity} x {line.unit_price} is not {line.product}"
        for line in detail.lines
        if line.quantity * line.unit_price != line.product
    ]
    if detail.sum != sum(line.product for line in detail.lines):
        problems.append(f"the lines do not add up to {detail.sum}")
    if detail.price != row.price_id:
        problems.append(f"the row names price version {row.price_id}, its detail version {detail.price}")
    problems += _differences(row, detail.amount, detail.provider_amount)
    if price is None:
        if row.price_id:
            problems.append(f"price version {row.price_id} is not stored any more")
        return Explanation(detail, problems)
    again = rate(
        Tariff(price),
        counts_of(row, detail),
        group_ratio=detail.group,
        channel_ratio=detail.channel,
        at=row.started_at // 1_000_000,
    )
    if read(again.detail) != detail:
        problems.append(f"price version {price.id} and the tokens of this row give another calculation")
    return Explanation(detail, problems)


def _without_detail(row: Booked, price: PriceEntry | None) -> Explanation:
    if price is None:
        return Explanation(None, [f"there is no price for an amount of {row.cost} nano-USD"] if row.cost else [])
    charge = rate(Tariff(price), counts_of(row, None), at=row.started_at // 1_000_000)
    return Explanation(read(charge.detail), _differences(row, charge.amount, charge.provider_amount), recomputed=True)


def _differences(row: Booked, amount: int, provider_amount: int) -> list[str]:
    found = []
    if row.cost != amount:
        found.append(f"booked are {row.cost} nano-USD, computed {amount}")
    if row.provider_cost != provider_amount and (row.price_detail or row.provider_cost):
        found.append(f"booked at the provider's price are {row.provider_cost} nano-USD, computed {provider_amount}")
    return found
