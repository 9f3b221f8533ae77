"""Organisations: create, list, read, change, delete, and whether their balance limits spending."""

import time

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import etags
from admin.auth import CurrentOperator
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.problems import Problem, not_found
from admin.schemas.account import Money, QuotaSet, money_of, signed_to_nano
from admin.schemas.organisation import OrganisationCreate, OrganisationList, OrganisationOut, OrganisationPatch
from admin.surroundings import Surroundings, announce
from storage.ledger import accounts
from storage.ledger.quota import set_quota
from storage.models import Account, Organisation
from storage.repositories import keys, organisations

router = APIRouter(prefix="/organisations", tags=["organisations"])


async def load(session: AsyncSession, ref: str) -> Organisation:
    """The organisation of that name or id; raises a Problem (404)."""
    number = object_id(ref)
    found = await (organisations.find_by_name(session, ref) if number is None else organisations.get(session, number))
    if found is None:
        raise not_found("organisation", ref)
    return found


async def _account(session: AsyncSession, row: Organisation) -> Account:
    return (await accounts.of(session, accounts.ORGANISATION, [row.id]))[row.id]


def _shown(row: Organisation, account: Account) -> OrganisationOut:
    return OrganisationOut(
        id=row.id, name=row.name, money=money_of(account), created_at=row.created_at, updated_at=row.updated_at
    )


def _tag(shown: OrganisationOut) -> OrganisationOut:
    """What the ETag is of: the balance changes with every request and is no part of it."""
    return shown.model_copy(update={"money": None})


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if await organisations.find_by_name(session, name) is not None:
        raise Problem(409, f"There is an organisation {name!r} already.")


@router.get("", responses=problems(), operation_id="list_organisations")
async def list_organisations(services: Surroundings) -> OrganisationList:
    """All organisations by name."""
    async with services.sessions() as session:
        rows = await organisations.list_all(session)
        money = await accounts.of(session, accounts.ORGANISATION, [row.id for row in rows])
    return OrganisationList(items=[_shown(row, money[row.id]) for row in rows])


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_organisation")
async def create_organisation(
    services: Surroundings, wanted: OrganisationCreate, response: Response
) -> OrganisationOut:
    """Make an organisation."""
    async with services.sessions.begin() as session:
        await _refuse_taken(session, wanted.name)
        row = await organisations.create(session, Organisation(name=wanted.name))
        shown = _shown(row, await _account(session, row))
    response.headers["location"] = f"/api/v1/organisations/{row.id}"
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.get("/{organisation}", responses=problems(404), operation_id="get_organisation")
async def get_organisation(services: Surroundings, organisation: Ref, response: Response) -> OrganisationOut:
    """One organisation."""
    async with services.sessions() as session:
        row = await load(session, organisation)
        shown = _shown(row, await _account(session, row))
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.patch("/{organisation}", responses=problems(400, 404, 409, 412, 413), operation_id="change_organisation")
async def change_organisation(
    services: Surroundings, organisation: Ref, patch: OrganisationPatch, response: Response, if_match: IfMatch = None
) -> OrganisationOut:
    """Change what the body names."""
    changes = patch.given()
    async with services.sessions.begin() as session:
        row = await load(session, organisation)
        account = await _account(session, row)
        etags.check(if_match, _tag(_shown(row, account)))
        if changes.get("name", row.name) != row.name:
            await _refuse_taken(session, changes["name"])
        await organisations.update(session, row, changes)
        shown = _shown(row, account)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.delete(
    "/{organisation}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_organisation"
)
async def delete_organisation(services: Surroundings, organisation: Ref, if_match: IfMatch = None) -> None:
    """Remove an organisation without members, with its budgets. What it spent stays in the ledger."""
    async with services.sessions.begin() as session:
        row = await load(session, organisation)
        etags.check(if_match, _tag(_shown(row, await _account(session, row))))
        if await organisations.count_members(session, row.id):
            raise Problem(409, "It has members; move them to another organisation first.")
        await organisations.remove(session, row)


@router.put("/{organisation}/quota", responses=problems(400, 404, 413), operation_id="set_organisation_quota")
async def set_organisation_quota(
    services: Surroundings, caller: CurrentOperator, organisation: Ref, wanted: QuotaSet
) -> Money:
    """Let the organisation's balance limit its members' spending, or not any more."""
    balance = None if wanted.balance is None else signed_to_nano(wanted.balance)
    async with services.sessions.begin() as session:
        row = await load(session, organisation)
        account = await set_quota(
            session, (await _account(session, row)).id, limited=wanted.limited, balance=balance, actor=caller.name,
            now=int(time.time()),
        )  # fmt: skip
        await keys.announce(session, organisation_id=row.id)
        shown = money_of(account)
    await announce(services)
    return shown
