"""A call of the admin API with an Idempotency-Key, and what was answered."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Digest


class IdempotentCall(Base):
    """Written in the transaction of the change itself: what is here has happened, and nothing else has."""

    __tablename__ = "idempotent_calls"
    __table_args__ = (Index(None, "expires_at"),)

    id: Mapped[bytes] = mapped_column(Digest, primary_key=True)  # of caller, route and Idempotency-Key
    fingerprint: Mapped[bytes] = mapped_column(Digest)  # of the body
    status: Mapped[int]
    answer: Mapped[bytes] = mapped_column(LargeBinary)  # sealed JSON
    expires_at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
