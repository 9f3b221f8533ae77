"""Redemption codes and check-ins on the wire."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from admin.bulk import BulkWanted
from admin.schemas.account import PositiveUsd, time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Name, StoredTime, Text, UtcTime, Wire
from storage.models.redemption_code import RedemptionCode
from storage.payments.codes import MAX_LENGTH, state_of

State = Literal["available", "redeemed", "expired", "disabled"]


OwnCode = Annotated[str, Field(strict=True, min_length=8, max_length=MAX_LENGTH, pattern=r"^[A-Za-z0-9-]+$")]


class CodesCreate(Wire):
    """A batch of codes of the same credit."""

    name: Name = Field(examples=["spring-2027"])
    credit: PositiveUsd = Field(description="USD of each.", examples=["10"])
    count: int = Field(default=1, strict=True, ge=1, le=1000)
    expires_at: UtcTime | None = None
    codes: list[OwnCode] | None = Field(
        default=None, max_length=1000, description="Codes of your own instead of new ones; they must be hard to guess."
    )


class CodesMade(Wire):
    """The new codes. Later they are shown to those who prove who they are."""

    batch: str
    codes: list[str] = Field(examples=[["7K3QD-0V9XR-2MHTA-W8ZEB-5PYNC"]])


class CodeOut(Wire):
    """A code, without its text."""

    id: int
    hint: str = Field(examples=["7K3QD..."])
    name: str
    batch: str
    credit: str = Field(description="USD.")
    state: State
    redeemed_by: int | None = Field(description="Id of the user.")
    redeemed_by_name: str | None
    redeemed_at: StoredTime | None
    expires_at: StoredTime | None
    actor: str
    created_at: StoredTime


class CodeShown(Wire):
    """The text of a code."""

    code: str


class CodeFilter(Wire):
    """Which codes are meant: those to which all that is named here applies."""

    q: Annotated[Text, Field(max_length=200)] = ""
    state: State | None = None
    batch: Annotated[Text, Field(max_length=40)] | None = None


class CodeBulk(BulkWanted):
    """Switch off, switch on or delete codes that are not redeemed: `ids`, or all that `filter` finds."""

    action: Literal["enable", "disable", "delete"]
    filter: CodeFilter | None = None


class Removed(Wire):
    """How many were removed."""

    removed: int


class Redeem(Wire):
    """A code as somebody typed it."""

    code: Annotated[Text, Field(min_length=1, max_length=MAX_LENGTH, examples=["7K3QD-0V9XR-2MHTA-W8ZEB-5PYNC"])]


class Redeemed(Wire):
    """What a code brought."""

    credit: str = Field(description="USD.")
    balance: str = Field(description="USD, of the account then.")


class CheckInOut(Wire):
    """One's check-ins of this month. A day ends at midnight UTC."""

    enabled: bool
    today: bool = Field(description="Whether one has checked in today.")
    least: str = Field(description="USD that a check-in gives at least.")
    most: str = Field(description="USD that it gives at most.")
    days: dict[date, str] = Field(description="USD by day.")


class CheckedIn(Wire):
    """What today's check-in gave; `new` is false when it was made before."""

    credit: str = Field(description="USD.")
    new: bool


def code_out(row: RedemptionCode, names: dict[int, str], now: int) -> CodeOut:
    """A stored code as the API shows it."""
    return CodeOut.model_validate({
        "id": row.id, "hint": row.hint, "name": row.name, "batch": row.batch, "credit": nano_to_usd(row.credit),
        "state": state_of(row, now), "redeemed_by": row.redeemed_by,
        "redeemed_by_name": names.get(row.redeemed_by or 0), "actor": row.actor,
        "redeemed_at": None if row.redeemed_at is None else time_of(row.redeemed_at),
        "expires_at": None if row.expires_at is None else time_of(row.expires_at),
        "created_at": time_of(row.created_at),
    })  # fmt: skip
