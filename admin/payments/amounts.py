"""What a top-up costs. Pure, in integers: rates, discounts and ratios are millionths; rounded up once, at the end."""

from typing import Any, NamedTuple

from admin.options.payments import Payments, decimal_of
from storage.payments.currencies import DIGITS

NANO = 10**9
ONE = 10**6


class Quote(NamedTuple):
    """What is credited (nano-USD) and what it costs in the smallest unit of the currency, with how that came about."""

    value: int
    credit: int
    currency: str
    amount: int
    details: dict[str, Any]


class NotOfferedError(ValueError):
    """That amount or currency is not offered; the text says why."""


def quote(value: int, currency: str, settings: Payments, ratio: int = ONE) -> Quote:
    """The price of `value` nano-USD of credit for a group that pays `ratio` millionths. Raises NotOfferedError."""
    least, most = nano(settings.minimum), nano(settings.maximum)
    if not least <= value <= most:
        msg = f"must be between {settings.minimum} and {settings.maximum} USD"
        raise NotOfferedError(msg)
    return price(value, currency, settings, discount=discount(value, settings), ratio=ratio)


def price(value: int, currency: str, settings: Payments, *, discount: int = ONE, ratio: int = ONE) -> Quote:
    """As `quote`, of any amount: what something worth `value` nano-USD costs in the currency."""
    rate = settings.rates.get(currency)
    if rate is None or currency not in DIGITS:
        msg = f"nothing is sold in {currency}"
        raise NotOfferedError(msg)
    rate_of = millionths(rate)
    exact = value * rate_of * discount * ratio * 10 ** DIGITS[currency]
    amount = max(-(-exact // (NANO * ONE**3)), 1)
    details = {"rate": rate_of, "discount": discount, "ratio": ratio}
    return Quote(value, value, currency, amount, details)


def discount(value: int, settings: Payments) -> int:
    """The part of the price that is paid for so much, in millionths: that of the highest step that is reached."""
    steps = [(nano(least), millionths(part)) for least, part in settings.discounts.items()]
    return max((step for step in steps if step[0] <= value), default=(0, ONE))[1]


def millionths(text: str) -> int:
    """Decimal text as millionths; it was checked when it was set."""
    return int(decimal_of(text) * ONE)


def nano(text: str) -> int:
    """USD as decimal text in nano-USD; it was checked when it was set."""
    return int(decimal_of(text) * NANO)
