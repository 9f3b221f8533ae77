"""Amounts of money on the wire: decimal text in USD; integers everywhere behind it.

Three kinds of price differ only in what they are for: 1,000,000 tokens, one call (or image), one second. Stored, every
unit price is nano-USD per 1,000,000 units (a second is 1,000 units of media).
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BeforeValidator, Field

from storage.pricing.units import MAX_RATIO, NANO, ONE, UNITS, millionths, ratio_text

MAX_USD = 1_000_000
MAX_USD_EACH = 1_000
EACH = UNITS
SECOND = 1000
_NUMBER = re.compile(r"[0-9.eE+-]{1,40}")


def usd_to_nano(value: object, most: int = MAX_USD, what: str = "per million tokens") -> int:
    """USD as decimal text, int or float -> nano-USD. Raises ValueError for what is negative, too large or too fine."""
    amount = _decimal(value, f'must be a decimal number in USD {what}, such as "0.15"')
    if not amount.is_finite() or not 0 <= amount <= most:
        raise ValueError(f'must be a decimal number from 0 to {most} in USD {what}, such as "0.15"')
    nano = amount * NANO
    if nano != int(nano):
        raise ValueError("must have at most 9 decimal places")
    return int(nano)


def _decimal(value: object, message: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        # pydantic makes a 422 of a ValueError only.
        raise ValueError(message)  # noqa: TRY004
    text = value if isinstance(value, str) else repr(value)
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else Decimal("NaN")
    except InvalidOperation:
        return Decimal("NaN")


def nano_to_usd(value: int, units: int = 1) -> str:
    """Nano-USD for `units` -> decimal text in USD for one, without an exponent and without superfluous zeros.

    `units` is a power of ten.
    """
    sign, digits = ("-", -value) if value < 0 else ("", value)
    scale = NANO * units
    whole, rest = divmod(digits, scale)
    text = f"{whole}.{rest:0{len(str(scale)) - 1}d}".rstrip("0").rstrip(".")
    return sign + text


def ratio_to_millionths(value: object) -> int:
    """A multiplier as decimal text, int or float -> millionths. Raises ValueError."""
    amount = _decimal(value, 'must be a decimal number, such as "0.85"')
    if not amount.is_finite() or not 0 <= amount <= MAX_RATIO // ONE:
        raise ValueError(f'must be a decimal number from 0 to {MAX_RATIO // ONE}, such as "0.85"')
    try:
        return millionths(amount)
    except ValueError:
        raise ValueError("must have at most 6 decimal places") from None


Usd = Annotated[
    str,
    BeforeValidator(lambda value: nano_to_usd(usd_to_nano(value)), json_schema_input_type=str | float),
    Field(description="USD per 1,000,000 tokens.", examples=["0.15"]),
]

UsdEach = Annotated[
    str,
    BeforeValidator(
        lambda value: nano_to_usd(usd_to_nano(value, MAX_USD_EACH, "each")), json_schema_input_type=str | float
    ),
    Field(description="USD each.", examples=["0.01"]),
]

Ratio = Annotated[
    str,
    BeforeValidator(lambda value: ratio_text(ratio_to_millionths(value)), json_schema_input_type=str | float),
    Field(description="A multiplier; 1 changes nothing.", examples=["0.85"]),
]
