"""A version of the price of one model: integers only, nano-USD per 1,000,000 units."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, now


class Price(Base):
    """Prices in nano-USD per 1,000,000 tokens. A cache price of None means the price of input.

    A row is a version: it is never changed and never deleted, because usage records name it. A new price is a new row
    with its `effective_from`; the only column that is written later is `effective_to`, when a price is removed.
    """

    __tablename__ = "prices"
    # Ids are never reused: a usage record names the price it was booked at.
    __table_args__ = (
        Index("ix_prices_provider_model", "provider", "model", "source", "effective_from"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider: Mapped[str] = mapped_column(String(64), default="")  # "" = any provider
    model: Mapped[str] = mapped_column(String(200))  # "*" = every model that has no other price
    input: Mapped[int] = mapped_column(BigInteger)
    output: Mapped[int] = mapped_column(BigInteger)
    cache_read: Mapped[int | None] = mapped_column(BigInteger, default=None)
    cache_write: Mapped[int | None] = mapped_column(BigInteger, default=None)
    source: Mapped[str] = mapped_column(String(16))  # "seed", "operator", "apply"
    created_at: Mapped[datetime] = mapped_column(default=now)
    effective_from: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds; 0: since ever
    effective_to: Mapped[int | None] = mapped_column(BigInteger, default=None)  # unix seconds; None: not removed
    terms: Mapped[dict[str, Any] | None] = mapped_column(JsonValue, default=None)  # storage.pricing.entry.Terms
