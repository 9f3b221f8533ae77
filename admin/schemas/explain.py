"""How an amount came about, on the wire: decimal text in USD, without rounding but in the two amounts."""

from typing import Annotated

from pydantic import ConfigDict, Field

from admin.said import SaidOut
from admin.schemas.amounts import EACH, SECOND, nano_to_usd
from admin.schemas.base import Wire
from admin.schemas.price import PriceOut
from storage.pricing.detail import Detail, Line
from storage.pricing.units import UNITS, ratio_text

_MEDIA = "media"
_EACH = ("call", "image", "tool")


class ExplainLine(Wire):
    """quantity x unit price = amount; the unit price is for `per` (tokens), one call or image, or one second."""

    component: Annotated[str, Field(examples=["cache_read"])]
    quantity: Annotated[str, Field(examples=["1234"])]
    unit_price: Annotated[str, Field(examples=["0.15"])]
    per: Annotated[str, Field(examples=["1,000,000 tokens"])]
    amount: str

    @classmethod
    def of(cls, line: Line) -> "ExplainLine":
        """The line in units that people use."""
        kind = line.component.partition(":")[0]
        if kind == _MEDIA:
            quantity, price, per = nano_to_usd(line.quantity * 10**6), nano_to_usd(line.unit_price, SECOND), "second"
        elif kind in _EACH:
            quantity, price, per = str(line.quantity), nano_to_usd(line.unit_price, EACH), kind
        else:
            quantity, price, per = str(line.quantity), nano_to_usd(line.unit_price), "1,000,000 tokens"
        amount = nano_to_usd(line.product, UNITS)
        return cls(component=line.component, quantity=quantity, unit_price=price, per=per, amount=amount)


class CorrectionOut(Wire):
    """A later difference, nano-USD, and the price version that it comes from."""

    model_config = ConfigDict(from_attributes=True)

    at: int = Field(description="Unix time in seconds.")
    price_id: int
    cost: int
    provider_cost: int
    reference: str = Field(description="That of the ledger's entries.")


class ExplainOut(Wire):
    """The arithmetic of one request's cost. `matches` says that all of it was computed again with the same result.

    sum x window = provider cost; provider cost before rounding x group x channel = cost. Each is rounded once, half up,
    to a nano-USD.
    """

    request_id: str
    model: str
    provider: str
    upstream_model: str
    started_at: int = Field(description="Unix time in microseconds.")
    usage_source: str
    price: PriceOut | None = Field(description="The version that was used; null: the model had none.")
    lines: list[ExplainLine]
    sum: str = Field(description="USD, not rounded.")
    tier_above: int = Field(description="The tier of the context length: more input tokens than these; 0: none.")
    window: str
    group: str = Field(description="The group's multiplier.")
    channel: str = Field(description="The channel's multiplier.")
    cost: int = Field(description="Nano-USD, as booked.")
    provider_cost: int = Field(description="Nano-USD at the provider's price, as booked.")
    computed_cost: int
    computed_provider_cost: int
    recomputed: bool = Field(description="The row holds no detail of its own; the price version's is shown.")
    matches: bool
    problems: list[str]
    problems_said: list[SaidOut] = Field(description="The same, for other languages.")
    corrections: list[CorrectionOut] = Field(description="What was booked later because of other prices.")
    corrected_cost: int = Field(description="Nano-USD: the cost with all corrections.")
    quota: int = Field(description="The same in New API's units, 500,000 to the USD.")


def arithmetic(detail: Detail | None) -> dict[str, object]:
    """The fields of ExplainOut that a detail gives."""
    if detail is None:
        plain = {"lines": [], "sum": "0", "tier_above": 0, "window": "1", "group": "1", "channel": "1"}
        return {**plain, "computed_cost": 0, "computed_provider_cost": 0}
    return {
        "lines": [ExplainLine.of(line) for line in detail.lines],
        "sum": nano_to_usd(detail.sum, UNITS),
        "tier_above": detail.above,
        "window": ratio_text(detail.window),
        "group": ratio_text(detail.group),
        "channel": ratio_text(detail.channel),
        "computed_cost": detail.amount,
        "computed_provider_cost": detail.provider_amount,
    }
