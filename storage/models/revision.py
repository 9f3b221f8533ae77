"""Counters that say "something changed", one per kind of thing that is compiled or cached."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class Revision(Base):
    """A counter that grows with every change of what it names: "routes" (channels and prices) or "keys"."""

    __tablename__ = "revisions"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)
