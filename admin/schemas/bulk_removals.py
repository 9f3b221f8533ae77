"""One removal of many objects on the wire; of plans also the switch."""

from typing import Literal

from admin.bulk import BulkWanted


class RemovalBulk(BulkWanted):
    """Remove each that can be removed."""

    action: Literal["delete"]


class PlanBulk(BulkWanted):
    """Switch on or off, or remove (those that were never sold)."""

    action: Literal["enable", "disable", "delete"]
