"""Teams: people of one organisation who share keys, budgets and limits. Leads manage its keys and see its usage."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, granting, user_rows
from admin.caller import Caller, Scope, needs, step_up
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import IfMatch, Ref, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import MAX_ID, Fields
from admin.schemas.organisation import (
    Member,
    Members,
    TeamCreate,
    TeamGrants,
    TeamOut,
    TeamPatch,
    TeamPlace,
    TeamRole,
    place_tag,
)
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.models import Team
from storage.repositories import organisations, team_grants, teams, users
from storage.repositories.team_grants import Granted

router = APIRouter(prefix="/teams", tags=["teams"], route_class=ListRoute)

SORTS = {"name": Team.name, "id": Team.id}
TeamId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]
Readers = Annotated[Caller, needs("organisations.read")]
Writers = Annotated[Caller, needs("organisations.write")]


async def _load(session: AsyncSession, caller: Caller, team_id: int, permission: str) -> Team:
    """The team, when the caller's permission reaches it; raises a Problem (404)."""
    found = await teams.get(session, team_id)
    home = organisation_endpoints.within(caller, permission)
    if found is None or home not in {None, found.organisation_id}:
        raise not_found("team", str(team_id))
    if caller.reach(permission) is Reach.OWN and not await teams.has(session, team_id, caller.user_id or 0):
        raise not_found("team", str(team_id))
    return found


