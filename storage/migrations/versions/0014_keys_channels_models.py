"""Keys, channels and models of a company.

Revision: 0014, after 0013.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.models.base import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
INDEXES = {
    "api_keys": (("created_at", "id"), ("user_id", "name")),
    "channels": (("priority", "id"), ("created_at", "id"), ("tag", "id"), ("provider", "id")),
    "channel_keys": (("channel_id", "id"),),
    "models": (("created_at", "id"), ("vendor_id", "id")),
}


def _text(name: str, size: int, default: str = "") -> sa.Column[Any]:
    # The defaults of the server stay: during a rolling update replicas of the version before go on inserting.
    return sa.Column(name, sa.String(length=size), nullable=False, server_default=default)


def _time(name: str) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime(), nullable=True)


def _flag(name: str, *, value: bool) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if value else sa.false())


def _columns() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("api_keys", sa.Column("endpoints", JSON, nullable=True)),
        ("api_keys", sa.Column("networks", JSON, nullable=True)),
        ("api_keys", sa.Column("old_digest", sa.LargeBinary(length=32), nullable=True)),
        ("api_keys", _time("old_until")),
        ("api_keys", sa.Column("labels", JSON, nullable=True)),
        ("api_keys", _text("remark", 255)),
        ("channels", _text("key_mode", 16, "random")),
        ("channels", _text("tag", 64)),
        ("channels", _text("remark", 255)),
        ("channels", _text("test_model", 200)),
        ("channels", _flag("auto_disable", value=True)),
        ("channels", _text("off_by", 8)),
        ("channels", _text("off_reason", 255)),
        ("channels", _time("off_at")),
        ("channels", _text("watch_models", 8, "off")),
        ("channels", sa.Column("ignored_models", JSON, nullable=True)),
    ]


def _made() -> list[sa.Column[Any]]:
    return [sa.Column(name, UtcDateTime(), nullable=False) for name in ("created_at", "updated_at")]


def _tables() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "channel_keys",
        sa.Column("id", big, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _text("hint", 32),
        _flag("enabled", value=True),
        _text("off_by", 8),
        _text("off_reason", 255),
        _time("off_at"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_keys")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "channel_states",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _time("tested_at"),
        sa.Column("test_ok", sa.Boolean(), nullable=True),
        sa.Column("test_ms", sa.Integer(), nullable=False, server_default="0"),
        _text("test_error", 255),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        _text("balance_currency", 8),
        _time("balance_at"),
        _text("balance_error", 255),
        _time("models_at"),
        sa.Column("models_new", JSON, nullable=True),
        sa.Column("models_gone", JSON, nullable=True),
        _text("models_error", 255),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_channel_states")),
    )
    op.create_table(
        "vendors",
        sa.Column("id", big, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        _text("icon", 64),
        _text("link", 500),
        _text("remark", 255),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendors")),
        sa.UniqueConstraint("name", name=op.f("uq_vendors_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "models",
        sa.Column("id", big, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        _text("title", 200),
        sa.Column("vendor_id", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        _text("icon", 64),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("capabilities", JSON, nullable=False),
        sa.Column("context_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        _text("visibility", 16, "public"),
        sa.Column("aliases", JSON, nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        sa.UniqueConstraint("name", name=op.f("uq_models_name")),
        sqlite_autoincrement=True,
    )


def upgrade() -> None:
    """Apply."""
    for table, column in _columns():
        op.add_column(table, column)
    _tables()
    for table, indexes in INDEXES.items():
        for names in indexes:
            op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names))
    op.create_index(op.f("uq_api_keys_old_digest"), "api_keys", ["old_digest"], unique=True)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("uq_api_keys_old_digest"), table_name="api_keys")
    for table in ("api_keys", "channels"):
        for names in INDEXES[table]:
            op.drop_index(op.f(f"ix_{table}_{'_'.join(names)}"), table_name=table)
    for table in ("models", "vendors", "channel_states", "channel_keys"):
        op.drop_table(table)
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
