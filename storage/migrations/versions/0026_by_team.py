"""Users: whether their role in the organisation and their group came with a team; teams give no role that is gone.

Revision: 0026, after 0025.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BUILT_IN = "('', 'admin', 'finance', 'viewer', 'member')"


def upgrade() -> None:
    """Apply."""
    # The defaults of the server stay: during a rolling update processes of the version before go on inserting.
    for name in ("role_by_team", "group_by_team"):
        op.add_column("users", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        f"UPDATE teams SET grants_role = '' WHERE grants_role NOT IN {_BUILT_IN}"
        " AND grants_role NOT IN (SELECT name FROM permission_sets)"
    )
    # Until now what somebody had and a team of theirs gives was taken with the team.
    group = sa.sql.quoted_name("group", quote=True)
    users = sa.table(
        "users", *(sa.column(name) for name in ("id", "organisation_role", group, "role_by_team", "group_by_team"))
    )
    teams = sa.table("teams", *(sa.column(name) for name in ("id", "grants_role", "grants_group")))
    members = sa.table("team_members", sa.column("team_id"), sa.column("user_id"))
    for has, gives, flag in (
        ("organisation_role", "grants_role", "role_by_team"),
        ("group", "grants_group", "group_by_team"),
    ):
        given = (
            sa.select(members.c.user_id)
            .join(teams, teams.c.id == members.c.team_id)
            .where(members.c.user_id == users.c.id, teams.c[gives] != "", teams.c[gives] == users.c[has])
            .correlate(users)
        )
        op.execute(users.update().where(sa.exists(given)).values({flag: sa.true()}))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("users") as batch:
        for name in ("group_by_team", "role_by_team"):
            batch.drop_column(name)
