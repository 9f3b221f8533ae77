"""A request with an Idempotency-Key: who runs it, and its sealed answer once it is there."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Digest


class IdempotentAnswer(Base):
    """The claim of one attempt, later its answer. No foreign keys: it outlives the key for as long as it is kept.

    The client's Idempotency-Key itself is not stored. `request_id` names the attempt: whoever takes a claim over puts
    its own there, and nothing that the former owner still writes finds the row. Times are Unix seconds,
    `lease_until` milliseconds.
    """

    __tablename__ = "idempotent_answers"
    __table_args__ = (Index(None, "expires_at"), Index(None, "request_id"))

    id: Mapped[bytes] = mapped_column(Digest, primary_key=True)  # of API key, path and Idempotency-Key
    key_id: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[bytes] = mapped_column(Digest)  # of the request's body
    request_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))  # "running", "kept", "large": finished, but not kept for its size
    url: Mapped[str] = mapped_column(String(255))  # where the owner's internal listener is
    lease_until: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
