"""Captured requests: whose bodies are kept, and what was kept of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class CaptureRule(Base):
    """Requests of a key, or of an organisation's keys, are captured.

    `max_bytes` is of each body, `keep_s` how long a captured request is kept, `until` (unix seconds, 0: no end) when
    the rule ends. `redact`: {"fields": [names], "patterns": [RE2]}, what is taken out before anything is stored.
    """

    __tablename__ = "capture_rules"
    __table_args__ = (UniqueConstraint("scope", "scope_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))  # "key", "organisation"
    scope_id: Mapped[int] = mapped_column(BigInteger)
    enabled: Mapped[bool] = mapped_column(default=True)
    max_bytes: Mapped[int] = mapped_column(BigInteger)
    keep_s: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger, default=0)
    redact: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(255), default="")
    created_by: Mapped[str] = mapped_column(String(128), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Capture(Base):
    """The bodies of one request, sealed. No foreign keys: it is deleted by its time, whatever became of key and rule.

    `request_bytes` and `response_bytes` are what passed, `size` what is sealed, unpacked; `expires_at` is unix seconds,
    `started_at` as in usage_records.
    """

    __tablename__ = "captures"
    __table_args__ = (
        Index(None, "expires_at"),
        Index(None, "started_at"),
        Index(None, "rule_id", "started_at"),
        Index(None, "key_id", "started_at"),
        Index(None, "organisation_id", "started_at"),
    )

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    rule_id: Mapped[int] = mapped_column(BigInteger)
    request_bytes: Mapped[int] = mapped_column(BigInteger)
    response_bytes: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
