"""Corrections of what single requests cost: usage rows themselves are never changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class Correction(Base):
    """What a request's cost was changed by, nano-USD. A request costs its row's amount and the sum of its corrections.

    The ledger holds one entry for each account and `reference`; these are its lines.
    """

    __tablename__ = "price_corrections"

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    reference: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
    price_id: Mapped[int] = mapped_column(BigInteger)  # the version it was rated at instead
    cost: Mapped[int] = mapped_column(BigInteger)  # difference
    provider_cost: Mapped[int] = mapped_column(BigInteger)  # difference
    price_detail: Mapped[str] = mapped_column(Text)  # the arithmetic of the new amount
