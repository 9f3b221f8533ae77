"""A price of one model: integers only, nano-USD per 1,000,000 tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class Price(Base):
    """Prices in nano-USD per 1,000,000 tokens. A cache price of None means the price of input."""

    __tablename__ = "prices"
    # Ids are never reused: a usage record names the price it was booked at.
    __table_args__ = (UniqueConstraint("provider", "model", "source"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider: Mapped[str] = mapped_column(String(64), default="")  # "" = any provider
    model: Mapped[str] = mapped_column(String(200))
    input: Mapped[int] = mapped_column(BigInteger)
    output: Mapped[int] = mapped_column(BigInteger)
    cache_read: Mapped[int | None] = mapped_column(BigInteger, default=None)
    cache_write: Mapped[int | None] = mapped_column(BigInteger, default=None)
    source: Mapped[str] = mapped_column(String(16))  # "seed", "operator", "apply"
    created_at: Mapped[datetime] = mapped_column(default=now)
