"""Sessions of people in the console, single-use codes, counters of attempts. Only digests of what a client holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, Digest


class Session(Base):
    """Somebody who has signed in on one device. No foreign key: a user who is removed takes the sessions along.

    Times are unix seconds. `stepped_up_at` is when the person last proved who they are, 0: never in this session.
    `seen_at` is at most a minute behind.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "user_id", "id"), Index(None, "expires_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(Digest, unique=True)  # SHA-256 of the cookie's token
    user_id: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(String(64))  # how: "password", "password+totp", "passkey", "oidc:google"
    ip: Mapped[str] = mapped_column(String(64), default="")  # where it was last seen
    agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    stepped_up_at: Mapped[int] = mapped_column(BigInteger, default=0)


class Code(Base):
    """Something that is good once: a link in a mail, a ticket between two steps of a login, a challenge.

    `id` is the SHA-256 of a token (256 random bits), or, where people type a short code, of what the code is for; then
    `code` is the SHA-256 of the code and `tries` are those left.
    """

    __tablename__ = "codes"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(24))
    code: Mapped[bytes | None] = mapped_column(Digest, default=None)
    tries: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    data: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class Attempt(Base):
    """How often something was tried within a window: a password of one account, mails to one address."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "expires_at"),)

    id: Mapped[bytes] = mapped_column(Digest, primary_key=True)  # SHA-256 of what is counted
    tried: Mapped[int] = mapped_column(BigInteger, default=0)
    since: Mapped[int] = mapped_column(BigInteger)  # unix seconds at which the window began
    locked_until: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[int] = mapped_column(BigInteger)
