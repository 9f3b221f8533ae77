"""A saved view of the console: a page with its filters, order and columns, under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class SavedView(Base):
    """Its owner's, and of those it is shared with: "no", "organisation" (the owner's then), "everybody"."""

    __tablename__ = "saved_views"
    __table_args__ = (
        Index(None, "user_id", "page"),
        Index(None, "shared", "organisation_id", "page"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, default=None)  # whom it is shared with
    shared: Mapped[str] = mapped_column(String(16), default="no")
    page: Mapped[str] = mapped_column(String(64))  # "usage", "channels"
    name: Mapped[str] = mapped_column(String(64))
    query: Mapped[str] = mapped_column(Text)  # the address behind the "?"
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
