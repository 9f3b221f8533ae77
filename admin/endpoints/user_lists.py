"""Users: pages, search, and all of them as a file."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import exports, searching, user_rows
from admin.caller import Caller, Scope, needs
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import object_id, problems
from admin.listing import Listed, Paged, Search, fetch
from admin.permissions import Reach
from admin.schemas.user import UserFilter, UserOut
from admin.surroundings import Surroundings
from storage.listing import Page
from storage.models import User, UserWord
from storage.repositories import users, words

router = APIRouter(prefix="/users", tags=["users"])

SORTS = {"name": User.name, "created_at": User.created_at, "id": User.id}
COLUMNS = tuple(name for name in UserOut.model_fields if name != "money")


async def wanted_by(session: AsyncSession, scope: Scope, which: UserFilter) -> Select[User]:
    """The users inside of a scope that a filter finds. Raises a Problem (404) for an organisation that is not there."""
    statement = users.query(user_id=scope.user_id, organisation_id=scope.organisation_id, removed=which.removed)
    if which.organisation is not None:
        within = await organisation_endpoints.load(session, which.organisation, scope)
        statement = statement.where(User.organisation_id == within.id)
    if which.group is not None:
        statement = statement.where(User.group == which.group)
    if which.role is not None:
        statement = statement.where(User.role == which.role)
    if which.organisation_role is not None:
        inside = User.organisation_role == which.organisation_role
        statement = statement.where(inside, User.organisation_id.is_not(None))
    if which.enabled is not None:
        statement = statement.where(User.enabled.is_(which.enabled))
    if which.q:
        found = words.named(which.q, User.name, User.email, User.display_name)
        number = object_id(which.q)
        statement = statement.where(found if number is None else found | (User.id == number))
    return statement


@router.get("", responses=problems(404) | exports.FILES, operation_id="list_users", response_model=Listed[UserOut])
async def list_users(
    services: Surroundings,
    caller: Annotated[Caller, needs("users.read")],
    page: Paged,
    q: Search = "",
    organisation: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
    group: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
    role: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$", description="On the gateway.")] = None,
    organisation_role: Annotated[
        str | None, Query(max_length=64, pattern=r"^[^\x00]*$", description="Inside their organisation.")
    ] = None,
    enabled: bool | None = None,
    removed: Annotated[bool, Query(description="Those that were removed, instead of those that are there.")] = False,
    form: Annotated[exports.Format | None, Query(alias="format", description="A file in place of a page.")] = None,
) -> Listed[UserOut] | StreamingResponse:
    """Users by name, `created_at` or `id`; `q` is an id, or the beginning of a word.

    Of a word of the name, the e-mail address or the displayed name: see list_keys, also for the order.
    """
    # What the query may hold, no name has: it finds nothing, and is not refused as in a body.
    searched = q if form is None else ""  # a page is read in the order of the words, a file in that of the users
    which = UserFilter.model_construct(
        q="" if searched else q, organisation=organisation, group=group, role=role, enabled=enabled, removed=removed,
        organisation_role=organisation_role,
    )  # fmt: skip
    async with services.sessions() as session:
        statement = await wanted_by(session, caller.scope("users.read"), which)

    async def one(session: AsyncSession, page: Page) -> tuple[list[UserOut], str | None]:
        if searched:
            rows, following = await searching.search(session, statement, UserWord, User.id, SORTS, searched, page)
        else:
            rows, following = await fetch(session, statement, page, SORTS, User.id)
        remarks = caller.reach("users.read") is not Reach.OWN
        return await user_rows.shown(session, rows, remarks=remarks), following

    async def batches() -> AsyncIterator[list[dict[str, Any]]]:
        at: str | None = page.cursor
        while at is not None:
            async with services.sessions() as session:
                items, at = await one(session, page._replace(limit=1000, cursor=at))
            yield [item.model_dump(mode="json") for item in items]

    if form is not None:
        return await exports.export(batches(), COLUMNS, form, "users")
    async with services.sessions() as session:
        items, following = await one(session, page)
    return Listed(items=items, next=following)
