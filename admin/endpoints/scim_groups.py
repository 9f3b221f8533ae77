"""Groups of SCIM 2.0 (RFC 7644): they are teams. Create, find, read, replace, change, delete; who is in them.

Of an organisation's directory they are the teams of that organisation, by their names; of the gateway's own directory
all teams, named ORGANISATION/TEAM. A member belongs to the team's organisation. Who joins is a member; leads are made
here. A role or a group of prices comes with a team when somebody who may give those said so (team_grants.py); a
directory cannot say so.
"""

import re
from collections.abc import Collection
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, granting
from admin.caller import Caller
from admin.endpoints.common import IfMatch, object_id, scim_problems
from admin.endpoints.scim import MOST, Count, Filter, Provisioner, Start, UserId, answer, compared, weak_tag
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import check_name, time_text
from admin.schemas.scim import GroupIn, GroupPage, MemberRef, Meta, PatchOp, ScimGroup
from admin.scim_response import ScimResponse
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.models import Team
from storage.repositories import directory, organisations, revisions, team_grants, teams

public_router = APIRouter(prefix="/scim/v2", tags=["scim"], default_response_class=ScimResponse)

Without = Annotated[str, Query(alias="excludedAttributes", max_length=200, pattern=r"^[^\x00]*$")]
_ONE = re.compile(r'^members\s*\[\s*value\s+eq\s+"(\d{1,18})"\s*\]$', re.IGNORECASE)


class _State(NamedTuple):
    """What a directory decides of a group."""

    name: str
    external_id: str
    members: frozenset[str]


async def _out(
    session: AsyncSession, request: Request, caller: Caller, rows: Collection[Team], *, members: bool = True
) -> list[ScimGroup]:
    base = str(request.base_url).rstrip("/")
    everywhere = caller.scope("scim.write").organisation_id is None
    places = await teams.places(session, [row.id for row in rows]) if everywhere else {}
    # Those that are left out are part of the version all the same.
    inside = await directory.members(session, [row.id for row in rows])
    return [
        ScimGroup(
            id=str(row.id),
            external_id=row.external_id,
            display_name=places.get(row.id, row.name),
            members=[MemberRef(value=str(one), display=name) for one, name in inside[row.id]] if members else None,
            meta=Meta(
                resource_type="Group", created=time_text(row.created_at), last_modified=time_text(row.updated_at),
                location=f"{base}/scim/v2/Groups/{row.id}", version=_version(row, [one for one, _ in inside[row.id]]),
            ),
        )
        for row in rows
    ]  # fmt: skip


def _version(row: Team, members: Collection[int]) -> str:
    return weak_tag(row.id, row.external_id, row.name, sorted(members))


async def _load(session: AsyncSession, caller: Caller, ref: str) -> Team:
    number = object_id(ref)
    found = None if number is None else await teams.get(session, number)
    home = caller.scope("scim.write").organisation_id
    if found is None or home not in {None, found.organisation_id}:
        raise not_found("group", ref)
    return found


async def _placed(session: AsyncSession, caller: Caller, name: str, field: str = "body.displayName") -> tuple[int, str]:
    """(organisation, team) that a group's name means. Raises a Problem (422)."""
    home = caller.scope("scim.write").organisation_id
    if home is None:
        place, _, name = name.partition("/")
        found = await organisations.find_by_name(session, place) if name else None
        if found is None:
            raise invalid([(field, "must be ORGANISATION/TEAM with an organisation of this gateway")])
        home = found.id
    if len(name) > 64 or "/" in name:
        raise invalid([(field, "must have at most 64 characters and no slash")])
    try:
        return home, check_name(name)
    except ValueError as error:
        raise invalid([(field, str(error))]) from None


@public_router.get("/Groups", responses=scim_problems(), operation_id="scim_list_groups", response_model=GroupPage)
async def list_groups(
    services: Surroundings, request: Request, caller: Provisioner, filter_: Filter = "", start: Start = 1,
    count: Count = 100, without: Without = "",
) -> Response:  # fmt: skip
    """Groups; `filter` is one comparison by `eq` of displayName or externalId. They are teams."""
    attribute, value = compared(filter_, {"displayname", "externalid"}, 'displayName eq "developers"')
    start, count = max(start, 1), min(max(count, 0), MOST)
    home = caller.scope("scim.write").organisation_id
    external = value if attribute == "externalid" else ""
    place, name = "", "" if external else value
    if home is None:
        place, _, name = name.partition("/")
    async with services.sessions() as session:
        if attribute and not external and (not name or (home is None and not place)):
            total, rows = 0, []
        else:
            total, found = await directory.teams(
                session, name=name, external_id=external, organisation=place, organisation_id=home, start=start,
                count=count,
            )  # fmt: skip
            rows = list(found)
        shown = await _out(session, request, caller, rows, members=not _leaves_out(without))
    return answer(GroupPage(total_results=total, start_index=start, items_per_page=len(shown), resources=shown))


