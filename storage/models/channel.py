"""A channel: one account at one upstream, or several keys of one. Holds what is stored, not how a channel is chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now


class Channel(Base):
    """One upstream account: where it is, what it serves, and how it is preferred.

    JSON columns are replaced whole (`channel.models = {...}`): a change inside the dictionary is not noticed.
    """

    __tablename__ = "channels"
    # Ids are never reused: usage records refer to them for good.
    __table_args__ = (
        Index(None, "priority", "id"),
        Index(None, "created_at", "id"),
        Index(None, "tag", "id"),
        Index(None, "provider", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[str] = mapped_column(String(64))
    base_url: Mapped[str] = mapped_column(String(2048), default="")
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # sealed by storage.crypto.SecretBox
    secret_hint: Mapped[str] = mapped_column(String(32), default="")
    proxy_secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # sealed; "user:password"
    models: Mapped[dict[str, str]] = mapped_column(default=dict)  # public name or glob -> upstream name, "" = the same
    priority: Mapped[int] = mapped_column(default=0)  # higher is tried first
    weight: Mapped[int] = mapped_column(default=1)
    groups: Mapped[list[str] | None] = mapped_column(default=None)  # whose requests it serves, None = all
    enabled: Mapped[bool] = mapped_column(default=True)
    headers: Mapped[dict[str, str]] = mapped_column(default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key_mode: Mapped[str] = mapped_column(String(16), default="random")  # of several keys: "random", "round_robin"
    tag: Mapped[str] = mapped_column(String(64), default="")
    remark: Mapped[str] = mapped_column(String(255), default="")
    test_model: Mapped[str] = mapped_column(String(200), default="")  # what tests ask for, "" = the first of `models`
    auto_disable: Mapped[bool] = mapped_column(default=True)  # whether failures may switch it off
    off_by: Mapped[str] = mapped_column(String(8), default="")  # of one that is off: "auto", "" = somebody did it
    off_reason: Mapped[str] = mapped_column(String(255), default="")
    off_at: Mapped[datetime | None] = mapped_column(default=None)
    watch_models: Mapped[str] = mapped_column(String(8), default="off")  # "off", "notify", "add", "sync"
    ignored_models: Mapped[list[str] | None] = mapped_column(default=None)  # globs that the comparison leaves out
    origin: Mapped[str] = mapped_column(String(16), default="api")  # "api" or "apply"
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def has_proxy_secret(self) -> bool:
        """All that may be shown of it."""
        return self.proxy_secret is not None


class ChannelKey(Base):
    """One of several upstream keys of a channel. While a channel has any, its own `secret` is not used."""

    __tablename__ = "channel_keys"
    # Ids are never reused: a sealed key is bound to its id.
    __table_args__ = (Index(None, "channel_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    secret: Mapped[bytes] = mapped_column(LargeBinary)  # sealed for "channel-key:<id>"
    hint: Mapped[str] = mapped_column(String(32), default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    off_by: Mapped[str] = mapped_column(String(8), default="")  # as of a channel
    off_reason: Mapped[str] = mapped_column(String(255), default="")
    off_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ChannelState(Base):
    """What was last seen of a channel: tests, balance, the upstream's models. Changing it changes no route."""

    __tablename__ = "channel_states"

    channel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tested_at: Mapped[datetime | None] = mapped_column(default=None)
    test_ok: Mapped[bool | None] = mapped_column(default=None)
    test_ms: Mapped[int] = mapped_column(default=0)
    test_error: Mapped[str] = mapped_column(String(255), default="")
    balance: Mapped[int | None] = mapped_column(BigInteger, default=None)  # billionths of `balance_currency`
    balance_currency: Mapped[str] = mapped_column(String(8), default="")
    balance_at: Mapped[datetime | None] = mapped_column(default=None)
    balance_error: Mapped[str] = mapped_column(String(255), default="")
    models_at: Mapped[datetime | None] = mapped_column(default=None)
    models_new: Mapped[list[str] | None] = mapped_column(default=None)  # at the upstream and not here
    models_gone: Mapped[list[str] | None] = mapped_column(default=None)  # here and no longer there
    models_error: Mapped[str] = mapped_column(String(255), default="")
