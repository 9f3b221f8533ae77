"""When people are told of things by themselves, and how long that is remembered."""

from decimal import Decimal

from pydantic import Field

from admin.options.base import OptionGroup


class Notifications(OptionGroup):
    """Notifications and webhooks."""

    area = "notifications"
    title = "Notifications"

    low_balance: Decimal = Field(
        Decimal(0),
        ge=0,
        le=1_000_000,
        decimal_places=9,
        description="Owners of a balance that limits spending are told when it falls below this many USD, "
        "unless they named another amount; 0: only those who did.",
        examples=["1.00"],
    )
    ending_days: int = Field(
        3,
        ge=0,
        le=60,
        description="Days before its end that a subscription which is not renewed is reported; 0: never.",
    )
    kept_days: int = Field(30, ge=1, le=365, description="Days that events and their deliveries are kept.")
    targets_each: int = Field(20, ge=1, le=200, description="Webhooks and notification targets that one user may have.")
