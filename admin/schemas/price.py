"""The price on the wire: decimal text in USD per 1,000,000 tokens; integers (nano-USD) everywhere behind it."""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from admin.schemas.base import StoredTime, Text, Wire
from admin.schemas.models import Pattern

NANO = 10**9
MAX_USD = 1_000_000
_NUMBER = re.compile(r"[0-9.eE+-]{1,40}")
AMOUNTS = ("input", "output", "cache_read", "cache_write")


def usd_to_nano(value: object) -> int:
    """USD as decimal text, int or float -> nano-USD. Raises ValueError for what is negative, too large or too fine."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        # pydantic makes a 422 of a ValueError only.
        raise ValueError('must be a decimal number in USD per million tokens, such as "0.15"')  # noqa: TRY004
    text = value if isinstance(value, str) else repr(value)
    try:
        amount = Decimal(text) if _NUMBER.fullmatch(text) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MAX_USD:
        raise ValueError(f'must be a decimal number from 0 to {MAX_USD} in USD per million tokens, such as "0.15"')
    nano = amount * NANO
    if nano != int(nano):
        raise ValueError("must have at most 9 decimal places")
    return int(nano)


def nano_to_usd(value: int) -> str:
    """nano-USD -> decimal text in USD without an exponent and without superfluous zeros."""
    sign, digits = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(digits, NANO)
    text = f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
    return sign + text


def _canonical(value: object) -> str:
    return nano_to_usd(usd_to_nano(value))


Usd = Annotated[
    str,
    BeforeValidator(_canonical, json_schema_input_type=str | float),
    Field(description="USD per 1,000,000 tokens.", examples=["0.15"]),
]


def _no_star(value: str) -> str:
    if "*" in value:
        raise ValueError("must be one model name, not a glob")
    return value


PriceModel = Annotated[Pattern, AfterValidator(_no_star), Field(examples=["gpt-5-mini"])]


class PriceSet(Wire):
    """A price to store, in place of the earlier one for the same (provider, model). Empty provider: any provider."""

    model: PriceModel
    provider: Annotated[Text, Field(max_length=64)] = ""
    input: Usd
    output: Usd
    cache_read: Usd | None = Field(default=None, description="null: as input.")
    cache_write: Usd | None = Field(default=None, description="null: as input.")

    def columns(self) -> dict[str, int | None]:
        """The stored amounts in nano-USD per 1,000,000 tokens."""
        amounts = {name: getattr(self, name) for name in AMOUNTS}
        return {name: None if amount is None else usd_to_nano(amount) for name, amount in amounts.items()}


StoredUsd = Annotated[str, BeforeValidator(lambda value: nano_to_usd(value) if isinstance(value, int) else value)]


class PriceOut(Wire):
    """A stored price, USD per 1,000,000 tokens. Operator prices win over seeded ones."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    provider: str
    model: str
    input: StoredUsd
    output: StoredUsd
    cache_read: StoredUsd | None
    cache_write: StoredUsd | None
    source: Literal["seed", "operator", "apply"]
    created_at: StoredTime


class PriceList(Wire):
    """Prices by provider and model; `total` counts all that match, `items` is one page of them."""

    items: list[PriceOut]
    total: int
