"""One change of many subscriptions, orders or captured requests on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from admin.bulk import MAX_ITEMS, BulkWanted
from admin.schemas.base import Flag, Text, Wire

RequestIdText = Annotated[
    str, Field(strict=True, min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$", examples=["req_0f00000001"])
]
_Reason = Annotated[Text, Field(max_length=200, description="Why, for the audit log.", examples=["fraud"])]


class SubscriptionBulk(BulkWanted):
    """End now, or give the present periods their full quota back."""

    action: Literal["end", "reset"]
    reason: _Reason = ""


class OrderBulk(BulkWanted):
    """Stop waiting for the payments, or say that they have arrived (`complete`, for those who manage orders)."""

    action: Literal["cancel", "complete"]
    reason: _Reason = ""


class CaptureBulk(Wire):
    """Delete what was captured of each request, before its time."""

    request_ids: list[RequestIdText] = Field(
        default_factory=list, max_length=MAX_ITEMS, examples=[["req_0f00000001", "req_0f00000002"]]
    )
    action: Literal["delete"]
    dry_run: Flag = Field(default=False, description="Only say what would be changed.")
