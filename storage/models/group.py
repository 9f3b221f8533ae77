"""Groups of users and the multipliers on what they pay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, now


class Group(Base):
    """A group and its multiplier in millionths (1,000,000 = x1). A group without a row has x1."""

    __tablename__ = "user_groups"  # "groups" is a reserved word of MySQL

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    ratio: Mapped[int] = mapped_column(BigInteger)
    origin: Mapped[str] = mapped_column(String(16), default="api")  # "api", "apply"
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class GroupOverride(Base):
    """The multiplier for users of one group when they use another: in place of that group's own."""

    __tablename__ = "group_overrides"

    user_group: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_group: Mapped[str] = mapped_column(String(64), primary_key=True)
    ratio: Mapped[int] = mapped_column(BigInteger)
