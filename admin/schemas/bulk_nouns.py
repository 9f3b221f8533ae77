"""One change of many organisations, teams, budgets, limits, safety rules or targets on the wire."""

from typing import Literal

from admin.bulk import BulkWanted
from admin.schemas.budget import BudgetPatch
from admin.schemas.organisation import TeamPatch


class OrganisationBulk(BulkWanted):
    """Switch on or off, or remove (those without members)."""

    action: Literal["enable", "disable", "delete"]


class TeamBulk(BulkWanted):
    """Change (with `values`, but for the name) or remove."""

    action: Literal["change", "delete"]
    values: TeamPatch | None = None


class BudgetBulk(BulkWanted):
    """Change (with `values`) or remove."""

    action: Literal["change", "delete"]
    values: BudgetPatch | None = None


class LimitBulk(BulkWanted):
    """Switch on or off, or remove."""

    action: Literal["enable", "disable", "delete"]


class SafetyRuleBulk(BulkWanted):
    """Switch on or off, or remove."""

    action: Literal["enable", "disable", "delete"]


class TargetBulk(BulkWanted):
    """Switch on or off, or remove. Switched on again, failures are forgotten."""

    action: Literal["enable", "disable", "delete"]
