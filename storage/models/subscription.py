"""A subscription: terms of a plan that a user or an organisation has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue


class Subscription(Base):
    """Times are unix seconds, money nano-USD. What the plan said when the term was paid is copied here.

    Each period of its quota is an account of kind "subscription" with this id as subject.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index(None, "scope", "scope_id", "state"),
        Index(None, "state", "paid_until"),
        Index(None, "plan_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))  # "user", "organisation"
    scope_id: Mapped[int] = mapped_column(BigInteger)
    plan_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16), default="active")  # "active", "ended"
    ended_because: Mapped[str] = mapped_column(String(16), default="")  # "expired", "unpaid", "withdrawn", "replaced"
    term: Mapped[int] = mapped_column(default=1)  # counts from 1
    term_start: Mapped[int] = mapped_column(BigInteger)
    term_end: Mapped[int] = mapped_column(BigInteger)
    paid_until: Mapped[int] = mapped_column(BigInteger)  # end of the last term that is paid
    renews: Mapped[bool] = mapped_column(default=False)  # by `pay_by`, when the term ends
    pay_by: Mapped[str] = mapped_column(String(32), default="")  # "balance", a payment provider, "": given
    external_id: Mapped[str] = mapped_column(String(128), default="", index=True)  # the provider's own subscription
    next_plan_id: Mapped[int | None] = mapped_column(BigInteger, default=None)  # of the next term, where it is another
    price: Mapped[int] = mapped_column(BigInteger)
    quota: Mapped[int] = mapped_column(BigInteger)
    reset: Mapped[str] = mapped_column(String(8))
    reset_s: Mapped[int] = mapped_column(BigInteger, default=0)
    use: Mapped[str] = mapped_column(String(16))
    overflow: Mapped[bool]
    group: Mapped[str] = mapped_column(String(64), default="")
    group_after: Mapped[str] = mapped_column(String(64), default="")
    rank: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[int] = mapped_column(BigInteger, default=0)


class SubscriptionTerm(Base):
    """One paid term, written once. The reference is unique: what pays twice begins one term."""

    __tablename__ = "subscription_terms"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("subscription_id", "term"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(BigInteger)
    term: Mapped[int]
    plan_id: Mapped[int] = mapped_column(BigInteger)
    starts_at: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[int] = mapped_column(BigInteger)
    paid_by: Mapped[str] = mapped_column(String(32))
    offer: Mapped[dict[str, Any]] = mapped_column(JsonValue)  # what the plan said: storage/subscriptions/offers.py
    reference: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[int] = mapped_column(BigInteger)
