"""What comes with a team: who may say so, and what becomes of those who join and leave.

A role or a group that somebody was given by hand stays, also one that a team gives too: only what came with a team
(User.role_by_team, User.group_by_team) goes with it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, authority, roles
from admin.caller import Caller, forbidden
from admin.permissions import Reach
from admin.problems import invalid
from admin.services import Services
from storage.models import Organisation, Team
from storage.repositories import organisations, team_grants, users
from storage.repositories.team_grants import Granted


def groups_of(home: Organisation | None) -> set[str]:
    """Groups that an organisation's own people may give to its users."""
    return set() if home is None else {home.default_group, *(home.groups or ())}


async def require(session: AsyncSession, caller: Caller, wanted: Granted, organisation_id: int) -> None:
    """Raise unless the caller may give these to users of the organisation: 403, 422 for what there is not."""
    if wanted.role:
        await authority.require_organisation_role(session, caller, wanted.role, organisation_id)
    if not wanted.group:
        return
    if authority.lacking(caller, (), ["users.write"], organisation_id):
        raise forbidden("users.write")
    if wanted.group == "auto":
        raise invalid([("body.group", "'auto' is an order of groups for keys, not a group of users")])
    home = await organisations.get(session, organisation_id)
    if caller.reach("users.write") is not Reach.ALL and wanted.group not in groups_of(home):
        raise invalid([("body.group", "is not one of the organisation's groups")])


async def require_team(session: AsyncSession, caller: Caller, team: Team) -> None:
    """As `require`, for letting people join and leave a team. A role that is gone permits nothing."""
    role, group = team.grants_role, team.grants_group
    if role and await roles.inside(session, role, team.organisation_id) is None:
        role = ""
    if role or group:
        await require(session, caller, Granted(role, group), team.organisation_id)


async def settle(session: AsyncSession, services: Services, caller: Caller, had: Mapping[int, Granted]) -> None:
    """After teams or their members changed: who `had` other roles and groups by them than now gets those."""
    has = await team_grants.of_users(session, had)
    for user_id in sorted(user_id for user_id, before in had.items() if before != has[user_id]):
        row = await users.get(session, user_id)
        if row is None or row.organisation_id is None:
            continue
        home = await organisations.get(session, row.organisation_id)
        usual = Granted(roles.MEMBER, home.default_group if home is not None else "default")
        before, after = had[user_id], has[user_id]
        changes: dict[str, Any] = {}
        by_team = row.role_by_team or (not before.role and row.organisation_role == usual.role)
        if before.role != after.role and by_team:
            changes |= {"organisation_role": after.role or usual.role, "role_by_team": bool(after.role)}
        by_team = row.group_by_team or (not before.group and row.group == usual.group)
        if before.group != after.group and by_team:
            changes |= {"group": after.group or usual.group, "group_by_team": bool(after.group)}
        was = {name: getattr(row, name) for name in changes}
        if await users.update(session, row, changes):
            await audit.record(
                session, services, caller, "users.change", kind="user", id=row.id, name=row.name, before=was,
                after=changes, organisation_id=row.organisation_id,
            )  # fmt: skip