def _leaves_out(without: str) -> bool:
    return "members" in {each.strip().lower() for each in without.split(",")}


@public_router.post(
    "/Groups",
    status_code=201,
    responses=scim_problems(409, 413),
    operation_id="scim_create_group",
    response_model=ScimGroup,
)
async def create_group(services: Surroundings, request: Request, caller: Provisioner, wanted: GroupIn) -> Response:
    """Make a team, with members."""
    try:
        async with services.sessions.begin() as session:
            home, name = await _placed(session, caller, wanted.display_name)
            if await teams.find(session, home, name) is not None:
                raise _taken(name)
            row = await teams.create(session, Team(
                organisation_id=home, name=name, external_id=wanted.external_id or None, models=None, remark="",
            ))  # fmt: skip
            await audit.record(
                session, services, caller, "teams.create", kind="team", id=row.id, name=name, after={"name": name},
                organisation_id=home,
            )  # fmt: skip
            await _settle(session, services, caller, row, frozenset(one.value for one in wanted.members))
            (shown,) = await _out(session, request, caller, [row])
    except IntegrityError:
        raise _taken(wanted.display_name) from None
    made = answer(shown, 201)
    made.headers["location"] = shown.meta.location
    return made


def _taken(name: str) -> Problem:
    return Problem(409, f"There is a team {name!r} already.", slug="name-taken")


@public_router.get(
    "/Groups/{team}", responses=scim_problems(404), operation_id="scim_get_group", response_model=ScimGroup
)
async def get_group(
    services: Surroundings, request: Request, caller: Provisioner, team: UserId, without: Without = ""
) -> Response:
    """One team, with its members."""
    async with services.sessions() as session:
        row = await _load(session, caller, team)
        return answer((await _out(session, request, caller, [row], members=not _leaves_out(without)))[0])


