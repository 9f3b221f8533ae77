"""What comes with being in a team: a role inside its organisation, a group. Queries."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Team, TeamMember


class Granted(NamedTuple):
    """What somebody's teams give them; "": nothing."""

    role: str = ""
    group: str = ""


async def of_users(session: AsyncSession, user_ids: Collection[int]) -> dict[int, Granted]:
    """What each of these has by their teams. Of several teams that give a role, or a group, the oldest one counts."""
    found = dict.fromkeys(user_ids, Granted())
    if not found:
        return found
    statement = (
        select(TeamMember.user_id, Team.grants_role, Team.grants_group)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.user_id.in_(user_ids), or_(Team.grants_role != "", Team.grants_group != ""))
        .order_by(Team.id)
    )
    for user_id, role, group in await session.execute(statement):
        known = found[user_id]
        found[user_id] = Granted(known.role or role, known.group or group)
    return found
