"""What a key is told of its own usage: shapes that clients know from New API and from OpenAI's former dashboard.

Amounts are numbers there, for display; nothing is computed from them. https://github.com/QuantumNous/new-api,
controller/token.go and controller/billing.go (2026-11).
"""

from typing import Literal

from pydantic import Field

from admin.schemas.base import Wire


class TokenUsage(Wire):
    """In New API's units, 500,000 to the USD."""

    object: Literal["token_usage"] = "token_usage"
    name: str
    total_granted: int
    total_used: int
    total_available: int
    unlimited_quota: bool
    model_limits: dict[str, bool]
    model_limits_enabled: bool
    expires_at: int = Field(description="Unix seconds; 0: never.")


class TokenUsageOut(Wire):
    """The answer of /api/usage/token."""

    code: bool = True
    message: str = "ok"
    data: TokenUsage


class BillingSubscription(Wire):
    """Used and left together, in USD; 100,000,000 where nothing limits the key."""

    object: Literal["billing_subscription"] = "billing_subscription"
    has_payment_method: bool = True
    soft_limit_usd: float
    hard_limit_usd: float
    system_hard_limit_usd: float
    access_until: int = Field(description="Unix seconds; 0: no end.")


class LineItem(Wire):
    """What a model cost on a day, in cents."""

    name: str
    cost: float


class DailyCost(Wire):
    """One day in UTC."""

    timestamp: int
    line_items: list[LineItem]


class BillingUsage(Wire):
    """What was used, in cents."""

    object: Literal["list"] = "list"
    daily_costs: list[DailyCost]
    total_usage: float
