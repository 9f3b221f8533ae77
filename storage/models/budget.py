"""A budget: what a key, a user, a team or an organisation may spend in all, or per day, week or month."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, now


class Budget(Base):
    """Each period of a budget is an account of kind "budget" with this id as subject."""

    __tablename__ = "budgets"
    __table_args__ = (Index(None, "scope", "scope_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))  # "key", "user", "team", "organisation"
    scope_id: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[str] = mapped_column(String(8))  # "total", "day", "week", "month"
    amount: Mapped[int] = mapped_column(BigInteger)  # nano-USD per period
    alerts: Mapped[list[int]] = mapped_column(JsonValue, default=list)  # percentages spent that are reported
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
