"""An account: what the entries of the ledger are about, with its balance kept beside them."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId


class Account(Base):
    """Money in nano-USD. `balance` and `held` are caches: the sums of `amount` and `held` over the account's entries.

    No foreign keys: an account, like its entries, outlives what it is of.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "period_start"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # "user", "organisation", "budget", "channel", "subscription"
    subject_id: Mapped[int] = mapped_column(BigInteger)  # id of that user, organisation, budget ...
    period_start: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds; 0: no period
    limited: Mapped[bool] = mapped_column(default=False)  # spending must be covered by the balance
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)  # part of the balance that replicas hold as leases
    alerted: Mapped[int] = mapped_column(default=0)  # the highest percentage of a budget already reported
    created_at: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds
