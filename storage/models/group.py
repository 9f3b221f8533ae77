"""Groups: what their users pay, which models they reach, and who may use them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, now


class Group(Base):
    """A group and its multipliers in millionths (1,000,000 = x1). A group without a row has x1 and every model.

    `usable_by`: groups whose users may choose this one for their keys, "*" for everybody; None: only its own users.
    """

    __tablename__ = "user_groups"  # "groups" is a reserved word of MySQL

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    ratio: Mapped[int] = mapped_column(BigInteger)
    topup_ratio: Mapped[int] = mapped_column(BigInteger, default=1_000_000)  # on what a top-up costs its users
    models: Mapped[list[str] | None] = mapped_column(default=None)  # names and globs, None = all
    usable_by: Mapped[list[str] | None] = mapped_column(default=None)
    auto_rank: Mapped[int | None] = mapped_column(default=None)  # place in the order of "auto", None = not in it
    remark: Mapped[str] = mapped_column(String(255), default="")
    origin: Mapped[str] = mapped_column(String(16), default="api")  # "api", "apply"
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class GroupOverride(Base):
    """The multiplier for users of one group when they use another: in place of that group's own."""

    __tablename__ = "group_overrides"

    user_group: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_group: Mapped[str] = mapped_column(String(64), primary_key=True)
    ratio: Mapped[int] = mapped_column(BigInteger)
