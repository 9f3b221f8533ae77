"""A token of a person's or an operator's program for the admin API, kept as a digest only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, Digest, now


class AutomationToken(Base):
    """It may do what its user may, as far as its scopes go; without a user: what the scopes say."""

    __tablename__ = "automation_tokens"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    digest: Mapped[bytes] = mapped_column(Digest, unique=True)
    hint: Mapped[str] = mapped_column(String(32), default="")
    user_id: Mapped[int | None] = mapped_column(BigInteger, default=None, index=True)
    scopes: Mapped[list[str]] = mapped_column(default=list)  # see admin/permissions.py
    enabled: Mapped[bool] = mapped_column(default=True)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)  # to the hour
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
