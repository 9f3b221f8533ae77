"""Roles: the built-in ones, and permission sets of the gateway and of organisations. Users name them as their role."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, authority, etags
from admin.caller import Caller, Scope, SignedIn, needs, some_step_up, step_up
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import IfMatch, problems
from admin.federation import grants
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.permissions import GATEWAY_ONLY, ORGANISATION_ROLES, PERMISSIONS, ROLES
from admin.problems import Problem, not_found
from admin.roles import known
from admin.schemas.base import MAX_ID, Fields
from admin.schemas.role import PermissionList, PermissionOut, RoleCreate, RoleOut, RolePatch
from admin.surroundings import Surroundings
from storage.models import PermissionSet
from storage.repositories import permission_sets, users

router = APIRouter(prefix="/roles", tags=["roles"], route_class=ListRoute)

SORTS = {"name": PermissionSet.name, "id": PermissionSet.id}
RoleId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id of a permission set.")]
Readers = Annotated[Caller, needs("roles.read")]
Writers = Annotated[Caller, needs("roles.write")]


def _builtin() -> list[RoleOut]:
    usual: Fields = {"id": None, "organisation_id": None, "remark": "", "created_at": None, "updated_at": None}
    found = [RoleOut(name=name, place="gateway", permissions=sorted(has), **usual) for name, has in ROLES.items()]
    return found + [
        RoleOut(name=name, place="organisation", permissions=sorted(has), **usual)
        for name, has in ORGANISATION_ROLES.items()
    ]


def _shown(row: PermissionSet) -> RoleOut:
    return RoleOut(
        id=row.id,
        name=row.name,
        place="both" if row.organisation_id is None else "organisation",
        organisation_id=row.organisation_id,
        remark=row.remark,
        permissions=sorted(known(row.permissions)),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _load(session: AsyncSession, caller: Caller, role_id: int, permission: str) -> PermissionSet:
    """The set; raises a Problem (404). An organisation's people see the gateway's sets, and write their own only."""
    found = await permission_sets.get(session, role_id)
    home = organisation_endpoints.within(caller, permission)
    readable = permission.endswith(".read") and found is not None and found.organisation_id is None
    if found is None or not (home is None or found.organisation_id == home or readable):
        raise not_found("permission set", str(role_id))
    return found


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if name in ROLES or name in ORGANISATION_ROLES or await permission_sets.find_by_name(session, name) is not None:
        raise Problem(409, f"There is a role {name!r} already.")


@router.get("", responses=problems(), operation_id="list_roles")
async def list_roles(services: Surroundings, caller: Readers, page: Paged, q: Search = "") -> Listed[RoleOut]:
    """Built-in roles on the first page, then permission sets by name or `id`."""
    async with services.sessions() as session:
        statement = permission_sets.query(organisation_endpoints.within(caller, "roles.read"))
        if q:
            statement = statement.where(contains(q, PermissionSet.name, identity=PermissionSet.id))
        rows, following = await fetch(session, statement, page, SORTS, PermissionSet.id)
    first = [one for one in _builtin() if q.lower() in one.name] if not page.cursor else []
    return Listed(items=[*first, *(_shown(row) for row in rows)], next=following)


@router.get("/permissions", responses=problems(), operation_id="list_permissions")
async def list_permissions(caller: SignedIn) -> PermissionList:
    """Every permission, what it allows, and how far it reaches for the caller."""
    items = []
    for name, description in PERMISSIONS.items():
        reach = caller.reach(name)
        items.append(
            PermissionOut.model_validate({
                "name": name,
                "description": description,
                "gateway_only": name in GATEWAY_ONLY,
                "reach": None if reach is None else reach.name.lower(),
            })
        )  # fmt: skip
    return PermissionList(items=items)


@router.post(
    "",
    status_code=201,
    responses=problems(400, 404, 409, 413),
    operation_id="create_role",
    dependencies=[Depends(step_up)],
)
async def create_role(services: Surroundings, caller: Writers, wanted: RoleCreate, response: Response) -> RoleOut:
    """Make a permission set of what the caller has. Somebody of an organisation makes one of that organisation."""
    async with services.sessions.begin() as session:
        home = organisation_endpoints.within(caller, "roles.write")
        if wanted.organisation is not None:
            scope = Scope(organisation_id=home)
            home = (await organisation_endpoints.load(session, wanted.organisation, scope)).id
        authority.require_permissions(caller, wanted.permissions, home)
        await _refuse_taken(session, wanted.name)
        row = PermissionSet(
            name=wanted.name, organisation_id=home, remark=wanted.remark, permissions=sorted(set(wanted.permissions))
        )
        shown = _shown(await permission_sets.create(session, row))
        await audit.record(
            session, services, caller, "roles.create", kind="role", id=row.id, name=row.name, after=shown,
            organisation_id=home,
        )  # fmt: skip
    response.headers["location"] = f"/api/v1/roles/{row.id}"
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.get("/{role}", responses=problems(404), operation_id="get_role")
async def get_role(services: Surroundings, caller: Readers, role: RoleId, response: Response) -> RoleOut:
    """One permission set."""
    async with services.sessions() as session:
        shown = _shown(await _load(session, caller, role, "roles.read"))
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch(
    "/{role}",
    responses=problems(400, 404, 409, 412, 413),
    operation_id="change_role",
    dependencies=[Depends(some_step_up)],
)
async def change_role(
    services: Surroundings, caller: Writers, role: RoleId, patch: RolePatch, response: Response,
    if_match: IfMatch = None,
) -> RoleOut:  # fmt: skip
    """Change what the body names, for all who have the role. What it permits now and then, the caller has.

    Other permissions need a second check.
    """
    changes = patch.given()
    if "permissions" in changes:
        await step_up(services, caller)
    async with services.sessions.begin() as session:
        row = await _load(session, caller, role, "roles.write")
        before = _shown(row)
        etags.check(if_match, before)
        authority.require_permissions(caller, known(row.permissions), row.organisation_id)
        if "permissions" in changes:
            authority.require_permissions(caller, changes["permissions"], row.organisation_id)
            changes["permissions"] = sorted(set(changes["permissions"]))
        if changes.get("name", row.name) != row.name:
            await _refuse_taken(session, changes["name"])
        changed = await permission_sets.update(session, row, changes)
        await grants.rename_role(session, before.name, row.name)
        shown = _shown(row)
        if changed:
            await audit.record(
                session, services, caller, "roles.change", kind="role", id=row.id, name=row.name, before=before,
                after=shown, organisation_id=row.organisation_id,
            )  # fmt: skip
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete("/{role}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_role")
async def delete_role(services: Surroundings, caller: Writers, role: RoleId, if_match: IfMatch = None) -> None:
    """Remove a permission set that nobody has as a role; teams, invitations and identity providers give it no more."""
    async with services.sessions.begin() as session:
        await users.take_turn(session)  # nobody says meanwhile that a team gives it
        row = await _load(session, caller, role, "roles.write")
        before = _shown(row)
        etags.check(if_match, before)
        authority.require_permissions(caller, known(row.permissions), row.organisation_id)
        if count := await permission_sets.count_users(session, row.name):
            raise Problem(409, f"{count} users have this role; give them another one first.")
        for team in await permission_sets.granting(session, row.name):
            await audit.record(
                session, services, caller, "teams.change", kind="team", id=team.id, name=team.name,
                before={"grants": {"organisation_role": row.name, "group": team.grants_group}},
                after={"grants": {"organisation_role": "", "group": team.grants_group}},
                organisation_id=team.organisation_id,
            )  # fmt: skip
        await grants.rename_role(session, row.name, None)
        await permission_sets.remove(session, row, services.clock())
        await audit.record(
            session, services, caller, "roles.delete", kind="role", id=role, name=before.name, before=before,
            organisation_id=before.organisation_id,
        )  # fmt: skip
