"""Background jobs of the Admin: what runs by the clock, and what somebody started."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue


class Schedule(Base):
    """A periodic job. Times are unix seconds; it is run by the `holder` until `lease_until`, by anybody after that."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_at: Mapped[int] = mapped_column(BigInteger, default=0)
    holder: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[int] = mapped_column(BigInteger, default=0)
    started_at: Mapped[int] = mapped_column(BigInteger, default=0)
    ended_at: Mapped[int] = mapped_column(BigInteger, default=0)
    runs: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    error: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)  # where the next run goes on


class Job(Base):
    """A piece of work that somebody started. `cursor` is where another replica goes on after a crash."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "state", "id"), Index(None, "created_at", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="queued")  # queued, running, done, failed, cancelled
    payload: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    cursor: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    cancel: Mapped[bool] = mapped_column(default=False)  # somebody wants it to stop
    user_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    actor: Mapped[str] = mapped_column(String(128))
    holder: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[int] = mapped_column(BigInteger)  # unix seconds, as all times here
    started_at: Mapped[int] = mapped_column(BigInteger, default=0)
    ended_at: Mapped[int] = mapped_column(BigInteger, default=0)
