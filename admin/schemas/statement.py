"""Statements on the wire. Amounts are decimal text in USD."""

from typing import Literal

from pydantic import Field

from admin.schemas.base import StoredTime, Wire


class StatementLine(Wire):
    """A change of the balance that was booked by hand or by a payment."""

    at: StoredTime
    reason: str = Field(examples=["topup"])
    reference: str
    note: str
    amount: str


class ModelLine(Wire):
    """What requests to one model came to."""

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost: str


class StatementOut(Wire):
    """An owner's month. opening + by_reason = closing, to the nano-USD."""

    month: str = Field(examples=["2026-10"])
    final: bool = Field(description="false: the month is not over.")
    kind: Literal["user", "organisation"]
    owner_id: int
    owner: str
    starts_at: StoredTime
    ends_at: StoredTime
    opening: str = Field(description="The balance before.")
    closing: str = Field(description="The balance after.")
    spent: str = Field(description="Requests that the balance paid.")
    spent_from_subscriptions: str = Field(description="Requests that the quota of subscriptions paid.")
    by_reason: dict[str, str]
    lines: list[StatementLine] = Field(description="At most 1000.")
    models: list[ModelLine] = Field(description="At most 1000, the costliest first.")
