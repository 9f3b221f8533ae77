"""A rate limit: how much of what is allowed in which window, for whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class Limit(Base):
    """Counts the requests it matches, in one bucket for each distinct value of `per`.

    No foreign keys: a limit outlives the key, user or channel it names, and then matches nothing, for ids are never
    reused.
    """

    __tablename__ = "limits"
    # Ids are never reused: the authority's buckets carry them.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    metric: Mapped[str] = mapped_column(String(16))  # "requests", "tokens", "concurrent"
    window: Mapped[str] = mapped_column(String(16), default="")  # "second", "minute", "hour", "day"; "" = concurrent
    amount: Mapped[int] = mapped_column(BigInteger)
    per: Mapped[list[str]] = mapped_column(default=list)  # of "key", "user", "team", "group", "model", "channel"
    key_id: Mapped[int] = mapped_column(BigInteger, default=0)  # 0 = every key, as below
    user_id: Mapped[int] = mapped_column(BigInteger, default=0)
    group: Mapped[str] = mapped_column(String(64), default="")
    model: Mapped[str] = mapped_column(String(200), default="")  # a public name or glob
    channel_id: Mapped[int] = mapped_column(BigInteger, default=0)
    team_id: Mapped[int] = mapped_column(BigInteger, default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    origin: Mapped[str] = mapped_column(String(16), default="api")  # "api" or "apply"
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
