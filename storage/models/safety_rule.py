"""A safety rule: what may not go to a provider, or to a client."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class SafetyRule(Base):
    """`terms` is what is looked for and for whom, in the fields of adapters.safety.rule.SafetyRule."""

    __tablename__ = "safety_rules"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # "words", "patterns", "detectors", "webhook"
    action: Mapped[str] = mapped_column(String(16))  # "block", "mask", "log"
    position: Mapped[int] = mapped_column(default=100)  # lower ones are looked at first
    enabled: Mapped[bool] = mapped_column(default=True)
    terms: Mapped[dict[str, Any]]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # of a webhook; "safety:NAME"
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
