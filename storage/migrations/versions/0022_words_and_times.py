"""Words of names for searching, and how long requests took by slots of time, for percentiles.

Times of requests from before are not counted: percentiles begin with this revision.

Revision: 0022, after 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.word import WORD
from storage.repositories.words import rows

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TIMES = ("usage_hourly_key_times", "usage_hourly_model_times", "usage_daily_times")
WORDS = {"api_keys": "key_words", "users": "user_words"}
PAGE = 5000


def _fill(table: str, *names: str) -> None:
    connection = op.get_bind()
    of = sa.table(table, sa.column("id", sa.BigInteger()), *(sa.column(name, sa.String()) for name in names))
    target = sa.table(WORDS[table], sa.column("of_id", sa.BigInteger()), sa.column("word", sa.String()))
    last = 0
    while True:
        page = connection.execute(sa.select(of).where(of.c.id > last).order_by(of.c.id).limit(PAGE)).all()
        if not page:
            return
        found = rows((row[0], row[1:]) for row in page)
        if found:
            connection.execute(sa.insert(target), found)
        last = page[-1][0]


def upgrade() -> None:
    """Apply."""
    for name in WORDS.values():
        op.create_table(
            name,
            sa.Column("of_id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("word", WORD, nullable=False),
            sa.PrimaryKeyConstraint("of_id", "word", name=op.f(f"pk_{name}")),
        )
    _fill("api_keys", "name")
    _fill("users", "name", "email", "display_name")
    for name in WORDS.values():
        op.create_index(f"ix_{name}_word", name, ["word", "of_id"])
    for name in TIMES:
        op.create_table(
            name,
            sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
            sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("requests", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("bucket", "digest", "slot", name=op.f(f"pk_{name}")),
            # As of the sums: a row is updated many times in its hour or day.
            postgresql_with={"fillfactor": "50"},
        )


def downgrade() -> None:
    """Undo."""
    for name in TIMES:
        op.drop_table(name)
    for name in WORDS.values():
        op.drop_table(name)
