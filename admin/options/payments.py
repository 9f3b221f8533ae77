"""What top-ups cost: amounts offered, discounts, currencies; and who issues the receipts."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import Field, field_validator

from admin.options.base import OptionGroup, PublicMark
from admin.options.checks import one_line
from storage.payments.currencies import DIGITS


def decimal_of(value: str) -> Decimal:
    """A plain decimal number of at most 6 places, more than 0. Raises ValueError."""
    try:
        found = Decimal(value) if len(value) <= 20 else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    exponent = found.as_tuple().exponent
    if not found.is_finite() or not 0 < found <= 10**9 or not isinstance(exponent, int) or exponent < -6:
        raise ValueError('must be a decimal number more than 0 with at most 6 places, such as "7.25"')
    return found


class Payments(OptionGroup):
    """Top-ups."""

    area = "payments"
    title = "Payments"
    guarded = True

    topups: Annotated[bool, PublicMark()] = Field(True, description="Whether people may top up by a payment provider.")
    presets: list[str] = Field(
        default_factory=lambda: ["5", "10", "20", "50", "100"], max_length=20, description="Amounts offered, in USD.",
    )  # fmt: skip
    minimum: str = Field("1", description="The least that is topped up, in USD.")
    maximum: str = Field("10000", description="The most that is topped up at a time, in USD.")
    discounts: dict[str, str] = Field(
        default_factory=dict, max_length=20, description="From how many USD which part of the price is paid.",
        examples=[{"100": "0.95", "500": "0.9"}],
    )  # fmt: skip
    rates: dict[str, str] = Field(
        default_factory=lambda: {"USD": "1", "EUR": "0.92", "CNY": "7.2"}, max_length=50,
        description="What 1 USD of credit costs in each currency (ISO 4217) that is taken.",
    )  # fmt: skip
    order_minutes: int = Field(60, ge=30, le=1440, description="How long an order waits for its payment.")
    seller_name: str = Field("", max_length=100, description="Who issues receipts.")
    seller_address: str = Field("", max_length=300, description="Address on receipts, parted by commas.")
    seller_tax_id: str = Field("", max_length=60, description="Tax number on receipts.")
    receipt_prefix: str = Field(
        "R", min_length=1, max_length=6, pattern=r"^[A-Z]+$", description="What numbers of receipts begin with."
    )
    receipt_note: str = Field("", max_length=500, description="A line at the foot of receipts.")

    receipt_font: str = Field(
        "", max_length=300, pattern=r"^$|^/[^\x00]*\.(ttf|otf)$",
        description="Path of a TrueType font on the gateway's machine, for PDF receipts in scripts other than Latin.",
    )  # fmt: skip

    _lines = field_validator("seller_name", "seller_address", "seller_tax_id", "receipt_note")(one_line)

    @field_validator("presets")
    @classmethod
    def _amounts(cls, value: list[str]) -> list[str]:
        for item in value:
            decimal_of(item)
        return value

    @field_validator("minimum", "maximum")
    @classmethod
    def _amount(cls, value: str) -> str:
        decimal_of(value)
        return value

    @field_validator("discounts")
    @classmethod
    def _discounts(cls, value: dict[str, str]) -> dict[str, str]:
        for least, part in value.items():
            decimal_of(least)
            if decimal_of(part) > 1:
                raise ValueError("a discount is at most 1: the part of the price that is paid")
        return value

    @field_validator("rates")
    @classmethod
    def _rates(cls, value: dict[str, str]) -> dict[str, str]:
        for currency, rate in value.items():
            if currency not in DIGITS:
                raise ValueError("a currency is one of: " + ", ".join(sorted(DIGITS)))
            decimal_of(rate)
        return value
