"""A response that a client may refer to later: who may, which channel made it, and what was said where we keep it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Digest


class KeptResponse(Base):
    """One answer to /v1/responses. No foreign keys: it is deleted by its time, whatever became of key and channel.

    The response's own id is not stored: `id` is its digest. `kind` "upstream": the provider keeps it, and `channel_id`
    says where; "background" is the same until its usage is booked, `size` are the input tokens that are; "gateway":
    `sealed` holds input and output of this turn, `size` bytes unpacked. Turns of one conversation share `thread`, the
    id of the first; `previous` is the one before. A row of the kind "item" leads from an item of an output to its
    response, which is its `previous`. Times are Unix seconds.
    """

    __tablename__ = "kept_responses"
    __table_args__ = (Index(None, "expires_at"), Index(None, "thread"))

    id: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    key_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    thread: Mapped[bytes] = mapped_column(Digest)
    previous: Mapped[bytes | None] = mapped_column(Digest)
    size: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
