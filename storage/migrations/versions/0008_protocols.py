"""Protocols: how a request was converted, in its usage record, and keys whose requests may lose nothing by it.

Revision: 0008, after 0007.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "usage_records"


def _new_columns() -> list[sa.Column[Any]]:
    # The defaults of the server stay: during a rolling update replicas of the version before go on inserting.
    return [
        sa.Column("client_protocol", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("upstream_protocol", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("plan", sa.String(length=512), nullable=False, server_default=""),
        sa.Column("losses", sa.String(length=512), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    """Apply."""
    for column in _new_columns():
        op.add_column(TABLE, column)
    op.add_column("api_keys", sa.Column("strict", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Undo."""
    op.drop_column("api_keys", "strict")
    for column in _new_columns():
        op.drop_column(TABLE, column.name)
