"""Teams within a caller's reach: finding one, and which of them the caller is in or leads. Writes nothing."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import EVERYTHING, Caller, Scope
from admin.endpoints.common import object_id
from admin.problems import not_found
from storage.models import Team
from storage.models.team import LEAD
from storage.repositories import teams


class Within(NamedTuple):
    """What of keys and requests a caller reaches: those inside of the scope, and those of these teams."""

    scope: Scope
    team_ids: frozenset[int] = frozenset()


async def within(session: AsyncSession, caller: Caller, permission: str, *, lead: bool) -> Within:
    """The reach of a permission, with the teams that the caller is in; with `lead` those that the caller leads."""
    scope = caller.scope(permission)
    if scope.user_id is None or caller.user_id is None:
        return Within(scope)
    roles = await teams.of_user(session, caller.user_id)
    return Within(scope, frozenset(team for team, role in roles.items() if role == LEAD or not lead))


async def find(session: AsyncSession, ref: str, home: int | None) -> Team | None:
    """The team of that id or ORGANISATION/TEAM; by the name alone inside of an organisation."""
    number = object_id(ref)
    if number is not None:
        return await teams.get(session, number)
    if "/" in ref:
        return await teams.find_by_place(session, ref)
    return await teams.find(session, home, ref) if home is not None else None


async def load(session: AsyncSession, ref: str, caller: Caller, reached: Within) -> Team:
    """The team, when it is one of the teams reached or inside of the scope; raises a Problem (404)."""
    found = await find(session, ref, caller.organisation_id)
    if found is None:
        raise not_found("team", ref)
    scope = reached.scope
    held = scope == EVERYTHING or (scope.user_id is None and scope.organisation_id == found.organisation_id)
    if not held and found.id not in reached.team_ids:
        raise not_found("team", ref)
    return found
