"""Own usage: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.own_usage import BillingSubscription, BillingUsage, TokenUsageOut
    from admin.client.transport import Transport


class OwnUsageApi:
    """The operations of own usage."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def own_token_usage(self) -> TokenUsageOut:
        """What the key has used and what is left for it, as New API says it."""
        return cast("TokenUsageOut", self._transport.call("GET", "/api/usage/token"))

    def own_subscription(self) -> BillingSubscription:
        """What the key may spend in all, as OpenAI's dashboard said it."""
        return cast("BillingSubscription", self._transport.call("GET", "/v1/dashboard/billing/subscription"))

    def own_billing_usage(self, *, start_date: str | None = None, end_date: str | None = None) -> BillingUsage:
        """What the key has used, by day and model where a time is asked for: up to 100 ..."""
        return cast(
            "BillingUsage",
            self._transport.call(
                "GET", "/v1/dashboard/billing/usage", query={"start_date": start_date, "end_date": end_date}
            ),
        )
