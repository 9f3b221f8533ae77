"""Asynchronous tasks at providers.

Revision: 0025, after 0024.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = {
        "reference": 64, "kind": 16, "upstream_id": 255, "request_id": 64, "provider": 64, "model": 255, "state": 16,
        "settlement": 16, "note": 255,
    }  # fmt: skip
    numbers = (
        "started_at", "key_id", "user_id", "team_id", "organisation_id", "channel_id", "channel_key_id", "made_at",
        "updated_at", "finished_at", "expires_at", "next_at", "polls", "input_tokens", "output_tokens",
        "cached_tokens", "reasoning_tokens", "estimate", "cost",
    )  # fmt: skip
    op.create_table(
        "tasks",
        sa.Column("id", big, nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in texts.items()),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in numbers),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("reference", name=op.f("uq_tasks_reference")),
        sqlite_autoincrement=True,
    )
    for columns in (
        ["settlement", "next_at"], ["made_at", "id"], ["user_id", "made_at"], ["organisation_id", "made_at"],
        ["request_id"],
    ):  # fmt: skip
        op.create_index(op.f(f"ix_tasks_{'_'.join(columns)}"), "tasks", columns)


def downgrade() -> None:
    """Undo."""
    op.drop_table("tasks")
