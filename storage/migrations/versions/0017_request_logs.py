"""Searching and keeping requests: what clients were told went wrong, an index of failures, captured bodies.

Failures from before are entered too, without a text.

Revision: 0017, after 0016.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

USAGE = "usage_records"
FAILED = "failed_requests"
COPIED = (
    "request_id", "started_at", "key_id", "user_id", "organisation_id", "group", "channel_id", "provider", "operation",
    "model", "status", "end", "error", "error_text",
)  # fmt: skip


def upgrade() -> None:
    """Apply."""
    # The default stays: during a rolling update replicas of the version before go on inserting.
    op.add_column(USAGE, sa.Column("error_text", sa.String(length=512), nullable=False, server_default=""))
    op.create_index(f"ix_{USAGE}_organisation_id_started_at", USAGE, ["organisation_id", "started_at"])
    _create_failures()
    op.create_table(
        "capture_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("max_bytes", sa.BigInteger(), nullable=False),
        sa.Column("keep_s", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("redact", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture_rules")),
        sa.UniqueConstraint("scope", "scope_id", name=op.f("uq_capture_rules_scope_scope_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "captures",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("started_at", "key_id", "user_id", "organisation_id", "rule_id")
        ),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("request_bytes", "response_bytes", "size", "expires_at")
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_captures")),
    )
    op.create_index(op.f("ix_captures_expires_at"), "captures", ["expires_at"])
    op.create_index(op.f("ix_captures_started_at"), "captures", ["started_at"])
    for owner in ("rule_id", "key_id", "organisation_id"):
        op.create_index(op.f(f"ix_captures_{owner}_started_at"), "captures", [owner, "started_at"])


def _create_failures() -> None:
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "request_id": sa.String(length=64),
        "group": sa.String(length=64),
        "provider": sa.String(length=64),
        "operation": sa.String(length=32),
        "model": sa.String(length=255),
        "status": sa.Integer(),
        "end": sa.String(length=32),
        "error": sa.String(length=64),
        "error_text": sa.String(length=512),
    }
    op.create_table(
        FAILED,
        *(sa.Column(name, kinds.get(name, sa.BigInteger()), nullable=False) for name in COPIED),
        sa.PrimaryKeyConstraint("request_id", name=op.f(f"pk_{FAILED}")),
    )
    usage = sa.table(USAGE, *(sa.column(name) for name in COPIED))
    failed = sa.or_(usage.c.status >= 400, usage.c.end != "complete")
    # On PostgreSQL a request may be there once for each time it started: the key of the table has both.
    once = sa.select(*(sa.func.max(usage.c[name]) if name != "request_id" else usage.c[name] for name in COPIED))
    target = sa.table(FAILED, *(sa.column(name) for name in COPIED))
    op.execute(sa.insert(target).from_select(COPIED, once.where(failed).group_by(usage.c.request_id)))
    op.create_index(op.f(f"ix_{FAILED}_started_at"), FAILED, ["started_at"])
    for owner in ("key_id", "user_id", "organisation_id"):
        op.create_index(op.f(f"ix_{FAILED}_{owner}_started_at"), FAILED, [owner, "started_at"])


def downgrade() -> None:
    """Undo."""
    for table in ("captures", "capture_rules", FAILED):
        op.drop_table(table)
    op.drop_index(f"ix_{USAGE}_organisation_id_started_at", USAGE)
    op.drop_column(USAGE, "error_text")
