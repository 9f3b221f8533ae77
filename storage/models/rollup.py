"""Roll-ups: sums of usage records by hour and by day, one row for each combination that reports group and filter by.

Who asks and what is asked are kept apart: together there are many times as many combinations, and few reports need
both. By day there is a table with both too. Which one answers what is said in storage/rollups/tables.py.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class _Sums:
    """Units as in UsageRecord: microseconds, tokens, nano-USD.

    `bucket` is the first microsecond of the hour or day in UTC, unix time. `digest` stands for all dimensions in the
    primary key: storage.rollups.groups says how it is made.
    """

    bucket: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)

    requests: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int] = mapped_column(BigInteger)  # status 400 or above, or ended otherwise than "complete"
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[int] = mapped_column(BigInteger)
    provider_cost: Mapped[int] = mapped_column(BigInteger)
    total_us: Mapped[int] = mapped_column(BigInteger)
    first_tokens: Mapped[int] = mapped_column(BigInteger)  # requests that have a time to first token
    first_token_us: Mapped[int] = mapped_column(BigInteger)  # the sum of those times


class _Who:
    user_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[int] = mapped_column(BigInteger)
    team_id: Mapped[int] = mapped_column(BigInteger, server_default="0")


class _What:
    group: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(255))
    channel_id: Mapped[int] = mapped_column(BigInteger)
    provider: Mapped[str] = mapped_column(String(64))
    operation: Mapped[str] = mapped_column(String(32))
    status: Mapped[int]
    end: Mapped[str] = mapped_column(String(32))


class HourByKey(_Sums, _Who, Base):
    """Who asked, by hour."""

    __tablename__ = "usage_hourly_keys"


class HourByModel(_Sums, _What, Base):
    """What was asked, by hour."""

    __tablename__ = "usage_hourly_models"


class DayByKey(_Sums, _Who, Base):
    """Who asked, by day. Indexed for one key or user over many days."""

    __tablename__ = "usage_daily_keys"
    __table_args__ = (Index(None, "key_id", "bucket"), Index(None, "user_id", "bucket"))


class DayByModel(_Sums, _What, Base):
    """What was asked, by day."""

    __tablename__ = "usage_daily_models"


class Day(_Sums, _Who, _What, Base):
    """Who asked for what, by day. Indexed for one key or user over many days."""

    __tablename__ = "usage_daily"
    __table_args__ = (Index(None, "key_id", "bucket"), Index(None, "user_id", "bucket"))
