"""Saved views of the console; an index of the entries that are neither requests nor leases.

Revision: 0024, after 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.base import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "saved_views",
        sa.Column("id", big, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("shared", sa.String(length=16), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_saved_views_user_id_page"), "saved_views", ["user_id", "page"])
    op.create_index(
        op.f("ix_saved_views_shared_organisation_id_page"), "saved_views", ["shared", "organisation_id", "page"]
    )
    few = sa.text("reason NOT IN ('request', 'lease', 'release')")
    op.create_index(op.f("ix_entries_at_reason"), "entries", ["at", "reason"], postgresql_where=few, sqlite_where=few)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_entries_at_reason"), "entries")
    op.drop_table("saved_views")
