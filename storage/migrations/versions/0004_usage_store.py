"""Partitions and roll-ups of usage, and what a settled request adds to its row.

Existing rows stay where they are: on PostgreSQL their table becomes the first partition of the new one, without a copy.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE = "usage_records"
HOUR = 3_600_000_000
DAY = 24 * HOUR
MONTHS_AHEAD = 2

# What is indexed on every database; the names are those of the naming convention.
INDEXES_BEFORE = (("started_at",), ("key_id", "started_at"), ("channel_id", "started_at"))
INDEXES_NEW = (("user_id", "started_at"), ("model", "started_at"), ("batch",))

Dimensions = dict[str, sa.types.TypeEngine[Any]]

WHO: Dimensions = {"user_id": sa.BigInteger(), "organisation_id": sa.BigInteger(), "key_id": sa.BigInteger()}
WHAT: Dimensions = {
    "group": sa.String(length=64),
    "model": sa.String(length=255),
    "channel_id": sa.BigInteger(),
    "provider": sa.String(length=64),
    "operation": sa.String(length=32),
    "status": sa.Integer(),
    "end": sa.String(length=32),
}
SUMS = (
    "requests", "errors", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens",
    "cost", "provider_cost", "total_us", "first_tokens", "first_token_us",
)  # fmt: skip
ROLLUPS: dict[str, tuple[int, Dimensions]] = {
    "usage_hourly_keys": (HOUR, WHO),
    "usage_hourly_models": (HOUR, WHAT),
    "usage_daily_keys": (DAY, WHO),
    "usage_daily_models": (DAY, WHAT),
    "usage_daily": (DAY, {**WHO, **WHAT}),
}


def _new_columns() -> list[sa.Column[Any]]:
    # The defaults of the server stay: during a rolling update replicas of the version before go on inserting.
    zero = sa.text("0")
    return [
        sa.Column("user_id", sa.BigInteger(), nullable=False, server_default=zero),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, server_default=zero),
        sa.Column("group", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("accounts", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("provider_cost", sa.BigInteger(), nullable=False, server_default=zero),
        sa.Column("reserved", sa.BigInteger(), nullable=False, server_default=zero),
        # MySQL takes an expression as the default of a text, nothing else.
        sa.Column("price_detail", sa.Text(), nullable=False, server_default=sa.text("('')")),
        sa.Column("batch", sa.String(length=40), nullable=False, server_default=""),
    ]


def _index(columns: tuple[str, ...]) -> str:
    return f"ix_{TABLE}_{'_'.join(columns)}"


def upgrade() -> None:
    """Apply."""
    for column in _new_columns():
        op.add_column(TABLE, column)
    if op.get_bind().dialect.name == "postgresql":
        _partition()
    else:
        for columns in INDEXES_NEW:
            op.create_index(_index(columns), TABLE, list(columns))
    for name, (_, dimensions) in ROLLUPS.items():
        _create_rollup(name, dimensions)
    for name in ("usage_daily_keys", "usage_daily"):
        op.create_index(f"ix_{name}_key_id_bucket", name, ["key_id", "bucket"])
        op.create_index(f"ix_{name}_user_id_bucket", name, ["user_id", "bucket"])
    _fill_rollups()


def downgrade() -> None:
    """Undo."""
    for name in ROLLUPS:
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        _unpartition()
        return
    for columns in INDEXES_NEW:
        op.drop_index(_index(columns), TABLE)
    for column in _new_columns():
        op.drop_column(TABLE, column.name)


# ---------------------------------------------------------------------------------------------------------- partitions


def _month(time_us: int, months: int) -> int:
    """The first microsecond of the month that many months after the one of `time_us`."""
    date = datetime.fromtimestamp(time_us // 1_000_000, tz=UTC)
    index = date.year * 12 + date.month - 1 + months
    return int(datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def _partition() -> None:
    """Make the table a partition of a new one of its name, up to the end of the month of its newest row."""
    connection = op.get_bind()
    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    # A row from the far future would keep the first partition for as long; it goes to the default partition instead.
    newest = connection.scalar(
        sa.text(f"SELECT max(started_at) FROM {TABLE} WHERE started_at < :end"), {"end": _month(now, 12)}
    )
    begin = _month(max(now, newest or 0), 1) if newest is not None else _month(now, 0)

    op.rename_table(TABLE, "usage_records_first")
    op.execute(f"ALTER TABLE usage_records_first DROP CONSTRAINT pk_{TABLE}")
    for columns in INDEXES_BEFORE:
        op.execute(f"ALTER INDEX {_index(columns)} RENAME TO {_index(columns).replace(TABLE, 'usage_records_first')}")
    op.execute(
        f"CREATE TABLE {TABLE} (LIKE usage_records_first INCLUDING DEFAULTS, "
        f"CONSTRAINT pk_{TABLE} PRIMARY KEY (request_id, started_at)) PARTITION BY RANGE (started_at)"
    )
    for columns in (*INDEXES_BEFORE, *INDEXES_NEW):
        op.create_index(_index(columns), TABLE, list(columns))
    op.execute(f"CREATE TABLE usage_records_default PARTITION OF {TABLE} DEFAULT")
    if newest is None:
        op.execute(f"INSERT INTO {TABLE} SELECT * FROM usage_records_first")
        op.drop_table("usage_records_first")
    else:
        op.execute(
            f"WITH late AS (DELETE FROM usage_records_first WHERE started_at >= {begin} RETURNING *) "
            f"INSERT INTO {TABLE} SELECT * FROM late"
        )
        op.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION usage_records_first FOR VALUES FROM (MINVALUE) TO ({begin})")
    for months in range(MONTHS_AHEAD):
        first, end = _month(begin, months), _month(begin, months + 1)
        days = "_".join(datetime.fromtimestamp(at // 1_000_000, tz=UTC).strftime("%Y%m%d") for at in (first, end))
        _add_partition(f"usage_records_{days}", first, end)


def _add_partition(name: str, first: int, end: int) -> None:
    # Rows that wait in the default partition would keep the new one from being made.
    op.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS)")
    op.execute(
        f"WITH moved AS (DELETE FROM usage_records_default WHERE started_at >= {first} AND started_at < {end} "
        f"RETURNING *) INSERT INTO {name} SELECT * FROM moved"
    )
    op.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end})")


def _unpartition() -> None:
    """One table again, with the columns of before."""
    new = {column.name for column in _new_columns()}
    before = [column for column in sa.inspect(op.get_bind()).get_columns(TABLE) if column["name"] not in new]
    names = ", ".join(f'"{column["name"]}"' for column in before)
    op.rename_table(TABLE, "usage_records_parts")
    op.execute(f"ALTER TABLE usage_records_parts RENAME CONSTRAINT pk_{TABLE} TO pk_usage_records_parts")
    op.create_table(
        TABLE,
        *(sa.Column(column["name"], column["type"], nullable=column["nullable"]) for column in before),
        sa.PrimaryKeyConstraint("request_id", name=f"pk_{TABLE}"),
    )
    op.execute(f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM usage_records_parts ON CONFLICT DO NOTHING")
    op.drop_table("usage_records_parts")
    for columns in INDEXES_BEFORE:
        op.create_index(_index(columns), TABLE, list(columns))


# ------------------------------------------------------------------------------------------------------------ roll-ups


def _create_rollup(name: str, dimensions: Dimensions) -> None:
    op.create_table(
        name,
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        *(sa.Column(number, sa.BigInteger(), nullable=False) for number in SUMS),
        *(sa.Column(dimension, kind, nullable=False) for dimension, kind in dimensions.items()),
        sa.PrimaryKeyConstraint("bucket", "digest", name=f"pk_{name}"),
        # Half of each page is left for the next versions of its rows: a row is updated many times in its hour or day.
        postgresql_with={"fillfactor": "50"},
    )


def _fill_rollups() -> None:
    """Sum up the rows there are, day by day."""
    connection = op.get_bind()
    columns = sa.table(TABLE, *(sa.column(name) for name in ("started_at", *WHO, *WHAT, *SUMS))).c
    first = columns.started_at - columns.started_at % DAY
    counts: dict[str, sa.ColumnElement[int]] = {
        "requests": sa.func.count(),
        "errors": sa.func.sum(sa.case((sa.or_(columns.status >= 400, columns.end != "complete"), 1), else_=0)),
        "first_tokens": sa.func.sum(sa.case((columns.first_token_us > 0, 1), else_=0)),
    }
    sums = [counts.get(name, sa.func.sum(columns[name])).label(name) for name in SUMS]
    for start in sorted(connection.scalars(sa.select(first).distinct()).all()):
        for name, (unit, dimensions) in ROLLUPS.items():
            bucket = (columns.started_at - columns.started_at % unit).label("bucket")
            by = [columns[dimension] for dimension in dimensions]
            found = connection.execute(
                sa.select(bucket, *by, *sums)
                .where(columns.started_at >= start, columns.started_at < start + DAY)
                .group_by(bucket, *by)
            )
            rows = [dict(row) for row in found.mappings()]
            for row in rows:
                packed = msgspec.msgpack.encode([row[dimension] for dimension in dimensions])
                row["digest"] = hashlib.blake2b(packed, digest_size=16).digest()
                row.update({column: int(row[column]) for column in SUMS})
            target = sa.table(name, *(sa.column(column) for column in rows[0]))
            connection.execute(sa.insert(target), rows)
