"""What all tables share: the declarative base, names of constraints, and column types that behave alike everywhere.

Must not name any single table.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# SQLite gives an automatic id only to a column declared INTEGER; its integers have 64 bits in any case.
BigId = BigInteger().with_variant(Integer(), "sqlite")

# Python's None is SQL's NULL; the JSON value null is never stored.
JsonValue = JSON(none_as_null=True)

# A SHA-256 digest: 32 bytes. MySQL wants a length to index it.
Digest = LargeBinary(32)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: aware, in UTC, on every database (SQLite itself keeps no time zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; refuse a naive time, whose meaning would depend on the machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a stored time needs a time zone"
            raise ValueError(msg)
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time its zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The time of writing, for `created_at` and `updated_at`."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    # Named constraints, so that a later migration can address them on every database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime(),
        dict[str, str]: JsonValue,
        dict[str, Any]: JsonValue,
        list[str]: JsonValue,
    }
