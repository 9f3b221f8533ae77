"""Channels: the login of a proxy, sealed as the secret is.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("channels", sa.Column("proxy_secret", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("channels") as table:
        table.drop_column("proxy_secret")
