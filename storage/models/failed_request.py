"""Requests that failed, once more by themselves: the few among many, so that a search for them reads no others."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class FailedRequest(Base):
    """A request answered with status 400 or above, or ended otherwise than "complete".

    Its row in usage_records has everything else; units as there. Written with that row, deleted when its time is over.
    """

    __tablename__ = "failed_requests"
    __table_args__ = (
        Index(None, "started_at"),
        Index(None, "key_id", "started_at"),
        Index(None, "user_id", "started_at"),
        Index(None, "organisation_id", "started_at"),
        Index(None, "team_id", "started_at"),
    )

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    team_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    group: Mapped[str] = mapped_column(String(64))
    channel_id: Mapped[int] = mapped_column(BigInteger)
    provider: Mapped[str] = mapped_column(String(64))
    operation: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(255))
    status: Mapped[int]
    end: Mapped[str] = mapped_column(String(32))
    error: Mapped[str] = mapped_column(String(64))
    error_text: Mapped[str] = mapped_column(String(512))
