"""The usage table: one row per finished request, the columns of storage.records.UsageRecord."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class Usage(Base):
    """One finished request. Units as in UsageRecord: microseconds, tokens, nano-USD.

    No foreign keys: a record outlives the key and the channel it names. On PostgreSQL the table is partitioned by
    started_at (storage/partitions.py) and its primary key there is (request_id, started_at).
    """

    __tablename__ = "usage_records"
    __table_args__ = (
        Index(None, "started_at"),
        Index(None, "key_id", "started_at"),
        Index(None, "channel_id", "started_at"),
        Index(None, "user_id", "started_at"),
        Index(None, "organisation_id", "started_at"),
        Index(None, "team_id", "started_at"),
        Index(None, "model", "started_at"),
        Index(None, "batch"),
    )

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    provider: Mapped[str] = mapped_column(String(64))
    operation: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(255))
    upstream_model: Mapped[str] = mapped_column(String(255))
    response_model: Mapped[str] = mapped_column(String(255))
    stream: Mapped[bool]
    status: Mapped[int]
    end: Mapped[str] = mapped_column(String(32))
    error: Mapped[str] = mapped_column(String(64))
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    usage_source: Mapped[str] = mapped_column(String(16))
    cost: Mapped[int] = mapped_column(BigInteger)
    price_id: Mapped[int] = mapped_column(BigInteger)
    queue_us: Mapped[int] = mapped_column(BigInteger)
    first_byte_us: Mapped[int] = mapped_column(BigInteger)
    first_token_us: Mapped[int] = mapped_column(BigInteger)
    total_us: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int]
    attempt_log: Mapped[str] = mapped_column(Text)
    replica: Mapped[str] = mapped_column(String(128))
    client_ip: Mapped[str] = mapped_column(String(64))
    finish_reason: Mapped[str] = mapped_column(String(64))
    upstream_request_id: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    group: Mapped[str] = mapped_column(String(64))
    accounts: Mapped[str] = mapped_column(String(255))
    provider_cost: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    price_detail: Mapped[str] = mapped_column(Text)
    client_protocol: Mapped[str] = mapped_column(String(16))
    upstream_protocol: Mapped[str] = mapped_column(String(16))
    plan: Mapped[str] = mapped_column(String(512))
    losses: Mapped[str] = mapped_column(String(512))
    error_text: Mapped[str] = mapped_column(String(512), server_default="")
    team_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    batch: Mapped[str] = mapped_column(String(40))  # the batch it was settled in, "" before there were batches
