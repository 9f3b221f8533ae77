"""Permission sets: roles that an operator or an organisation has put together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class PermissionSet(Base):
    """A role by name, used where a built-in role's name can stand. `organisation_id` None: of the gateway."""

    __tablename__ = "permission_sets"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, default=None, index=True)
    remark: Mapped[str] = mapped_column(String(255), default="")
    permissions: Mapped[list[str]] = mapped_column(default=list)  # see admin/permissions.py
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
