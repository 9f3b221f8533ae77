"""An organisation: users who share budgets and, where quota is switched on for it, a balance."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class Organisation(Base):
    """Its money is the account of kind "organisation" with this id as subject."""

    __tablename__ = "organisations"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    enabled: Mapped[bool] = mapped_column(default=True)  # switched off, no key of its members is accepted
    remark: Mapped[str] = mapped_column(String(255), default="")
    default_group: Mapped[str] = mapped_column(String(64), default="default")  # of users that the organisation makes
    groups: Mapped[list[str] | None] = mapped_column(default=None)  # that its members' keys may use, None: see Group
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
