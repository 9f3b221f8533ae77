"""Invitations to make an account, and the codes by which people bring others."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, Digest


class Invitation(Base):
    """Good once. Times are unix seconds, 0: not. `email` "": for whoever has the link."""

    __tablename__ = "invitations"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(Digest, unique=True)  # SHA-256 of the token in the link
    email: Mapped[str] = mapped_column(String(254), default="")
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, default=None, index=True)
    organisation_role: Mapped[str] = mapped_column(String(64), default="member")
    group: Mapped[str] = mapped_column(String(64), default="")  # "": that of everybody who registers
    inviter_id: Mapped[int | None] = mapped_column(BigInteger, default=None, index=True)
    inviter: Mapped[str] = mapped_column(String(128), default="")
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int] = mapped_column(BigInteger, default=0)
    used_by: Mapped[int | None] = mapped_column(BigInteger, default=None)


class Affiliate(Base):
    """The code of a user who brings others; made when it is first asked for."""

    __tablename__ = "affiliates"

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    created_at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
