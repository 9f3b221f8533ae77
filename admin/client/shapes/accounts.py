"""Accounts: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import Money


class AccountOut(TypedDict):
    """An account. `name` is the present name of its user, organisation or channel, '' ..."""

    id: int
    kind: Literal["user", "organisation", "budget", "channel", "subscription"]
    subject_id: int
    name: str
    period_start: str | None
    money: Money


class Amounts(TypedDict):
    """nano-USD."""

    topups: int
    redemptions: int
    grants: int
    refunds: int
    corrections: int
    purchases: int
    other: int
    consumed: int
    provider_cost: int


class DifferenceOut(TypedDict):
    """Something that is not the sum of what it is made of, nano-USD or rows."""

    where: str
    what: str
    stored: int
    computed: int


class EntryCreate(TypedDict):
    """An entry to book."""

    amount: str | int
    reason: Literal["topup", "redemption", "grant", "refund", "correction"]
    reference: NotRequired[str | None]
    note: NotRequired[str]
    overdraw: NotRequired[bool]


class EntryOut(TypedDict):
    """One entry: the change of the balance and of what is held."""

    id: int
    account_id: int
    amount: str
    held: str
    reason: str
    actor: str
    reference: str
    at: str
    note: str


class FlowPart(TypedDict):
    """A day or month (UTC)."""

    topups: int
    redemptions: int
    grants: int
    refunds: int
    corrections: int
    purchases: int
    other: int
    consumed: int
    provider_cost: int
    at: str


class ListedAccountOut(TypedDict):
    """ListedAccountOut of the document."""

    items: list[AccountOut]
    next: NotRequired[str | None]


class ListedEntryOut(TypedDict):
    """ListedEntryOut of the document."""

    items: list[EntryOut]
    next: NotRequired[str | None]


class MoneyFlow(TypedDict):
    """Days or months that have anything, in order, and their sum."""

    scope: Literal["own", "organisation", "all"]
    per: Literal["day", "month"]
    items: list[FlowPart]
    total: Amounts


class VerifyPage(TypedDict):
    """One page of the verification; `next` continues it as `after`, null at the end."""

    checked: int
    skipped: int
    next: str | None
    differences: list[DifferenceOut]
