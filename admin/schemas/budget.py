"""The budget on the wire: what a key, user, team or organisation may spend in all or per period, in USD."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from admin.schemas.account import PositiveUsd
from admin.schemas.base import Patch, StoredTime, Text, Wire

Scope = Literal["key", "user", "team", "organisation"]
PeriodName = Literal["total", "day", "week", "month"]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
Alerts = Annotated[
    list[Percent],
    Field(max_length=10, description="Percentages spent that are reported, each once per period."),
    AfterValidator(lambda values: sorted(set(values))),
]


class BudgetCreate(Wire):
    """A new budget of one owner, who may have several."""

    scope: Scope
    owner: Annotated[
        Text,
        Field(min_length=1, max_length=140, description="Name or id of that key, user, team (ORGANISATION/TEAM) ..."),
    ]
    period: PeriodName = Field(description="In UTC; weeks begin on Monday.")
    amount: PositiveUsd
    alerts: Alerts = []


class BudgetPatch(Patch):
    """A partial change. Another amount counts at once, another period begins with the full amount."""

    period: PeriodName = "total"
    amount: PositiveUsd = "1"
    alerts: Alerts = []


class BudgetOut(Wire):
    """A budget and its present period. `spent` counts what is settled, `held` what replicas may still spend of it."""

    id: int
    scope: Scope
    owner: str = Field(description='Its present name, "" when it was removed.')
    owner_id: int
    period: PeriodName
    amount: str
    alerts: list[int]
    account_id: int | None = Field(description="null: nothing was spent of this period yet.")
    period_start: StoredTime | None
    spent: str
    held: str
    available: str
    created_at: StoredTime
    updated_at: StoredTime


class BudgetReset(Wire):
    """What a reset gave back to the present period, USD."""

    added: str
