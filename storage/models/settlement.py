"""A settlement: one batch of usage records that was booked, by which the rows and the entries can be compared."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class Settlement(Base):
    """The batch whose id the usage rows carry and the entries of reason "request" have as reference."""

    __tablename__ = "settlements"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)  # ids sort in the order of time
    at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
    records: Mapped[int]  # usage rows it inserted
    oldest: Mapped[int] = mapped_column(BigInteger)  # the earliest started_at among them, unix microseconds
