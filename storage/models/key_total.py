"""What each key has used so far, beside the keys: a settled batch changes no row that people edit."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class KeyTotal(Base):
    """The sums of a key since it was made. No foreign key: they outlive it, and ids are never reused."""

    __tablename__ = "key_totals"

    key_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    requests: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[int] = mapped_column(BigInteger)  # nano-USD, corrections included
    last_used_at: Mapped[int] = mapped_column(BigInteger)  # unix seconds at which the latest request began
