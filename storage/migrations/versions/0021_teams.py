"""Teams with roles, keys, budgets, limits and usage; and what each key has used.

Sums of keys from before come from the roll-ups: their last use is known to the hour.

Revision: 0021, after 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
RECORDS = ("usage_records", "failed_requests")
ROLLUPS = ("usage_hourly_keys", "usage_daily_keys", "usage_daily")


def upgrade() -> None:
    """Apply."""
    # The defaults of the server stay: during a rolling update processes of the version before go on inserting.
    op.add_column("team_members", sa.Column("role", sa.String(length=8), nullable=False, server_default="member"))
    op.add_column("teams", sa.Column("models", JSON, nullable=True))
    op.add_column("api_keys", sa.Column("team_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_api_keys_team_id_name"), "api_keys", ["team_id", "name"])
    op.add_column("limits", sa.Column("team_id", sa.BigInteger(), nullable=False, server_default="0"))
    for table in (*RECORDS, *ROLLUPS):
        op.add_column(table, sa.Column("team_id", sa.BigInteger(), nullable=False, server_default="0"))
    for table in RECORDS:
        op.create_index(f"ix_{table}_team_id_started_at", table, ["team_id", "started_at"])
    op.create_table(
        "key_totals",
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("requests", "cost", "last_used_at")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_totals")),
    )
    integer = "SIGNED" if op.get_bind().dialect.name == "mysql" else "BIGINT"
    op.execute(
        "INSERT INTO key_totals (key_id, requests, cost, last_used_at) "
        f"SELECT key_id, CAST(SUM(requests) AS {integer}), "
        f"CAST(SUM(cost) AS {integer}), MAX(bucket) / 1000000 FROM usage_hourly_keys WHERE key_id <> 0 GROUP BY key_id"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("key_totals")
    for table in RECORDS:
        op.drop_index(f"ix_{table}_team_id_started_at", table)
    for table in (*RECORDS, *ROLLUPS):
        op.drop_column(table, "team_id")
    op.drop_column("limits", "team_id")
    op.drop_index(op.f("ix_api_keys_team_id_name"), table_name="api_keys")
    op.drop_column("api_keys", "team_id")
    op.drop_column("teams", "models")
    op.drop_column("team_members", "role")
