"""An entry of the ledger: one change of one account. Written once, never changed, never deleted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId

ROUTINE = ("request", "lease", "release")
"""Reasons of most entries: what requests cost, what replicas hold for them."""

_NOT_ROUTINE = text("reason NOT IN ('request', 'lease', 'release')")


class Entry(Base):
    """Nano-USD. The same thing cannot be booked twice on an account: reason and reference are unique there.

    The order of the unique columns serves the question which entries a settled batch has.
    """

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("reference", "reason", "account_id"),
        Index(None, "account_id", "id"),
        # MySQL knows no partial index and has it of all entries.
        Index(None, "at", "reason", postgresql_where=_NOT_ROUTINE, sqlite_where=_NOT_ROUTINE),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)  # change of the balance
    held: Mapped[int] = mapped_column(BigInteger)  # change of what is held by leases
    # "request", "topup", "redemption", "grant", "refund", "correction", "purchase", "lease", "release", "budget_reset"
    reason: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(128))  # an admin token's name, a replica, or "gateway"
    reference: Mapped[str] = mapped_column(String(128))  # settled batch, payment, operation of a lease ...
    at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
    note: Mapped[str] = mapped_column(Text)
