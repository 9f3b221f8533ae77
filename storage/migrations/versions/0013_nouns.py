"""Teams, permission sets, groups, notices.

Revision: 0013, after 0012.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.models.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def _columns() -> list[tuple[str, sa.Column[Any]]]:
    # The defaults of the server stay: during a rolling update replicas of the version before go on inserting.
    def text(name: str, size: int, default: str = "") -> sa.Column[Any]:
        return sa.Column(name, sa.String(length=size), nullable=False, server_default=default)

    return [
        ("users", text("remark", 255)),
        ("users", sa.Column("deleted_at", UtcDateTime(), nullable=True)),
        ("organisations", sa.Column("enabled", sa.Boolean(), nullable=False, server_default=sa.true())),
        ("organisations", text("remark", 255)),
        ("organisations", text("default_group", 64, "default")),
        ("organisations", sa.Column("groups", JSON, nullable=True)),
        ("user_groups", sa.Column("topup_ratio", sa.BigInteger(), nullable=False, server_default="1000000")),
        ("user_groups", sa.Column("models", JSON, nullable=True)),
        ("user_groups", sa.Column("usable_by", JSON, nullable=True)),
        ("user_groups", sa.Column("auto_rank", sa.Integer(), nullable=True)),
        ("user_groups", text("remark", 255)),
        ("channels", sa.Column("groups", JSON, nullable=True)),
        ("api_keys", sa.Column("groups", JSON, nullable=True)),
        ("api_keys", sa.Column("group_retry", sa.Boolean(), nullable=False, server_default=sa.false())),
    ]


def upgrade() -> None:
    """Apply."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for table, column in _columns():
        op.add_column(table, column)
    op.create_table(
        "teams",
        sa.Column("id", big, nullable=False),
        sa.Column("organisation_id", big, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("remark", sa.String(length=255), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_teams_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_teams_organisation_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_teams_name"), "teams", ["name"])
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_user_id"), "team_members", ["user_id"])
    op.create_table(
        "permission_sets",
        sa.Column("id", big, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.String(length=255), nullable=False),
        sa.Column("permissions", JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permission_sets")),
        sa.UniqueConstraint("name", name=op.f("uq_permission_sets_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_permission_sets_organisation_id"), "permission_sets", ["organisation_id"])
    op.create_table(
        "announcements",
        sa.Column("id", big, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("signed_in_only", sa.Boolean(), nullable=False),
        sa.Column("visible_from", UtcDateTime(), nullable=True),
        sa.Column("visible_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_announcements_kind_position_id"), "announcements", ["kind", "position", "id"])
    # Lists of users are sorted by these.
    op.create_index(op.f("ix_users_created_at_id"), "users", ["created_at", "id"])
    op.create_index(op.f("ix_users_organisation_id_name"), "users", ["organisation_id", "name"])
    op.create_index(op.f("ix_users_role"), "users", ["role"])


def downgrade() -> None:
    """Undo."""
    for name in ("ix_users_role", "ix_users_organisation_id_name", "ix_users_created_at_id"):
        op.drop_index(op.f(name), table_name="users")
    for table in ("announcements", "permission_sets", "team_members", "teams"):
        op.drop_table(table)
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
