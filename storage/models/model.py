"""What is known of the models that are served: how they are shown, to whom, and under which other names they go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class Vendor(Base):
    """Who makes models."""

    __tablename__ = "vendors"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    icon: Mapped[str] = mapped_column(String(64), default="")  # a key of the console's icons
    link: Mapped[str] = mapped_column(String(500), default="")
    remark: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Model(Base):
    """A public model name. A model without a row is served all the same; a row without a channel is not."""

    __tablename__ = "models"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "vendor_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    vendor_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    description: Mapped[str] = mapped_column(Text, default="")
    icon: Mapped[str] = mapped_column(String(64), default="")  # "" = the vendor's
    tags: Mapped[list[str]] = mapped_column(default=list)
    capabilities: Mapped[list[str]] = mapped_column(default=list)
    context_tokens: Mapped[int | None] = mapped_column(BigInteger, default=None)
    output_tokens: Mapped[int | None] = mapped_column(BigInteger, default=None)
    visibility: Mapped[str] = mapped_column(String(16), default="public")  # "public", "users", "hidden"
    aliases: Mapped[list[str]] = mapped_column(default=list)  # other public names that mean this model
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