async def _shown(session: AsyncSession, rows: list[Team], caller: Caller | None = None) -> list[TeamOut]:
    mine = await teams.of_user(session, caller.user_id) if caller is not None and caller.user_id is not None else {}
    counts = await teams.counts(session, [row.id for row in rows])
    names = {one.id: one.name for one in await organisations.of(session, {row.organisation_id for row in rows})}
    return [
        TeamOut(
            id=row.id,
            name=row.name,
            organisation_id=row.organisation_id,
            organisation=names.get(row.organisation_id, ""),
            models=row.models,
            remark=row.remark,
            external_id=row.external_id,
            grants=TeamGrants(organisation_role=row.grants_role, group=row.grants_group),
            members=counts.get(row.id, 0),
            role=cast("TeamRole | None", mine.get(row.id)),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _tag(shown: TeamOut) -> TeamOut:
    return shown.model_copy(update={"members": 0, "role": None})


@router.get("", responses=problems(404), operation_id="list_teams")
async def list_teams(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    q: Search = "",
    organisation: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
) -> Listed[TeamOut]:
    """Teams by name or `id`; members see those they are in."""
    member = caller.user_id if caller.reach("organisations.read") is Reach.OWN else None
    home = organisation_endpoints.within(caller, "organisations.read")
    async with services.sessions() as session:
        if organisation is not None:
            home = (await organisation_endpoints.load(session, organisation, Scope(organisation_id=home))).id
        statement = teams.query(organisation_id=home, member_id=member)
        if q:
            statement = statement.where(contains(q, Team.name, identity=Team.id))
        rows, following = await fetch(session, statement, page, SORTS, Team.id)
        items = await _shown(session, list(rows), caller)
    return Listed(items=items, next=following)


@router.post("", status_code=201, responses=problems(400, 404, 409, 413), operation_id="create_team")
async def create_team(services: Surroundings, caller: Writers, wanted: TeamCreate, response: Response) -> TeamOut:
    """Make a team."""
    async with services.sessions.begin() as session:
        home = organisation_endpoints.within(caller, "organisations.write")
        if wanted.organisation is not None:
            scope = Scope(organisation_id=home)
            home = (await organisation_endpoints.load(session, wanted.organisation, scope)).id
        home = caller.organisation_id if home is None else home
        if home is None:
            raise invalid([("body.organisation", "is required")])
        if await teams.find(session, home, wanted.name) is not None:
            raise Problem(409, f"There is a team {wanted.name!r} already.")
        row = await teams.create(
            session, Team(organisation_id=home, name=wanted.name, models=wanted.models, remark=wanted.remark)
        )
        (shown,) = await _shown(session, [row])
        await audit.record(
            session, services, caller, "teams.create", kind="team", id=row.id, name=row.name, after=shown,
            organisation_id=home,
        )  # fmt: skip
    response.headers["location"] = f"/api/v1/teams/{row.id}"
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.get("/{team}", responses=problems(404), operation_id="get_team")
async def get_team(services: Surroundings, caller: Readers, team: TeamId, response: Response) -> TeamOut:
    """One team."""
    async with services.sessions() as session:
        (shown,) = await _shown(session, [await _load(session, caller, team, "organisations.read")], caller)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.patch("/{team}", responses=problems(400, 404, 409, 412, 413), operation_id="change_team")
async def change_team(
    services: Surroundings, caller: Writers, team: TeamId, patch: TeamPatch, response: Response,
    if_match: IfMatch = None,
) -> TeamOut:  # fmt: skip
    """Change what the body names. What its keys may use counts within a second."""
    shown, changed = await change(services, caller, team, patch.given(), if_match)
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


async def change(
    services: Services, caller: Caller, team: int, changes: Fields, if_match: str | None = None
) -> tuple[TeamOut, bool]:
    """Change a team; what it is then, and whether it is another. Raises Problems."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, team, "organisations.write")
        (before,) = await _shown(session, [row])
        etags.check(if_match, _tag(before))
        name = changes.get("name", row.name)
        if name != row.name and await teams.find(session, row.organisation_id, name) is not None:
            raise Problem(409, f"There is a team {name!r} already.")
        changed = await teams.update(session, row, changes)
        (shown,) = await _shown(session, [row])
        if changed:
            await audit.record(
                session, services, caller, "teams.change", kind="team", id=row.id, name=row.name, before=before,
                after=shown, organisation_id=row.organisation_id,
            )  # fmt: skip
    return shown, changed


@router.put(
    "/{team}/grants",
    responses=problems(400, 404, 412, 413),
    operation_id="set_team_grants",
    dependencies=[Depends(step_up)],
)
async def set_team_grants(
    services: Surroundings, caller: Writers, team: TeamId, wanted: TeamGrants, response: Response,
    if_match: IfMatch = None,
) -> TeamOut:  # fmt: skip
    """Say which role and group come with the team, for whoever may give them. Members get and lose them at once."""
    async with services.sessions.begin() as session:
        await users.take_turn(session)
        row = await _load(session, caller, team, "organisations.write")
        (before,) = await _shown(session, [row])
        etags.check(if_match, _tag(before))
        await granting.require_team(session, caller, row)
        await granting.require(session, caller, Granted(wanted.organisation_role, wanted.group), row.organisation_id)
        had = await team_grants.of_users(session, [user.id for user, _ in await teams.members(session, row.id)])
        changes = {"grants_role": wanted.organisation_role, "grants_group": wanted.group}
        changed = await teams.update(session, row, changes)
        (shown,) = await _shown(session, [row])
        if changed:
            await granting.settle(session, services, caller, had)
            await audit.record(
                session, services, caller, "teams.change", kind="team", id=row.id, name=row.name, before=before,
                after=shown, organisation_id=row.organisation_id,
            )  # fmt: skip
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.delete("/{team}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_team")
async def delete_team(services: Surroundings, caller: Writers, team: TeamId, if_match: IfMatch = None) -> None:
    """Remove a team with its budgets and limits. Members keep their keys; with keys of the team alone: 409."""
    await remove(services, caller, team, if_match)
    await announce(services)


async def remove(services: Services, caller: Caller, team: int, if_match: str | None = None) -> None:
    """Remove a team. Raises Problems."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, team, "organisations.write")
        (before,) = await _shown(session, [row])
        etags.check(if_match, _tag(before))
        if await teams.own_keys(session, team_id=row.id):
            raise Problem(409, "It has keys that are nobody's but its own; remove them or give them to somebody first.")
        await granting.require_team(session, caller, row)
        had = await team_grants.of_users(session, [user.id for user, _ in await teams.members(session, row.id)])
        await teams.remove(session, row)
        await granting.settle(session, services, caller, had)
        await audit.record(
            session, services, caller, "teams.delete", kind="team", id=before.id, name=before.name, before=before,
            organisation_id=before.organisation_id,
        )  # fmt: skip


@router.get("/{team}/members", responses=problems(404), operation_id="list_team_members")
async def list_team_members(services: Surroundings, caller: Readers, team: TeamId) -> Members:
    """Who is in the team."""
    async with services.sessions() as session:
        await _load(session, caller, team, "organisations.read")
        rows = await teams.members(session, team)
    return Members(
        items=[
            Member(
                id=row.id,
                name=row.name,
                display_name=row.display_name,
                enabled=row.enabled,
                role=cast("TeamRole", role),
            )
            for row, role in rows
        ]
    )


@router.put("/{team}/members/{user}", status_code=204, responses=problems(404, 412, 413), operation_id="join_team")
async def join_team(
    services: Surroundings,
    caller: Writers,
    team: TeamId,
    user: Ref,
    wanted: TeamPlace | None = None,
    if_match: IfMatch = None,
) -> None:
    """Put a user of the same organisation into the team, or give them another role there. Without a body: as member."""
    role = wanted.role if wanted is not None else None
    await _move(services, caller, team, user, if_match, inside=True, role=role)
    await announce(services)


@router.delete("/{team}/members/{user}", status_code=204, responses=problems(404, 412), operation_id="leave_team")
async def leave_team(
    services: Surroundings, caller: Writers, team: TeamId, user: Ref, if_match: IfMatch = None
) -> None:
    """Take a user out of the team, with the keys that are theirs."""
    await _move(services, caller, team, user, if_match, inside=False)
    await announce(services)


async def _move(
    services: Services,
    caller: Caller,
    team: int,
    user: str,
    if_match: str | None,
    *,
    inside: bool,
    role: TeamRole | None = None,
) -> None:
    async with services.sessions.begin() as session:
        row = await _load(session, caller, team, "organisations.write")
        who = await user_rows.load(session, user, Scope(organisation_id=row.organisation_id))
        place = await teams.role_of(session, row.id, who.id)
        etags.check_tag(if_match, place_tag(who.id, place))
        if inside != bool(place):
            await granting.require_team(session, caller, row)
        had = await team_grants.of_users(session, [who.id])
        moved = teams.join(session, row.id, who.id, role) if inside else teams.leave(session, row.id, who.id)
        if await moved:
            await granting.settle(session, services, caller, had)
            members = {"member": who.name, **({"role": role} if role else {})}
            await audit.record(
                session, services, caller, "teams.join" if inside else "teams.leave", kind="team", id=row.id,
                name=row.name, before=None if inside else members, after=members if inside else None,
                organisation_id=row.organisation_id,
            )  # fmt: skip
