"""What was taken over from another gateway, and what it became here: a second import leaves it alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class ImportedItem(Base):
    """One thing of one source. No foreign keys: what was removed here since stays removed."""

    __tablename__ = "imported_items"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)  # the name that the operator gave that gateway
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)  # "user", "key", "channel", "code", "price" ...
    foreign_id: Mapped[str] = mapped_column(String(200), primary_key=True)  # its id there, or its name
    local_id: Mapped[int] = mapped_column(BigInteger, default=0)  # 0: it has a name here and no number
    at: Mapped[int] = mapped_column(BigInteger)  # unix seconds