@public_router.put(
    "/Groups/{team}",
    responses=scim_problems(404, 409, 412, 413),
    operation_id="scim_replace_group",
    response_model=ScimGroup,
)
async def replace_group(
    services: Surroundings, request: Request, caller: Provisioner, team: UserId, wanted: GroupIn,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Replace name and members."""
    members = frozenset(one.value for one in wanted.members)
    state = _State(wanted.display_name, wanted.external_id, members)
    return answer(await _change(services, request, caller, team, if_match, [], state))


@public_router.patch(
    "/Groups/{team}",
    responses=scim_problems(404, 409, 412, 413),
    operation_id="scim_change_group",
    response_model=ScimGroup,
)
async def change_group(
    services: Surroundings, request: Request, caller: Provisioner, team: UserId, wanted: PatchOp,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Add and remove members, replace them, give another name."""
    return answer(await _change(services, request, caller, team, if_match, wanted.operations, None))


async def _change(
    services: Services, request: Request, caller: Caller, ref: str, if_match: str | None, operations: list[Any],
    after: _State | None,
) -> ScimGroup:  # fmt: skip
    try:
        async with services.sessions.begin() as session:
            # Two directories' changes of members at the same time come one after the other.
            await revisions.take_turn(session, revisions.KEYS)
            row = await _load(session, caller, ref)
            (before,) = await _out(session, request, caller, [row])
            etags.check_tag(if_match, before.meta.version)
            there = frozenset(one.value for one in before.members or ())
            state = _State(before.display_name, row.external_id or "", there)
            after = after or _patched(state, operations)
            if after.name != state.name:
                home, name = await _placed(session, caller, after.name)
                if home != row.organisation_id:
                    raise invalid([("body.displayName", "a team stays in its organisation")])
                other = await teams.find(session, home, name)
                if other is not None and other.id != row.id:
                    raise _taken(name)
                was = row.name
                await teams.update(session, row, {"name": name})
                await audit.record(
                    session, services, caller, "teams.change", kind="team", id=row.id, name=name,
                    before={"name": was}, after={"name": name}, organisation_id=row.organisation_id,
                )  # fmt: skip
            if after.external_id != state.external_id:
                await teams.update(session, row, {"external_id": after.external_id or None})
                await audit.record(
                    session, services, caller, "teams.change", kind="team", id=row.id, name=row.name,
                    before={"external_id": state.external_id}, after={"external_id": after.external_id},
                    organisation_id=row.organisation_id,
                )  # fmt: skip
            await _settle(session, services, caller, row, after.members, state.members)
            (shown,) = await _out(session, request, caller, [row])
    except IntegrityError:
        raise Problem(409, "There is a team of this name already.", slug="name-taken") from None
    await announce(services)
    return shown


async def _settle(
    session: AsyncSession, services: Services, caller: Caller, row: Team, wanted: frozenset[str],
    there: frozenset[str] = frozenset(),
) -> None:  # fmt: skip
    """Let join and leave who is to. Raises a Problem (422) for somebody who is not of the organisation."""
    coming = {number for each in wanted - there if (number := object_id(each)) is not None}
    known = await directory.people(session, coming, row.organisation_id)
    gone = await directory.people(session, {int(each) for each in there - wanted}, row.organisation_id)
    had = await team_grants.of_users(session, [*known, *gone])
    strangers = sorted(each for each in wanted - there if object_id(each) not in known)
    if strangers:
        raise invalid([("body.members", f"has {strangers[0][:32]!r}, who is no user of the team's organisation")])
    for number in sorted(known):
        await teams.join(session, row.id, number)
        await _record(session, services, caller, row, known[number], joined=True)
    for number in sorted(gone):
        await teams.leave(session, row.id, number)
        await _record(session, services, caller, row, gone[number], joined=False)
    await granting.settle(session, services, caller, had)


async def _record(
    session: AsyncSession, services: Services, caller: Caller, row: Team, name: str, *, joined: bool
) -> None:
    member = {"member": name}
    await audit.record(
        session, services, caller, "teams.join" if joined else "teams.leave", kind="team", id=row.id, name=row.name,
        before=None if joined else member, after=member if joined else None, organisation_id=row.organisation_id,
    )  # fmt: skip


def _patched(state: _State, operations: list[Any]) -> _State:
    """What operations make of a group. Raises a Problem (422) for what is not understood."""
    for number, change in enumerate(operations):
        kind, where = change.op.lower(), f"body.Operations.{number}"
        if kind not in ("add", "replace", "remove"):
            raise invalid([(f"{where}.op", "must be add, replace or remove")])
        path = change.path.rpartition("urn:ietf:params:scim:schemas:core:2.0:Group:")[2].strip()
        if path:
            state = _step(state, kind, path, change.value, where)
            continue
        if not isinstance(change.value, dict) or kind == "remove":
            raise invalid([(f"{where}.value", "must be an object of attributes")])
        for name, value in change.value.items():
            state = _step(state, kind, str(name), value, where)
    return state


def _step(state: _State, kind: str, path: str, value: Any, where: str) -> _State:  # noqa: ANN401  # whatever JSON holds
    """One change of one attribute; those that have no place here are let go."""
    if path.lower() == "displayname":
        if kind == "remove" or not isinstance(value, str) or not value:
            raise invalid([(f"{where}.value", "must be a name")])
        return state._replace(name=value)
    if path.lower() == "externalid":
        value = "" if kind == "remove" or value is None else value
        if not isinstance(value, str) or len(value) > 255 or "\0" in value:
            raise invalid([(f"{where}.value", "must be text of at most 255 characters")])
        return state._replace(external_id=value)
    if (one := _ONE.match(path)) is not None:
        if kind != "remove":
            raise invalid([(f"{where}.path", "names one member, who can only be removed by it")])
        return state._replace(members=state.members - {one[1]})
    if path.lower() != "members":
        return state
    named = _named(value, where)
    if kind == "remove":  # Entra names them in the value; without any it is all
        return state._replace(members=state.members - named if named else frozenset())
    return state._replace(members=named if kind == "replace" else state.members | named)


def _named(value: Any, where: str) -> frozenset[str]:  # noqa: ANN401  # whatever JSON holds
    listed = [] if value is None else value if isinstance(value, list) else [value]
    try:
        return frozenset(one.value for one in GroupIn(display_name="x", members=listed).members)
    except ValidationError:
        raise invalid([(f"{where}.value", 'must be a list of {"value": "<id of a user>"}')]) from None


@public_router.delete(
    "/Groups/{team}", status_code=204, responses=scim_problems(404, 409, 412), operation_id="scim_delete_group"
)
async def delete_group(services: Surroundings, caller: Provisioner, team: UserId, if_match: IfMatch = None) -> None:
    """Remove a team; its members stay users. One with keys of its own stays: 409."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, team)
        there = (await directory.members(session, [row.id]))[row.id]
        etags.check_tag(if_match, _version(row, [one for one, _ in there]))
        if await teams.own_keys(session, team_id=row.id):
            raise Problem(409, "It has keys that are nobody's but its own; remove them or give them to somebody first.")
        number, name, home = row.id, row.name, row.organisation_id
        had = await team_grants.of_users(session, [user.id for user, _ in await teams.members(session, row.id)])
        await teams.remove(session, row)
        await granting.settle(session, services, caller, had)
        await audit.record(
            session, services, caller, "teams.delete", kind="team", id=number, name=name, before={"name": name},
            organisation_id=home,
        )  # fmt: skip
    await announce(services)
