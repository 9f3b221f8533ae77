"""Roll-ups: sums of usage records by hour and by day, one row for each combination that reports group and filter by."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class _Rollup:
    """Dimensions and sums. Units as in UsageRecord: microseconds, tokens, nano-USD.

    `bucket` is the first microsecond of the hour or day in UTC, unix time. `digest` stands for all dimensions in the
    primary key: storage.rollups.groups says how it is made.
    """

    bucket: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)

    user_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[int] = mapped_column(BigInteger)
    group: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(255))
    channel_id: Mapped[int] = mapped_column(BigInteger)
    provider: Mapped[str] = mapped_column(String(64))
    operation: Mapped[str] = mapped_column(String(32))
    status: Mapped[int]
    end: Mapped[str] = mapped_column(String(32))

    requests: Mapped[int] = mapped_column(BigInteger)
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


class UsageHour(_Rollup, Base):
    """Sums of one hour."""

    __tablename__ = "usage_hourly"


class UsageDay(_Rollup, Base):
    """Sums of one day. Indexed for reports on one key or user over many days; hours are read by bucket only."""

    __tablename__ = "usage_daily"
    __table_args__ = (Index(None, "key_id", "bucket"), Index(None, "user_id", "bucket"))
