"""A lease: a part of an account's balance that one replica may spend without asking."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class Lease(Base):
    """Nano-USD, sums since the lease began. What is held of the account: granted - settled, where that is positive.

    `expires_at` is unix seconds; 0 marks a lease that was given up for lost. `abandoned` is what was given up although
    its replica may have spent it: late records use it up first.
    """

    __tablename__ = "leases"

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    replica: Mapped[str] = mapped_column(String(128), primary_key=True, index=True)
    granted: Mapped[int] = mapped_column(BigInteger, default=0)
    settled: Mapped[int] = mapped_column(BigInteger, default=0)
    abandoned: Mapped[int] = mapped_column(BigInteger, default=0)
    since: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds of its first grant
    expires_at: Mapped[int] = mapped_column(BigInteger, default=0, index=True)
    recalled: Mapped[bool] = mapped_column(default=False)  # its replica is asked to give back what it can spare
