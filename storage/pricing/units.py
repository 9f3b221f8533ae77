"""Units of money: integers only, and the one place where they are rounded.

Money is nano-USD (10^-9 USD). Every unit price is nano-USD per 1,000,000 units: tokens, calls, images, milliseconds.
Quantity times unit price is therefore in femto-USD (10^-15 USD) and exact; only a whole amount is rounded, once, half
up. Multipliers are integers in millionths: 1,000,000 is x1.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

NANO = 10**9
"""Nano-USD in a USD."""

UNITS = 10**6
"""What a unit price is for, and femto-USD in a nano-USD."""

ONE = 10**6
"""The multiplier x1."""

MAX_RATIO = 1000 * ONE

QUOTA_UNIT = 2000
"""Nano-USD in one quota unit of New API: 500,000 of them are a USD. For showing and importing only."""


def half_up(amount: int, divisor: int) -> int:
    """`amount` / `divisor`, rounded half up; both 0 or more."""
    return (amount + divisor // 2) // divisor


def nano_usd(amount: Decimal | str | int, units: int = 1) -> int:
    """An amount of USD in nano-USD times `units`, rounded half up.

    For prices: USD per million tokens is nano-USD per 1,000,000 tokens; USD per call needs `units` of 1,000,000. Raises
    ValueError for what is no finite amount of 0 to a million USD.
    """
    try:
        usd = Decimal(amount)
    except ArithmeticError as error:
        msg = f"{amount!r} is not an amount of money"
        raise ValueError(msg) from error
    if not usd.is_finite() or usd < 0 or usd > 10**6:
        msg = f"{amount!r} is not an amount between 0 and a million USD"
        raise ValueError(msg)
    return int((usd * NANO * units).to_integral_value(ROUND_HALF_UP))


def usd_text(nano: int) -> str:
    """Nano-USD -> decimal text in USD, exact, with at least two digits behind the point."""
    sign, digits = ("-", -nano) if nano < 0 else ("", nano)
    whole, rest = divmod(digits, NANO)
    return f"{sign}{whole}.{f'{rest:09d}'.rstrip('0').ljust(2, '0')}"


def millionths(ratio: Decimal | str | int) -> int:
    """A multiplier such as "0.85" in millionths. Raises ValueError below 0, above 1,000 or finer than a millionth."""
    try:
        value = Decimal(ratio)
    except ArithmeticError as error:
        msg = f"{ratio!r} is not a multiplier"
        raise ValueError(msg) from error
    if not value.is_finite() or not 0 <= value <= MAX_RATIO // ONE:
        msg = f"{ratio!r} is not a multiplier between 0 and {MAX_RATIO // ONE}"
        raise ValueError(msg)
    exact = value * ONE
    if exact != int(exact):
        msg = f"{ratio!r} is finer than a millionth"
        raise ValueError(msg)
    return int(exact)


def ratio_text(ratio: int) -> str:
    """A multiplier as decimal text without superfluous zeros: 850000 -> "0.85"."""
    whole, rest = divmod(ratio, ONE)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def quota_units(nano: int) -> int:
    """Nano-USD as quota units of New API, rounded half away from zero."""
    units = half_up(abs(nano), QUOTA_UNIT)
    return -units if nano < 0 else units


def from_quota_units(units: int) -> int:
    """Quota units of New API as nano-USD; exact."""
    return units * QUOTA_UNIT
