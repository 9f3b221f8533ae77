"""A client's key, kept as a digest only, and the log of changed keys that caches follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, Digest, now


class Key(Base):
    """A client's key: what it may use. The key itself is never stored."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "user_id", "name"),
        Index(None, "team_id", "name"),
        Index("uq_api_keys_old_digest", "old_digest", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[bytes] = mapped_column(Digest, unique=True)  # SHA-256 of the whole key
    hint: Mapped[str] = mapped_column(String(32), default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    admin: Mapped[bool] = mapped_column(default=False)  # may see routing details
    models: Mapped[list[str] | None] = mapped_column(default=None)  # allowed names and globs, None = all
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    user_id: Mapped[int | None] = mapped_column(BigInteger, default=None, index=True)  # None: it belongs to nobody
    team_id: Mapped[int | None] = mapped_column(BigInteger, default=None)  # whose budgets, limits and models count too
    group: Mapped[str | None] = mapped_column(String(64), default=None)  # priced by this group, None = the user's
    groups: Mapped[list[str] | None] = mapped_column(default=None)  # tried in this order in place of `group`
    group_retry: Mapped[bool] = mapped_column(default=False)  # of several groups, a failure goes on to the next
    cost_cap: Mapped[int | None] = mapped_column(BigInteger, default=None)  # nano-USD per request, None = no cap
    strict: Mapped[bool] = mapped_column(default=False)  # a request that a conversion would change is refused
    endpoints: Mapped[list[str] | None] = mapped_column(default=None)  # names of adapters/endpoint_names.py, None = all
    networks: Mapped[list[str] | None] = mapped_column(default=None)  # CIDR that clients may call from, None = all
    old_digest: Mapped[bytes | None] = mapped_column(Digest, default=None)  # valid until `old_until`
    old_until: Mapped[datetime | None] = mapped_column(default=None)
    labels: Mapped[dict[str, str] | None] = mapped_column(default=None)  # "metadata" in the API
    remark: Mapped[str] = mapped_column(String(255), default="")
    origin: Mapped[str] = mapped_column(String(16), default="api")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class KeyChange(Base):
    """One changed key, in the order of the changes: who caches keys forgets this digest."""

    __tablename__ = "key_changes"
    __table_args__ = {"sqlite_autoincrement": True}

    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(Digest)
    at: Mapped[datetime] = mapped_column(default=now)
