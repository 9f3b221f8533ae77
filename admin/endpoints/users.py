"""Users: create, list, read, change, delete, and whether their balance limits spending."""

import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import etags
from admin.auth import CurrentOperator
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.problems import Problem, not_found
from admin.schemas.account import Money, QuotaSet, money_of, signed_to_nano
from admin.schemas.base import Fields
from admin.schemas.user import UserCreate, UserList, UserOut, UserPatch
from admin.surroundings import Surroundings, announce
from storage.ledger import accounts
from storage.ledger.quota import set_quota
from storage.models import User
from storage.repositories import keys, organisations, users

router = APIRouter(prefix="/users", tags=["users"])


async def load(session: AsyncSession, ref: str) -> User:
    """The user of that name or id; raises a Problem (404)."""
    number = object_id(ref)
    found = await (users.find_by_name(session, ref) if number is None else users.get(session, number))
    if found is None:
        raise not_found("user", ref)
    return found


async def _shown(session: AsyncSession, rows: Sequence[User]) -> list[UserOut]:
    money = await accounts.of(session, accounts.USER, [row.id for row in rows])
    wanted = {row.organisation_id for row in rows if row.organisation_id}
    names = {one.id: one.name for one in await organisations.of(session, wanted)}
    return [
        UserOut(
            id=row.id,
            name=row.name,
            organisation=names.get(row.organisation_id or 0),
            organisation_id=row.organisation_id,
            group=row.group,
            enabled=row.enabled,
            money=money_of(money[row.id]),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _tag(shown: UserOut) -> UserOut:
    """What the ETag is of: the balance changes with every request and is no part of it."""
    return shown.model_copy(update={"money": None})


async def _columns(session: AsyncSession, fields: Fields) -> Fields:
    """The stored columns of the fields: the organisation's id in place of its name."""
    columns = dict(fields)
    if "organisation" in columns:
        name = columns.pop("organisation")
        columns["organisation_id"] = None if name is None else (await organisation_endpoints.load(session, name)).id
    return columns


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if await users.find_by_name(session, name) is not None:
        raise Problem(409, f"There is a user {name!r} already.")


@router.get("", responses=problems(404), operation_id="list_users")
async def list_users(
    services: Surroundings,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$", description="`next` of the page before.")] = "",
    organisation: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
) -> UserList:
    """Users by name."""
    async with services.sessions() as session:
        within = None if organisation is None else (await organisation_endpoints.load(session, organisation)).id
        rows = await users.list_page(session, after=after, organisation_id=within, limit=limit + 1)
        items = await _shown(session, rows[:limit])
    return UserList(items=items, next=items[-1].name if len(rows) > limit else None)


@router.post("", status_code=201, responses=problems(400, 404, 409, 413), operation_id="create_user")
async def create_user(services: Surroundings, wanted: UserCreate, response: Response) -> UserOut:
    """Make a user. The balance does not limit spending until quota is switched on."""
    async with services.sessions.begin() as session:
        await _refuse_taken(session, wanted.name)
        columns = await _columns(session, wanted.model_dump())
        row = await users.create(session, User(**columns))
        (shown,) = await _shown(session, [row])
    response.headers["location"] = f"/api/v1/users/{row.id}"
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.get("/{user}", responses=problems(404), operation_id="get_user")
async def get_user(services: Surroundings, user: Ref, response: Response) -> UserOut:
    """One user."""
    async with services.sessions() as session:
        (shown,) = await _shown(session, [await load(session, user)])
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.patch("/{user}", responses=problems(400, 404, 409, 412, 413), operation_id="change_user")
async def change_user(
    services: Surroundings, user: Ref, patch: UserPatch, response: Response, if_match: IfMatch = None
) -> UserOut:
    """Change what the body names and leave the rest."""
    changes = patch.given()
    async with services.sessions.begin() as session:
        row = await load(session, user)
        etags.check(if_match, _tag((await _shown(session, [row]))[0]))
        if changes.get("name", row.name) != row.name:
            await _refuse_taken(session, changes["name"])
        changed = await users.update(session, row, await _columns(session, changes))
        (shown,) = await _shown(session, [row])
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(_tag(shown))
    return shown


@router.delete("/{user}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_user")
async def delete_user(services: Surroundings, user: Ref, if_match: IfMatch = None) -> None:
    """Remove a user who has no keys, with the budgets. What was spent stays in the ledger."""
    async with services.sessions.begin() as session:
        row = await load(session, user)
        etags.check(if_match, _tag((await _shown(session, [row]))[0]))
        await users.lock(session, row.id)
        if await users.count_keys(session, row.id):
            raise Problem(409, "The user has keys; remove them first, or give them to another user.")
        await users.remove(session, row)


@router.put("/{user}/quota", responses=problems(400, 404, 413), operation_id="set_user_quota")
async def set_user_quota(services: Surroundings, caller: CurrentOperator, user: Ref, wanted: QuotaSet) -> Money:
    """Let the user's balance limit spending, or not any more."""
    balance = None if wanted.balance is None else signed_to_nano(wanted.balance)
    async with services.sessions.begin() as session:
        row = await load(session, user)
        account = (await accounts.of(session, accounts.USER, [row.id]))[row.id]
        account = await set_quota(
            session, account.id, limited=wanted.limited, balance=balance, actor=caller.name, now=int(time.time())
        )
        await keys.announce(session, user_id=row.id)
        shown = money_of(account)
    await announce(services)
    return shown
