"""Options: settings that are changed while the gateway runs. Only what differs from file and environment has a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, JsonValue, now


class Option(Base):
    """One value. Of a secret there is `sealed` only, by storage.crypto.SecretBox for "option:AREA.NAME"."""

    __tablename__ = "options"

    area: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonValue, nullable=True, default=None)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    actor: Mapped[str] = mapped_column(String(128), default="")
    updated_at: Mapped[datetime] = mapped_column(default=now)
