"""Accounts, entries, leases, settlements, budgets, users and organisations; whose a key is.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_log = logging.getLogger("alembic.runtime.migration")

# SQLite gives an automatic id only to a column declared INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_MESSAGE = "ledger entries are never changed; book a correction"
_SQLITE = "CREATE TRIGGER {name} BEFORE {verb} ON entries BEGIN SELECT RAISE(ABORT, '{message}'); END"
_POSTGRES = "CREATE TRIGGER {name} BEFORE {verb} ON entries FOR EACH STATEMENT EXECUTE FUNCTION entries_refuse()"
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{message}'; END $$
"""
_MYSQL = (
    "CREATE TRIGGER {name} BEFORE {verb} ON entries FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{message}'"
)


def _protect_entries() -> None:
    """Let the database itself refuse whoever tries to change or delete an entry."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(_POSTGRES_FUNCTION.format(message=_MESSAGE))
        _triggers(_POSTGRES, "update", "delete", "truncate")
    elif dialect == "sqlite":
        _triggers(_SQLITE, "update", "delete")
    else:
        try:
            _triggers(_MYSQL, "update", "delete")
        except DBAPIError:
            # With a binary log MySQL lets only some accounts create triggers (error 1419). The rule rests on the code.
            _log.warning(
                "this database account may not create triggers: entries of the ledger are not protected by one"
            )


def _triggers(statement: str, *verbs: str) -> None:
    for verb in verbs:
        op.execute(statement.format(name=f"entries_refuse_{verb}", verb=verb, message=_MESSAGE))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "organisations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=True),
        sa.Column("group", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_users_organisation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_users_organisation_id"), "users", ["organisation_id"])
    op.add_column("api_keys", sa.Column("user_id", sa.BigInteger(), nullable=True))
    op.add_column("api_keys", sa.Column("group", sa.String(length=64), nullable=True))
    op.add_column("api_keys", sa.Column("cost_cap", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_api_keys_user_id"), "api_keys", ["user_id"])
    op.create_table(
        "accounts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=False),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("alerted", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint(
            "kind", "subject_id", "period_start", name=op.f("uq_accounts_kind_subject_id_period_start")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "entries",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("reference", "reason", "account_id", name=op.f("uq_entries_reference_reason_account_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_entries_account_id_id"), "entries", ["account_id", "id"])
    _protect_entries()
    op.create_table(
        "leases",
        sa.Column("account_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("replica", sa.String(length=128), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("abandoned", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("recalled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "replica", name=op.f("pk_leases")),
    )
    op.create_index(op.f("ix_leases_replica"), "leases", ["replica"])
    op.create_index(op.f("ix_leases_expires_at"), "leases", ["expires_at"])
    op.create_table(
        "settlements",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("oldest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
    )
    op.create_table(
        "budgets",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("alerts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_budgets_scope_scope_id"), "budgets", ["scope", "scope_id"])


def downgrade() -> None:
    """Undo. The ledger is lost; keys lose their user, group and cost cap."""
    op.drop_table("budgets")
    op.drop_table("settlements")
    op.drop_table("leases")
    op.drop_table("entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION entries_refuse()")
    op.drop_table("accounts")
    op.drop_index(op.f("ix_api_keys_user_id"), "api_keys")
    # Not in batch mode: SQLite would build the table anew, and forget that its ids are never given again.
    for column in ("cost_cap", "group", "user_id"):
        op.drop_column("api_keys", column)
    op.drop_table("users")
    op.drop_table("organisations")
