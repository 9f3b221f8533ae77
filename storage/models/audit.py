"""The audit log: who changed what, from where, what it was before and after. Written once, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId


class AuditEntry(Base):
    """One change. No foreign keys: it outlives whom and what it names. Secrets are in none of its columns."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "actor_user_id", "id"),
        Index(None, "organisation_id", "id"),
        Index(None, "object_kind", "object_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
    actor: Mapped[str] = mapped_column(String(128))
    actor_user_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, default=None)  # whose thing was changed
    action: Mapped[str] = mapped_column(String(64))  # "keys.create"
    object_kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(64))
    object_name: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    after: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    ip: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
