"""A user: who keys belong to, whose account they spend from, whose group they are priced by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class User(Base):
    """Its money is the account of kind "user" with this id as subject."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", "email", unique=True),
        Index(None, "created_at", "id"),
        Index(None, "organisation_id", "name"),
        Index(None, "role"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None, index=True)
    group: Mapped[str] = mapped_column(String(64), default="default")
    enabled: Mapped[bool] = mapped_column(default=True)
    remark: Mapped[str] = mapped_column(String(255), default="")
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)  # switched off and hidden, can be restored
    role: Mapped[str] = mapped_column(String(64), default="member")  # on the whole gateway: admin/permissions.py
    organisation_role: Mapped[str] = mapped_column(String(64), default="member")  # inside the organisation
    role_by_team: Mapped[bool] = mapped_column(default=False)  # organisation_role came with a team, and goes with it
    group_by_team: Mapped[bool] = mapped_column(default=False)  # so did the group
    email: Mapped[str | None] = mapped_column(String(254), default=None)  # in small letters
    email_verified_at: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds, 0: not
    display_name: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(16), default="")
    preferences: Mapped[dict[str, Any] | None] = mapped_column(default=None)  # the console's own
    locked_at: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds; locked: cannot sign in, keys go on
    locked_reason: Mapped[str] = mapped_column(String(200), default="")
    inviter_id: Mapped[int | None] = mapped_column(BigInteger, default=None, index=True)  # who brought them
    external_id: Mapped[str | None] = mapped_column(String(255), default=None, index=True)  # of a directory (SCIM)
    last_login_at: Mapped[int] = mapped_column(BigInteger, default=0)  # unix seconds
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
