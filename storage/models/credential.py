"""What people prove themselves with: password, authenticator app, recovery codes, passkeys.

Apart from the users, so that no list of users ever loads a hash. No foreign keys: a user who is removed takes them
along.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, Digest


class Credential(Base):
    """Password and authenticator app of one user. Times are unix seconds; 0 and None: there is none."""

    __tablename__ = "credentials"

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    password: Mapped[str | None] = mapped_column(String(255), default=None)  # an encoded hash: argon2id, or imported
    password_at: Mapped[int] = mapped_column(BigInteger, default=0)
    must_change: Mapped[bool] = mapped_column(default=False)  # somebody else chose it
    totp: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)  # the sealed secret
    totp_at: Mapped[int] = mapped_column(BigInteger, default=0)  # when it was confirmed; 0: not yet
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)  # of the last code that was used; none is good twice
    handle: Mapped[bytes | None] = mapped_column(Digest, unique=True, default=None)  # names the user to passkeys


class RecoveryCode(Base):
    """A code that stands in for a lost second factor, once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index(None, "user_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(Digest)
    used_at: Mapped[int] = mapped_column(BigInteger, default=0)


class Passkey(Base):
    """A WebAuthn credential. `public_key` is its COSE key, `rp_id` the domain that it is for."""

    __tablename__ = "passkeys"
    __table_args__ = (Index(None, "user_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(Digest, unique=True)  # SHA-256 of credential_id: an index wants it short
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    rp_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(64))
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None] = mapped_column(default=None)
    aaguid: Mapped[str] = mapped_column(String(36), default="")  # the authenticator's model
    backed_up: Mapped[bool] = mapped_column(default=False)  # synchronised between devices
    created_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int] = mapped_column(BigInteger, default=0)
