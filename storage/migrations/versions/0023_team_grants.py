"""Teams: a directory's own id of them, and the role and group that their members have.

Revision: 0023, after 0022.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # The defaults of the server stay: during a rolling update processes of the version before go on inserting.
    op.add_column("teams", sa.Column("external_id", sa.String(length=255), nullable=True))
    op.add_column("teams", sa.Column("grants_role", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("teams", sa.Column("grants_group", sa.String(length=64), nullable=False, server_default=""))
    op.create_index(op.f("ix_teams_external_id"), "teams", ["external_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_teams_external_id"), table_name="teams")
    for name in ("grants_group", "grants_role", "external_id"):
        op.drop_column("teams", name)
