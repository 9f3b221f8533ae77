"""A redemption code: credit for whoever enters it first."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, Digest


class RedemptionCode(Base):
    """Found by the SHA-256 of its normal form; kept sealed too, because it is handed out later. Times: Unix seconds."""

    __tablename__ = "redemption_codes"
    __table_args__ = (
        Index(None, "batch", "id"),
        Index(None, "name", "id"),
        Index(None, "created_at", "id"),
        Index(None, "redeemed_by"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(Digest, unique=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    hint: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(64))
    batch: Mapped[str] = mapped_column(String(40))
    credit: Mapped[int] = mapped_column(BigInteger)  # nano-USD
    enabled: Mapped[bool] = mapped_column(default=True)
    actor: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
    redeemed_by: Mapped[int | None] = mapped_column(BigInteger, default=None)  # the user
    redeemed_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
