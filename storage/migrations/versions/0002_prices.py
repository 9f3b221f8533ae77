"""Price versions, groups and ratios.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_REVISIONS = sa.table("revisions", sa.column("name", sa.String()), sa.column("value", sa.BigInteger()))
# Counts runs of re-rating; its row's lock makes them take turns.
_RERATE = "done: rerate"
_OLD_UNIQUE = "uq_prices_provider_model_source"


def upgrade() -> None:
    """Apply. Prices that are there become versions that have been in force since ever."""
    with op.batch_alter_table("prices") as batch:
        batch.add_column(sa.Column("effective_from", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("effective_to", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("terms", sa.JSON(none_as_null=True), nullable=True))
        batch.drop_constraint(_OLD_UNIQUE, type_="unique")
    with op.batch_alter_table("prices") as batch:
        batch.alter_column(
            "effective_from", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None
        )
        batch.create_index("ix_prices_provider_model", ["provider", "model", "source", "effective_from"])
    op.create_table(
        "user_groups",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("ratio", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_user_groups")),
    )
    op.create_table(
        "group_overrides",
        sa.Column("user_group", sa.String(length=64), nullable=False),
        sa.Column("used_group", sa.String(length=64), nullable=False),
        sa.Column("ratio", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_group", "used_group", name=op.f("pk_group_overrides")),
    )
    op.create_table(
        "price_corrections",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("price_id", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("provider_cost", sa.BigInteger(), nullable=False),
        sa.Column("price_detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "reference", name=op.f("pk_price_corrections")),
    )
    op.bulk_insert(_REVISIONS, [{"name": _RERATE, "value": 0}])


def downgrade() -> None:
    """Undo. Of each (provider, model, source) the version in force stays; older, later and removed ones are lost."""
    op.execute(sa.delete(_REVISIONS).where(_REVISIONS.c.name == _RERATE))
    op.drop_table("price_corrections")
    op.drop_table("group_overrides")
    op.drop_table("user_groups")
    _keep_those_in_force()
    with op.batch_alter_table("prices") as batch:
        batch.drop_index("ix_prices_provider_model")
        batch.drop_column("terms")
        batch.drop_column("effective_to")
        batch.drop_column("effective_from")
        batch.create_unique_constraint(_OLD_UNIQUE, ["provider", "model", "source"])


def _keep_those_in_force() -> None:
    connection = op.get_bind()
    prices = sa.table(
        "prices",
        *(sa.column(name) for name in ("id", "provider", "model", "source", "effective_from", "effective_to")),
    )
    now = int(time.time())
    kept: dict[tuple[str, str, str], int] = {}
    rows = connection.execute(sa.select(prices).order_by(prices.c.effective_from, prices.c.id)).all()
    for row in rows:
        if row.effective_from <= now and (row.effective_to is None or row.effective_to > now):
            kept[row.provider, row.model, row.source] = row.id
    lost = sorted({row.id for row in rows} - set(kept.values()))
    for start in range(0, len(lost), 500):
        connection.execute(sa.delete(prices).where(prices.c.id.in_(lost[start : start + 500])))
