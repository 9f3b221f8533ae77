"""Organisations: create, list, read, change, delete, and whether their balance limits spending."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import EVERYTHING, Caller, Scope, needs, needs_all
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.permissions import Reach
from admin.problems import Problem, not_found
from admin.quotas import check_quota, quota_of
from admin.schemas.account import Money, QuotaSet, money_of, signed_to_nano
from admin.schemas.organisation import OrganisationCreate, OrganisationOut, OrganisationPatch
from admin.surroundings import Surroundings, announce
from storage.ledger import accounts
from storage.ledger.quota import set_quota
from storage.models import Account, Organisation
from storage.repositories import keys, organisations, teams

router = APIRouter(prefix="/organisations", tags=["organisations"], route_class=ListRoute)

SORTS = {"name": Organisation.name, "id": Organisation.id}
_NONE = -1


def within(caller: Caller, permission: str) -> int | None:
    """The one organisation that the permission is about, None: all of them, -1: none."""
    if caller.reach(permission) is Reach.ALL:
        return None
    return caller.organisation_id if caller.organisation_id is not None else _NONE


async def load(session: AsyncSession, ref: str, scope: Scope = EVERYTHING) -> Organisation:
    """The organisation of that name or id; raises a Problem (404), also for one outside of the scope."""
    number = object_id(ref)
    found = await (organisations.find_by_name(session, ref) if number is None else organisations.get(session, number))
    if found is None or not scope.holds(None, found.id):
        raise not_found("organisation", ref)
    return found


async def _mine(session: AsyncSession, ref: str, caller: Caller, permission: str) -> Organisation:
    return await load(session, ref, Scope(organisation_id=within(caller, permission)))


async def _account(session: AsyncSession, row: Organisation) -> Account:
    return (await accounts.of(session, accounts.ORGANISATION, [row.id]))[row.id]


def _shown(row: Organisation, account: Account, members: int | None = None, *, remarks: bool = True) -> OrganisationOut:
    return OrganisationOut(
        id=row.id,
        name=row.name,
        enabled=row.enabled,
        default_group=row.default_group,
        groups=row.groups,
        remark=row.remark if remarks else "",
        members=members,
        money=money_of(account),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _one(session: AsyncSession, caller: Caller, row: Organisation) -> OrganisationOut:
    remarks = caller.reach("organisations.read") is Reach.ALL
    members = await organisations.count_members(session, row.id)
    return _shown(row, await _account(session, row), members, remarks=remarks)


def _tag(shown: OrganisationOut) -> OrganisationOut:
    """What the ETag is of: what changes by itself is no part of it."""
    return shown.model_copy(update={"money": None, "members": None})


def _recorded(shown: OrganisationOut) -> dict[str, object]:
    return shown.model_dump(mode="json", exclude={"money", "members"})


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if await organisations.find_by_name(session, name) is not None:
        raise Problem(409, f"There is an organisation {name!r} already.")


@router.get("", responses=problems(), operation_id="list_organisations")
async def list_organisations(
    services: Surroundings, caller: Annotated[Caller, needs("organisations.read")], page: Paged, q: Search = ""
) -> Listed[OrganisationOut]:
    """Organisations by name or `id`; somebody who is in one sees that one."""
    async with services.sessions() as session:
        statement = organisations.query(organisation_id=within(caller, "organisations.read"))
        if q:
            statement = statement.where(contains(q, Organisation.name, identity=Organisation.id))
        rows, following = await fetch(session, statement, page, SORTS, Organisation.id)
        money = await accounts.of(session, accounts.ORGANISATION, [row.id for row in rows])
    remarks = caller.reach("organisations.read") is Reach.ALL
    return Listed(items=[_shown(row, money[row.id], remarks=remarks) for row in rows], next=following)


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_organisation")
async def create_organisation(
    services: Surroundings,
    caller: Annotated[Caller, needs_all("organisations.write")],
    wanted: OrganisationCreate,
    response: Response,
) -> OrganisationOut:
    """Make an organisation."""
    async with services.sessions.begin() as session:
        await _refuse_taken(session, wanted.name)
        row = await organisations.create(session, Organisation(**wanted.model_dump()))
        shown = await _one(session, caller, row)
        await audit.record(
            session, services, caller, "organisations.create", kind="organisation", id=row.id, name=row.name,
            after=_recorded(shown), organisation_id=row.id,
        )  # fmt: skip
    response.headers["location"] = f"/api/v1/organisations/{row.id}"
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.get("/{organisation}", responses=problems(404), operation_id="get_organisation")
async def get_organisation(
    services: Surroundings,
    caller: Annotated[Caller, needs("organisations.read")],
    organisation: Ref,
    response: Response,
) -> OrganisationOut:
    """One organisation."""
    async with services.sessions() as session:
        shown = await _one(session, caller, await _mine(session, organisation, caller, "organisations.read"))
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.patch("/{organisation}", responses=problems(400, 404, 409, 412, 413), operation_id="change_organisation")
async def change_organisation(
    services: Surroundings,
    caller: Annotated[Caller, needs("organisations.write")],
    organisation: Ref,
    patch: OrganisationPatch,
    response: Response,
    if_match: IfMatch = None,
) -> OrganisationOut:
    """Change what the body names. What decides prices and access is the operators' to change."""
    changes = patch.given()
    async with services.sessions.begin() as session:
        row = await _mine(session, organisation, caller, "organisations.write")
        before = await _one(session, caller, row)
        etags.check(if_match, _tag(before))
        if changes.keys() - {"name"}:
            caller.require_all("organisations.write")
        if changes.get("name", row.name) != row.name:
            await _refuse_taken(session, changes["name"])
        changed = await organisations.update(session, row, changes)
        shown = await _one(session, caller, row)
        if changed:
            await audit.record(
                session, services, caller, "organisations.change", kind="organisation", id=row.id, name=row.name,
                before=_recorded(before), after=_recorded(shown), organisation_id=row.id,
            )  # fmt: skip
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.delete(
    "/{organisation}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_organisation"
)
async def delete_organisation(
    services: Surroundings,
    caller: Annotated[Caller, needs_all("organisations.write")],
    organisation: Ref,
    if_match: IfMatch = None,
) -> None:
    """Remove an organisation without members, with its teams and budgets. What it spent stays in the ledger."""
    async with services.sessions.begin() as session:
        row = await load(session, organisation)
        shown = await _one(session, caller, row)
        etags.check(if_match, _tag(shown))
        if shown.members:
            raise Problem(409, "It has members; move them to another organisation first.")
        if await teams.own_keys(session, organisation_id=row.id):
            raise Problem(409, "Its teams have keys of their own; remove them first.")
        await organisations.remove(session, row)
        await audit.record(
            session, services, caller, "organisations.delete", kind="organisation", id=shown.id, name=shown.name,
            before=_recorded(shown), organisation_id=shown.id,
        )  # fmt: skip


@router.put("/{organisation}/quota", responses=problems(400, 404, 412, 413), operation_id="set_organisation_quota")
async def set_organisation_quota(
    services: Surroundings,
    caller: Annotated[Caller, needs_all("accounts.write")],
    organisation: Ref,
    wanted: QuotaSet,
    response: Response,
    if_match: IfMatch = None,
) -> Money:
    """Let the organisation's balance limit its members' spending, or not any more.

    The ETag is that of GET /accounts/organisation:{organisation}.
    """
    balance = None if wanted.balance is None else signed_to_nano(wanted.balance)
    async with services.sessions.begin() as session:
        row = await load(session, organisation)
        before = await _account(session, row)
        await check_quota(session, before, if_match)
        was = money_of(before)
        account = await set_quota(
            session, before.id, limited=wanted.limited, balance=balance, actor=caller.name, now=services.clock()
        )
        await keys.announce(session, organisation_id=row.id)
        shown = money_of(account)
        response.headers["etag"] = etags.etag_of(await quota_of(session, account))
        await audit.record(
            session, services, caller, "organisations.quota", kind="organisation", id=row.id, name=row.name,
            before=was, after=shown, organisation_id=row.id,
        )  # fmt: skip
    await announce(services)
    return shown
