"""Own usage: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class BillingSubscription(TypedDict):
    """Used and left together, in USD; 100,000,000 where nothing limits the key."""

    object: NotRequired[Literal["billing_subscription"]]
    has_payment_method: NotRequired[bool]
    soft_limit_usd: float
    hard_limit_usd: float
    system_hard_limit_usd: float
    access_until: int


class BillingUsage(TypedDict):
    """What was used, in cents."""

    object: NotRequired[Literal["list"]]
    daily_costs: list[DailyCost]
    total_usage: float


class DailyCost(TypedDict):
    """One day in UTC."""

    timestamp: int
    line_items: list[LineItem]


class LineItem(TypedDict):
    """What a model cost on a day, in cents."""

    name: str
    cost: float


class TokenUsage(TypedDict):
    """In New API's units, 500,000 to the USD."""

    object: NotRequired[Literal["token_usage"]]
    name: str
    total_granted: int
    total_used: int
    total_available: int
    unlimited_quota: bool
    model_limits: dict[str, bool]
    model_limits_enabled: bool
    expires_at: int


class TokenUsageOut(TypedDict):
    """The answer of /api/usage/token."""

    code: NotRequired[bool]
    message: NotRequired[str]
    data: TokenUsage
