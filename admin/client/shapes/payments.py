"""Payments: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from admin.client.shapes.common import SaidOut


class CheckInOut(TypedDict):
    """One's check-ins of this month."""

    enabled: bool
    today: bool
    least: str
    most: str
    days: dict[str, str]


class CheckedIn(TypedDict):
    """What today's check-in gave; `new` is false when it was made before."""

    credit: str
    new: bool


class CheckoutOut(TypedDict):
    """Where to pay: open `url`, or with method POST send the fields there as a form."""

    url: str
    method: Literal["GET", "POST"]
    fields: dict[str, str]


class CodeBulk(TypedDict):
    """Switch off, switch on or delete codes that are not redeemed: `ids`, or all that ..."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete"]
    filter: NotRequired[CodeFilter | None]


class CodeFilter(TypedDict):
    """Which codes are meant: those to which all that is named here applies."""

    q: NotRequired[str]
    state: NotRequired[Literal["available", "redeemed", "expired", "disabled"] | None]
    batch: NotRequired[str | None]


class CodeOut(TypedDict):
    """A code, without its text."""

    id: int
    hint: str
    name: str
    batch: str
    credit: str
    state: Literal["available", "redeemed", "expired", "disabled"]
    redeemed_by: int | None
    redeemed_by_name: str | None
    redeemed_at: str | None
    expires_at: str | None
    actor: str
    created_at: str


class CodeShown(TypedDict):
    """The text of a code."""

    code: str


class CodesCreate(TypedDict):
    """A batch of codes of the same credit."""

    name: str
    credit: str | int
    count: NotRequired[int]
    expires_at: NotRequired[str | None]
    codes: NotRequired[list[str] | None]


class CodesMade(TypedDict):
    """The new codes."""

    batch: str
    codes: list[str]


class DiscountOut(TypedDict):
    """From `least` USD on, `part` of the price is paid."""

    least: str
    part: str


class ListedCodeOut(TypedDict):
    """ListedCodeOut of the document."""

    items: list[CodeOut]
    next: NotRequired[str | None]


class ListedOrderOut(TypedDict):
    """ListedOrderOut of the document."""

    items: list[OrderOut]
    next: NotRequired[str | None]


class ModelLine(TypedDict):
    """What requests to one model came to."""

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost: str


class Note(TypedDict):
    """Why."""

    reason: NotRequired[str]


class OrderBulk(TypedDict):
    """Stop waiting for the payments, or say that they have arrived (`complete`, for ..."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["cancel", "complete"]
    reason: NotRequired[str]


class OrderDetail(TypedDict):
    """An order with its history. `events` are for those who manage orders."""

    order: OrderOut
    checkout: CheckoutOut | None
    refunds: list[RefundOut]
    receipts: list[ReceiptRef]
    events: list[ProviderEvent]


class OrderOut(TypedDict):
    """An order."""

    id: int
    number: str
    purpose: str
    item: str
    title: str
    title_said: NotRequired[SaidOut | None]
    user_id: int
    user: str | None
    organisation_id: int | None
    account_kind: str
    account_subject_id: int
    provider: str
    method: str
    state: str
    currency: str
    amount: str
    paid_amount: str
    refunded: str
    value: str
    credit: str
    problem: str
    problem_said: NotRequired[SaidOut | None]
    checkout_ref: str | None
    payment_ref: str | None
    actor: str
    created_at: str
    expires_at: str
    paid_at: str | None


class ProviderEvent(TypedDict):
    """A signed notification of the provider that was handled."""

    event: str
    kind: str
    outcome: str
    received_at: str


class QuoteOut(TypedDict):
    """What credit costs."""

    credit: str
    currency: str
    amount: str
    rate: str
    discount: str
    group_ratio: str


class ReceiptLine(TypedDict):
    """A name and what stands behind it."""

    name: str
    value: str


class ReceiptOut(TypedDict):
    """A receipt as it was issued."""

    number: str
    kind: str
    issued_at: str
    order: str
    title: str
    seller: list[str]
    buyer: list[str]
    facts: list[ReceiptLine]
    amounts: list[ReceiptLine]
    total: str


class ReceiptRef(TypedDict):
    """A receipt or credit note of an order."""

    number: str
    kind: str
    issued_at: str


class Redeem(TypedDict):
    """A code as somebody typed it."""

    code: str


class Redeemed(TypedDict):
    """What a code brought."""

    credit: str
    balance: str


class RefundOut(TypedDict):
    """A refund: asked (the provider has not settled it), done or failed."""

    number: str
    kind: str
    state: str
    amount: str
    credit: str
    provider_ref: str | None
    reason: str
    actor: str
    created_at: str
    done_at: str | None


class RefundSettle(TypedDict):
    """What became of a refund: ask the provider again, or a person says it."""

    result: Literal["ask", "done", "failed"]
    reason: NotRequired[str]


class RefundWanted(TypedDict):
    """A refund; without an amount all that is left."""

    amount: NotRequired[str | None]
    reason: NotRequired[str]
    overdraw: NotRequired[bool]


class Removed(TypedDict):
    """How many were removed."""

    removed: int


class StatementLine(TypedDict):
    """A change of the balance that was booked by hand or by a payment."""

    at: str
    reason: str
    reference: str
    note: str
    amount: str


class StatementOut(TypedDict):
    """An owner's month. opening + by_reason = closing, to the nano-USD."""

    month: str
    final: bool
    kind: Literal["user", "organisation"]
    owner_id: int
    owner: str
    starts_at: str
    ends_at: str
    opening: str
    closing: str
    spent: str
    spent_from_subscriptions: str
    by_reason: dict[str, str]
    lines: list[StatementLine]
    models: list[ModelLine]


class TopUpMade(TypedDict):
    """A new order and where to pay it."""

    order: OrderOut
    checkout: CheckoutOut


class TopUpOffer(TypedDict):
    """What may be bought and how."""

    enabled: bool
    ways: list[WayOut]
    presets: list[str]
    minimum: str
    maximum: str
    discounts: list[DiscountOut]


class TopUpWanted(TypedDict):
    """Credit to buy. `amount` is left out for a product of a fixed price."""

    provider: str
    method: NotRequired[str]
    amount: NotRequired[str | int | None]
    organisation: NotRequired[bool]


class WayOut(TypedDict):
    """A way to pay. `price` and `credit` are given where only products of a fixed ..."""

    provider: str
    method: str
    title: str
    currency: str
    price: NotRequired[str | None]
    credit: NotRequired[str | None]
    note: NotRequired[str]
