"""Identity providers that people may sign in with, and which of their accounts there belong to whom here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class IdentityProvider(Base):
    """`settings` is what admin/federation/settings.py describes for the kind; `secret` is sealed for "sso:SLUG"."""

    __tablename__ = "identity_providers"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(32), unique=True)  # in addresses: /api/v1/sso/SLUG/start
    kind: Mapped[str] = mapped_column(String(16))  # "oidc", "oauth2", "github", "discord", "linuxdo", ...
    title: Mapped[str] = mapped_column(String(64))
    enabled: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=100)
    settings: Mapped[dict[str, Any]]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class IdentityLink(Base):
    """An account at a provider. `subject` is the provider's own, unchanging name of it."""

    __tablename__ = "identity_links"
    __table_args__ = (UniqueConstraint("provider_id", "subject"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider_id: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[int] = mapped_column(BigInteger, index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
    last_login_at: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds
