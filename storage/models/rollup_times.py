"""How long requests took, counted by slots of time beside the sums: what percentiles are read from.

A row counts the requests of one row of sums (the same bucket and digest) in one slot: storage/rollups/slots.py.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class _Times:
    bucket: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    requests: Mapped[int] = mapped_column(BigInteger)


class HourTimesByKey(_Times, Base):
    """Beside usage_hourly_keys."""

    __tablename__ = "usage_hourly_key_times"


class HourTimesByModel(_Times, Base):
    """Beside usage_hourly_models."""

    __tablename__ = "usage_hourly_model_times"


class DayTimes(_Times, Base):
    """Beside usage_daily."""

    __tablename__ = "usage_daily_times"
