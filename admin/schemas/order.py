"""Orders, top-ups and refunds on the wire. Amounts are decimal text in the order's currency, credit is USD."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from admin.said import SaidOut, said
from admin.schemas.account import PositiveUsd, time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Flag, StoredTime, Text, Wire
from storage.models.order import Order, PaymentEvent, Receipt, Refund
from storage.payments import currencies

State = Literal["pending", "paid", "review", "failed", "expired", "cancelled", "refunded"]
Purpose = Literal["topup", "subscription"]
ProviderName = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9_-]{1,32}$", examples=["stripe"])]
MethodName = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9_-]{0,32}$", examples=["alipay"])]
Amount = Annotated[
    str, Field(strict=True, pattern=r"^\d{1,12}(\.\d{1,3})?$", description="In the currency.", examples=["10.50"])
]


class WayOut(Wire):
    """A way to pay. `price` and `credit` are given where only products of a fixed price are sold."""

    provider: str = Field(examples=["epay"])
    method: str = Field(examples=["alipay"])
    title: str = Field(examples=["Alipay"])
    currency: str = Field(examples=["CNY"])
    price: str | None = Field(default=None, description="In the currency.")
    credit: str | None = Field(default=None, description="USD.")
    note: str = Field(default="", description="What one has to know to pay so.")


class DiscountOut(Wire):
    """From `least` USD on, `part` of the price is paid."""

    least: str = Field(examples=["100"])
    part: str = Field(examples=["0.95"])


class TopUpOffer(Wire):
    """What may be bought and how."""

    enabled: bool
    ways: list[WayOut]
    presets: list[str] = Field(description="USD.", examples=[["5", "10", "20"]])
    minimum: str = Field(description="USD.", examples=["1"])
    maximum: str = Field(description="USD.", examples=["10000"])
    discounts: list[DiscountOut]


class TopUpWanted(Wire):
    """Credit to buy. `amount` is left out for a product of a fixed price."""

    provider: ProviderName
    method: MethodName = ""
    amount: PositiveUsd | None = None
    organisation: Flag = Field(default=False, description="Credit the organisation instead of oneself.")


class QuoteOut(Wire):
    """What credit costs."""

    credit: str = Field(description="USD.", examples=["100"])
    currency: str = Field(examples=["EUR"])
    amount: str = Field(description="To be paid, in the currency.", examples=["87.40"])
    rate: str = Field(description="Of the currency for 1 USD.", examples=["0.92"])
    discount: str = Field(description="Part of the price that is paid.", examples=["0.95"])
    group_ratio: str = Field(description="Multiplier of the user's group.", examples=["1"])


class CheckoutOut(Wire):
    """Where to pay: open `url`, or with method POST send the fields there as a form."""

    url: str
    method: Literal["GET", "POST"]
    fields: dict[str, str]


class OrderOut(Wire):
    """An order."""

    id: int
    number: str = Field(examples=["gw0641d3f9c7a1b2c3d4e5f607"])
    purpose: str = Field(examples=["topup"])
    item: str
    title: str
    title_said: SaidOut | None = Field(
        default=None, description="The same, for other languages; a plan's title is its operator's."
    )
    user_id: int
    user: str | None = Field(description="The user's present name.")
    organisation_id: int | None
    account_kind: str = Field(description="Whose account is credited: user or organisation.")
    account_subject_id: int
    provider: str = Field(examples=["stripe"])
    method: str
    state: str = Field(examples=["paid"])
    currency: str = Field(examples=["EUR"])
    amount: str = Field(description="To be paid, in the currency.")
    paid_amount: str = Field(description="Paid, with taxes that the provider added.")
    refunded: str = Field(description="Gone back, or on its way.")
    value: str = Field(description="USD, before discounts.")
    credit: str = Field(description="USD that are credited.")
    problem: str = Field(description="Why somebody has to look at it.")
    problem_said: SaidOut | None = Field(default=None, description="The same, for other languages.")
    checkout_ref: str | None = Field(description="The provider's checkout.")
    payment_ref: str | None = Field(description="The provider's payment.")
    actor: str
    created_at: StoredTime
    expires_at: StoredTime
    paid_at: StoredTime | None


class TopUpMade(Wire):
    """A new order and where to pay it."""

    order: OrderOut
    checkout: CheckoutOut


class RefundOut(Wire):
    """A refund: asked (the provider has not settled it), done or failed."""

    number: str
    kind: str = Field(description="refund, or dispute: the customer's bank took it.")
    state: str
    amount: str = Field(description="In the order's currency.")
    credit: str = Field(description="USD taken from the account.")
    provider_ref: str | None
    reason: str
    actor: str
    created_at: StoredTime
    done_at: StoredTime | None


class ProviderEvent(Wire):
    """A signed notification of the provider that was handled."""

    event: str
    kind: str
    outcome: str
    received_at: StoredTime


class ReceiptRef(Wire):
    """A receipt or credit note of an order."""

    number: str = Field(examples=["R2027-000001"])
    kind: str = Field(description="receipt or credit_note.")
    issued_at: StoredTime


class OrderDetail(Wire):
    """An order with its history. `events` are for those who manage orders."""

    order: OrderOut
    checkout: CheckoutOut | None = Field(description="Where to pay, while it is pending.")
    refunds: list[RefundOut]
    receipts: list[ReceiptRef]
    events: list[ProviderEvent]


class RefundWanted(Wire):
    """A refund; without an amount all that is left."""

    amount: Amount | None = None
    reason: Annotated[Text, Field(max_length=400)] = ""
    overdraw: Flag = Field(default=False, description="Also when the credit is spent already.")


class RefundSettle(Wire):
    """What became of a refund: ask the provider again, or a person says it."""

    result: Literal["ask", "done", "failed"]
    reason: Annotated[Text, Field(max_length=200)] = ""


class Note(Wire):
    """Why."""

    reason: Annotated[Text, Field(max_length=400)] = ""


def order_out(row: Order, names: Mapping[int, str]) -> OrderOut:
    """A stored order as the API shows it."""
    return OrderOut(
        id=row.id, number=row.number, purpose=row.purpose, item=row.item, title=row.title,
        title_said=said(row.title), problem_said=said(row.problem), user_id=row.user_id,
        user=names.get(row.user_id), organisation_id=row.organisation_id, account_kind=row.account_kind,
        account_subject_id=row.account_subject_id, provider=row.provider, method=row.method, state=row.state,
        currency=row.currency, amount=currencies.text(row.amount, row.currency),
        paid_amount=currencies.text(row.paid_amount, row.currency),
        refunded=currencies.text(row.refunded, row.currency), value=nano_to_usd(row.value),
        credit=nano_to_usd(row.credit), problem=row.problem, checkout_ref=row.checkout_ref,
        payment_ref=row.payment_ref, actor=row.actor, created_at=time_of(row.created_at),
        expires_at=time_of(row.expires_at), paid_at=None if row.paid_at is None else time_of(row.paid_at),
    )  # fmt: skip


def refund_out(row: Refund, currency: str) -> RefundOut:
    """A stored refund as the API shows it."""
    return RefundOut(
        number=row.number, kind=row.kind, state=row.state, amount=currencies.text(row.amount, currency),
        credit=nano_to_usd(row.credit), provider_ref=row.provider_ref, reason=row.reason, actor=row.actor,
        created_at=time_of(row.created_at), done_at=None if row.done_at is None else time_of(row.done_at),
    )  # fmt: skip


def event_out(row: PaymentEvent) -> ProviderEvent:
    """A notification as the API shows it."""
    return ProviderEvent(event=row.event, kind=row.kind, outcome=row.outcome, received_at=time_of(row.received_at))


def receipt_ref(row: Receipt) -> ReceiptRef:
    """Which receipts there are."""
    return ReceiptRef(number=row.number, kind=row.kind, issued_at=time_of(row.issued_at))
