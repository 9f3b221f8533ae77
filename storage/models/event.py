"""What happened and is to be told: events, where they go, and every attempt to deliver one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, now


class Event(Base):
    """Written in the transaction of what it tells about; `routed` once its deliveries exist."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        Index(None, "routed", "id"),
        Index(None, "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(BigInteger, default=None)  # whom it is about
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    data: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    dedupe: Mapped[str | None] = mapped_column(String(128), default=None)  # the same thing is told once
    routed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[int] = mapped_column(BigInteger)  # unix seconds


class Target(Base):
    """Where events go: a webhook, a mailbox, a phone.

    Without user and organisation it is the operators' and hears of everything, else of what is theirs.
    """

    __tablename__ = "event_targets"
    __table_args__ = (Index(None, "user_id"), Index(None, "organisation_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # "webhook", "email", "bark", "gotify"
    name: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    url: Mapped[str] = mapped_column(String(2048), default="")
    address: Mapped[str] = mapped_column(String(254), default="")  # of a mailbox
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # sealed: signs, or opens the server
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # sealed: signs too, until ...
    old_until: Mapped[int] = mapped_column(BigInteger, default=0)
    events: Mapped[list[str]] = mapped_column(JsonValue)  # kinds, "budget.*", "*"
    enabled: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)  # events in a row that could not be delivered
    disabled_because: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Delivery(Base):
    """One event on its way to one target."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("target_id", "event_id", "round"),
        Index(None, "state", "next_at"),
        Index(None, "event_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    target_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(default=0)  # counts deliveries that were asked for again
    state: Mapped[str] = mapped_column(String(16), default="waiting")  # "waiting", "delivered", "failed"
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[int] = mapped_column(default=0)  # HTTP status of the last answer, 0: none
    milliseconds: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(Text, default="")  # its first characters
    created_at: Mapped[int] = mapped_column(BigInteger)
    tried_at: Mapped[int] = mapped_column(BigInteger, default=0)


class AlertSetting(Base):
    """From which balance on a user or organisation wants to be told, in nano-USD; 0: never."""

    __tablename__ = "alert_settings"

    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    scope_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    low_balance: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(default=now)
