"""Asynchronous work at a provider: what was asked, how far it is, and whether what it cost is booked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId


class Task(Base):
    """One task. Written with the usage record of the request that began it, whose cost is an estimate (`estimate`).

    `reference` is the request id of the record that books what was used beyond the estimate: whoever books it names it
    so, and it is stored once. `settlement` is "open", "exact" (`cost` is what the provider counted) or "estimate" (it
    stays at that). `state` is the provider's, "lost" where nobody could say. No foreign keys: it outlives key and
    channel. Times are unix seconds, `started_at` microseconds; money is nano-USD.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("reference"),
        Index(None, "settlement", "next_at"),
        Index(None, "made_at", "id"),
        Index(None, "user_id", "made_at"),
        Index(None, "organisation_id", "made_at"),
        Index(None, "request_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    upstream_id: Mapped[str] = mapped_column(String(255))
    request_id: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    team_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    channel_key_id: Mapped[int] = mapped_column(BigInteger)  # which of the channel's several keys, 0: it has one
    provider: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16))
    settlement: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    finished_at: Mapped[int] = mapped_column(BigInteger)  # 0: it has not
    expires_at: Mapped[int] = mapped_column(BigInteger)  # when it is given up
    next_at: Mapped[int] = mapped_column(BigInteger)  # when the provider is asked again
    polls: Mapped[int] = mapped_column(BigInteger)
    missing: Mapped[int]  # how often in a row the provider did not know it
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    estimate: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(255))
