"""Budgets: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class BudgetBulk(TypedDict):
    """Change (with `values`) or remove."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["change", "delete"]
    values: NotRequired[BudgetPatch | None]


class BudgetCreate(TypedDict):
    """A new budget of one owner, who may have several."""

    scope: Literal["key", "user", "team", "organisation"]
    owner: str
    period: Literal["total", "day", "week", "month"]
    amount: str | int
    alerts: NotRequired[list[int]]


class BudgetOut(TypedDict):
    """A budget and its present period. `spent` counts what is settled, `held` what ..."""

    id: int
    scope: Literal["key", "user", "team", "organisation"]
    owner: str
    owner_id: int
    period: Literal["total", "day", "week", "month"]
    amount: str
    alerts: list[int]
    account_id: int | None
    period_start: str | None
    spent: str
    held: str
    available: str
    created_at: str
    updated_at: str


class BudgetPatch(TypedDict):
    """A partial change."""

    period: NotRequired[Literal["total", "day", "week", "month"]]
    amount: NotRequired[str | int]
    alerts: NotRequired[list[int]]


class BudgetReset(TypedDict):
    """What a reset gave back to the present period, USD."""

    added: str


class ListedBudgetOut(TypedDict):
    """ListedBudgetOut of the document."""

    items: list[BudgetOut]
    next: NotRequired[str | None]
