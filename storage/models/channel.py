"""A channel: one account at one upstream. Holds what is stored, not how a channel is chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class Channel(Base):
    """One upstream account: where it is, what it serves, and how it is preferred.

    JSON columns are replaced whole (`channel.models = {...}`): a change inside the dictionary is not noticed.
    """

    __tablename__ = "channels"
    # Ids are never reused: usage records refer to them for good.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[str] = mapped_column(String(64))
    base_url: Mapped[str] = mapped_column(String(2048), default="")
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # sealed by storage.crypto.SecretBox
    secret_hint: Mapped[str] = mapped_column(String(32), default="")
    proxy_secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # sealed; "user:password"
    models: Mapped[dict[str, str]] = mapped_column(default=dict)  # public name or glob -> upstream name, "" = the same
    priority: Mapped[int] = mapped_column(default=0)  # higher is tried first
    weight: Mapped[int] = mapped_column(default=1)
    enabled: Mapped[bool] = mapped_column(default=True)
    headers: Mapped[dict[str, str]] = mapped_column(default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    origin: Mapped[str] = mapped_column(String(16), default="api")  # "api" or "apply"
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def has_proxy_secret(self) -> bool:
        """All that may be shown of it."""
        return self.proxy_secret is not None
