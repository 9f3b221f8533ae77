"""An order: somebody wants to pay for something. With it its refunds, what its provider said, and receipts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, Digest


class Order(Base):
    """What is bought, for whom, and how far its payment is. Times are Unix seconds.

    Amounts are in the smallest unit of `currency` (cents, yen), as a provider counts them; `value` and `credit` are
    nano-USD. No foreign keys: an order outlives its user.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(None, "organisation_id", "id"),
        Index(None, "created_at", "id"),
        Index(None, "state", "expires_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)  # what provider and customer know it by
    purpose: Mapped[str] = mapped_column(String(16))  # "topup", "subscription"
    item: Mapped[str] = mapped_column(String(64), default="")  # what of that purpose: the id of a plan
    title: Mapped[str] = mapped_column(String(128), default="")  # one line for the provider's page and the receipt
    user_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, default=None)  # the user's when it was ordered
    account_kind: Mapped[str] = mapped_column(String(16))  # whose account is credited: "user", "organisation"
    account_subject_id: Mapped[int] = mapped_column(BigInteger)
    provider: Mapped[str] = mapped_column(String(32))  # "stripe", "epay", "creem", "balance", "manual"
    method: Mapped[str] = mapped_column(String(32), default="")  # of the provider: "alipay", "wxpay"
    state: Mapped[str] = mapped_column(String(16), default="pending")  # storage/payments/states.py
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)  # to be paid
    value: Mapped[int] = mapped_column(BigInteger)  # nano-USD: what it is worth before discounts
    credit: Mapped[int] = mapped_column(BigInteger)  # nano-USD: what the account is credited with
    details: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # how the amount came about, and what the purpose keeps
    checkout_ref: Mapped[str | None] = mapped_column(String(255), default=None, index=True)  # the provider's checkout
    payment_ref: Mapped[str | None] = mapped_column(String(255), default=None, index=True)  # the provider's payment
    paid_amount: Mapped[int] = mapped_column(BigInteger, default=0)  # with taxes that the provider adds
    provider_refunded: Mapped[int] = mapped_column(
        BigInteger, default=0
    )  # the provider's own count of it, never falling
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)  # sum of the refunds asked and done
    problem: Mapped[str] = mapped_column(String(255), default="")  # why somebody has to look at it
    actor: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    paid_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
    updated_at: Mapped[int] = mapped_column(BigInteger)


class Refund(Base):
    """Money of an order that goes back, and the credit that was taken for it. The sums are kept in the order."""

    __tablename__ = "refunds"
    __table_args__ = (Index(None, "order_id"), Index(None, "provider_ref"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # "refund", "dispute": the customer's bank took it
    state: Mapped[str] = mapped_column(String(16))  # "asked", "done", "failed"
    amount: Mapped[int] = mapped_column(BigInteger)  # in the smallest unit of the order's currency
    credit: Mapped[int] = mapped_column(BigInteger)  # nano-USD taken from the account
    provider_ref: Mapped[str | None] = mapped_column(String(255), default=None)
    reason: Mapped[str] = mapped_column(String(500), default="")
    actor: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[int | None] = mapped_column(BigInteger, default=None)


class PaymentEvent(Base):
    """A notification that a provider signed and that was handled once: a second one of the same id changes nothing."""

    __tablename__ = "payment_events"
    __table_args__ = (Index(None, "order_number"), Index(None, "received_at"))

    id: Mapped[bytes] = mapped_column(Digest, primary_key=True)  # of provider and event
    provider: Mapped[str] = mapped_column(String(32))
    event: Mapped[str] = mapped_column(String(255))  # the provider's id of it
    kind: Mapped[str] = mapped_column(String(16))  # storage/payments/states.py
    order_number: Mapped[str] = mapped_column(String(40))  # "": of no order of ours
    outcome: Mapped[str] = mapped_column(String(32))
    received_at: Mapped[int] = mapped_column(BigInteger)


class Receipt(Base):
    """A receipt, or the credit note of a refund, as it was when it was issued; a new name does not change it."""

    __tablename__ = "receipts"
    __table_args__ = (Index(None, "order_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    of: Mapped[str] = mapped_column(String(40), unique=True)  # number of the order or refund: one receipt for each
    kind: Mapped[str] = mapped_column(String(16))  # "receipt", "credit_note"
    order_id: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[dict[str, Any]]


class ReceiptSeries(Base):
    """The last number given in a series. Taken in the transaction that issues, so that no number is left out."""

    __tablename__ = "receipt_series"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
