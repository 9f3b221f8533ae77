"""What operators tell their users: notices, announcements, questions with answers, and addresses of the API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class Announcement(Base):
    """One text. Shown between `visible_from` and `visible_until`, in the order of `position`."""

    __tablename__ = "announcements"
    __table_args__ = (Index(None, "kind", "position", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # "notice", "announcement", "faq", "api"
    level: Mapped[str] = mapped_column(String(16), default="info")  # "info", "success", "warning", "critical"
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")  # Markdown; of "api" a remark
    link: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    signed_in_only: Mapped[bool] = mapped_column(default=False)
    visible_from: Mapped[datetime | None] = mapped_column(default=None)
    visible_until: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
