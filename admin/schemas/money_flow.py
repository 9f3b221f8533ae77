"""How money flows, on the wire: nano-USD as the balances change, so what is taken from them is negative."""

from typing import Literal

from pydantic import Field

from admin.schemas.base import Reaching, StoredTime, Wire


class Amounts(Wire):
    """nano-USD. All but the last two are changes of balances; `consumed` is what requests cost."""

    topups: int
    redemptions: int
    grants: int
    refunds: int
    corrections: int
    purchases: int
    other: int
    consumed: int
    provider_cost: int = Field(description="What the providers take for it, by their prices; operators see it.")


class FlowPart(Amounts):
    """A day or month (UTC)."""

    at: StoredTime


class MoneyFlow(Wire):
    """Days or months that have anything, in order, and their sum."""

    scope: Reaching
    per: Literal["day", "month"]
    items: list[FlowPart]
    total: Amounts
