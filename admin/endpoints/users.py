"""Users: create, read, change, remove, restore, and whether their balance limits spending."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, authority, bulk, etags, granting, roles, user_rows
from admin.caller import Caller, needs, needs_all, some_step_up, step_up
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints import user_lists
from admin.endpoints.common import IfMatch, Ref, problems
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.quotas import check_quota, quota_of
from admin.schemas.account import Money, QuotaSet, money_of, signed_to_nano
from admin.schemas.base import Fields
from admin.schemas.user import UserBulk, UserCreate, UserOut, UserPatch
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.ledger import accounts
from storage.ledger.quota import set_quota
from storage.models import User
from storage.repositories import (
    automation_tokens,
    codes,
    credentials,
    identity_providers,
    keys,
    organisations,
    sessions,
    teams,
    users,
)

router = APIRouter(prefix="/users", tags=["users"])

load = user_rows.load

Readers = Annotated[Caller, needs("users.read")]
Writers = Annotated[Caller, needs("users.write")]


def _remarks(caller: Caller) -> bool:
    return caller.reach("users.read") is not Reach.OWN


async def _show(session: AsyncSession, caller: Caller, row: User) -> UserOut:
    (found,) = await user_rows.shown(session, [row], remarks=_remarks(caller))
    return found


async def _refuse_taken(session: AsyncSession, columns: Fields, row: User | None = None) -> None:
    name, email = columns.get("name"), columns.get("email")
    if name is not None and (row is None or row.name != name):
        found = await users.find_by_name(session, name)
        if found is not None:
            hint = "; they were removed and can be restored, or removed for good" if found.deleted_at else ""
            raise Problem(409, f"There is a user {name!r} already{hint}.")
    if email is not None and (row is None or row.email != email):
        found = await users.find_by_email(session, email)
        if found is not None:
            raise Problem(409, "Another user has this e-mail address.")


async def _place(session: AsyncSession, caller: Caller, fields: Fields, row: User | None) -> Fields:
    """The stored columns of the fields, checked against what the caller may give. Raises Problems (403, 404, 422)."""
    columns = dict(fields)
    everywhere = caller.reach("users.write") is Reach.ALL
    at = row.organisation_id if row is not None else None
    if "organisation" in columns:
        name = columns.pop("organisation")
        found = None if name is None else await organisation_endpoints.load(session, name, caller.scope("users.write"))
        columns["organisation_id"] = None if found is None else found.id
    if row is None and not everywhere:
        columns["organisation_id"] = caller.organisation_id
    wanted = columns.get("organisation_id", at)
    if not everywhere and wanted != caller.organisation_id:
        raise Problem(403, "Only operators of the gateway take users out of an organisation.", slug="forbidden")
    await _group(session, caller, columns, row, wanted)
    if columns.get("role", row.role if row is not None else roles.MEMBER) != (row.role if row else roles.MEMBER):
        await authority.require_role(session, caller, columns["role"])
    if wanted != at and row is not None and "organisation_role" not in columns:
        columns["organisation_role"] = roles.MEMBER  # what they were elsewhere means nothing here
    inside = columns.get("organisation_role")
    if inside is not None and (row is None or wanted != at or inside != row.organisation_role or row.role_by_team):
        await authority.require_organisation_role(session, caller, inside, wanted)
    if "email" in columns and (row is None or columns["email"] != row.email):
        columns["email_verified_at"] = 0
    return columns


async def _group(
    session: AsyncSession, caller: Caller, columns: Fields, row: User | None, organisation_id: int | None
) -> None:
    """The group decides prices: an organisation's people choose among what it was given."""
    home = None if organisation_id is None else await organisations.get(session, organisation_id)
    if row is None and columns.get("group") is None:
        columns["group"] = home.default_group if home is not None else "default"
        return
    if row is not None and row.group_by_team and organisation_id != row.organisation_id:
        columns.setdefault(
            "group", home.default_group if home is not None else "default"
        )  # what a team of another organisation gave
    allowed = caller.reach("users.write") is Reach.ALL or columns.get("group") in granting.groups_of(home)
    if row is not None and columns.get("group") == row.group and not allowed:
        columns.pop("group")  # said as it is, by somebody who may not give it: it goes on coming from a team
    if "group" not in columns or (row is not None and columns["group"] == row.group):
        return
    if columns["group"] == "auto":
        raise invalid([("body.group", "'auto' is an order of groups for keys, not a group of users")])
    if not allowed:
        raise invalid([("body.group", "is not one of the organisation's groups")])


@router.post(
    "",
    status_code=201,
    responses=problems(400, 404, 409, 413),
    operation_id="create_user",
    dependencies=[Depends(some_step_up)],
)
async def create_user(services: Surroundings, caller: Writers, wanted: UserCreate, response: Response) -> UserOut:
    """Make a user. The balance does not limit spending until quota is switched on.

    A role other than `member` needs a second check.
    """
    if caller.reach("users.write") is Reach.OWN:
        raise Problem(403, "You cannot make users.", slug="forbidden")
    if {wanted.role, wanted.organisation_role} != {"member"}:
        await step_up(services, caller)
    async with services.sessions.begin() as session:
        columns = await _place(session, caller, wanted.model_dump(), None)
        await _refuse_taken(session, columns)
        row = await users.create(session, User(**columns))
        shown = await _show(session, caller, row)
        await audit.record(
            session, services, caller, "users.create", kind="user", id=row.id, name=row.name,
            after=user_rows.recorded(shown), organisation_id=row.organisation_id,
        )  # fmt: skip
    response.headers["location"] = f"/api/v1/users/{row.id}"
    response.headers["etag"] = etags.etag_of(user_rows.state(shown))
    return shown


@router.post("/bulk", responses=problems(400, 404, 413), operation_id="change_users")
async def change_users(services: Surroundings, caller: Writers, wanted: UserBulk) -> bulk.BulkDone:
    """Switch on or off, remove, restore or regroup many users; each by itself, and the answer says which."""
    if wanted.action == "set_group" and wanted.group is None:
        raise invalid([("body.group", "is required for set_group")])

    async def change(number: int) -> None:
        if wanted.action in {"remove", "restore"}:
            await _remove(services, caller, str(number), None, removed=wanted.action == "remove")
            return
        fields = {"group": wanted.group} if wanted.action == "set_group" else {"enabled": wanted.action == "enable"}
        await _change(services, caller, str(number), fields, None)

    ids = list(wanted.ids)
    if wanted.filter is not None:
        async with services.sessions() as session:
            statement = await user_lists.wanted_by(session, caller.scope("users.write"), wanted.filter)
            ids += await bulk.ids(session, statement, User.id)
    done = await bulk.each(ids, change, dry_run=wanted.dry_run)
    if done.changed:
        await announce(services)
    return done


@router.get("/{user}", responses=problems(404), operation_id="get_user")
async def get_user(services: Surroundings, caller: Readers, user: Ref, response: Response) -> UserOut:
    """One user, also one that was removed."""
    async with services.sessions() as session:
        shown = await _show(session, caller, await load(session, user, caller.scope("users.read"), removed=True))
    response.headers["etag"] = etags.etag_of(user_rows.state(shown))
    return shown


async def _change(services: Services, caller: Caller, ref: str, changes: Fields, if_match: str | None) -> UserOut:
    async with services.sessions.begin() as session:
        if {"role", "enabled", "organisation"} & changes.keys():
            await users.take_turn(session)
        row = await load(session, ref, caller.scope("users.write"))
        await authority.require_over(session, caller, row)
        before = await _show(session, caller, row)
        etags.check(if_match, user_rows.state(before))
        columns = await _place(session, caller, changes, row)
        await _refuse_taken(session, columns, row)
        if columns.get("role", row.role) != row.role or columns.get("enabled", True) is False:
            await authority.keep_a_root(session, row)
        if columns.get("organisation_id", row.organisation_id) != row.organisation_id:
            await teams.leave_all(session, row.id)
        if columns.get("enabled", True) is False:
            await sessions.remove_of(session, row.id)
        if await users.update(session, row, columns):
            shown = await _show(session, caller, row)
            await audit.record(
                session, services, caller, "users.change", kind="user", id=row.id, name=row.name,
                before=user_rows.recorded(before), after=user_rows.recorded(shown),
                organisation_id=row.organisation_id,
            )  # fmt: skip
            return shown
    return before


@router.patch(
    "/{user}",
    responses=problems(400, 404, 409, 412, 413),
    operation_id="change_user",
    dependencies=[Depends(some_step_up)],
)
async def change_user(
    services: Surroundings, caller: Writers, user: Ref, patch: UserPatch, response: Response, if_match: IfMatch = None
) -> UserOut:
    """Change what the body names and leave the rest. Nobody gives more than they have, nor changes who has more.

    Roles, and the address that a new password can be asked for with, need a second check.
    """
    if patch.given().keys() & {"email", "role", "organisation_role"}:
        await step_up(services, caller)
    shown = await _change(services, caller, user, patch.given(), if_match)
    await announce(services)
    response.headers["etag"] = etags.etag_of(user_rows.state(shown))
    return shown


async def _remove(services: Services, caller: Caller, ref: str, if_match: str | None, *, removed: bool) -> UserOut:
    async with services.sessions.begin() as session:
        await users.take_turn(session)
        row = await load(session, ref, caller.scope("users.write"), removed=not removed)
        await authority.require_over(session, caller, row)
        before = await _show(session, caller, row)
        etags.check(if_match, user_rows.state(before))
        if removed:
            await authority.keep_a_root(session, row)
            await sessions.remove_of(session, row.id)
        if await users.set_removed(session, row, removed=removed):
            shown = await _show(session, caller, row)
            await audit.record(
                session, services, caller, "users.remove" if removed else "users.restore", kind="user", id=row.id,
                name=row.name, before=user_rows.recorded(before), after=user_rows.recorded(shown),
                organisation_id=row.organisation_id,
            )  # fmt: skip
            return shown
    return before


@router.delete("/{user}", status_code=204, responses=problems(404, 409, 412), operation_id="delete_user")
async def delete_user(
    services: Surroundings,
    caller: Writers,
    user: Ref,
    if_match: IfMatch = None,
    purge: Annotated[bool, Query(description="For good: a user without keys, with the budgets.")] = False,
) -> None:
    """Remove a user: signed out, keys refused, hidden, and restored at will; what was spent stays in the ledger."""
    if not purge:
        await _remove(services, caller, user, if_match, removed=True)
        await announce(services)
        return
    async with services.sessions.begin() as session:
        row = await load(session, user, caller.scope("users.write"), removed=True)
        await authority.require_over(session, caller, row)
        before = await _show(session, caller, row)
        etags.check(if_match, user_rows.state(before))
        await users.lock(session, row.id)
        if await users.count_keys(session, row.id):
            raise Problem(409, "The user has keys; remove them first, or give them to another user.")
        name, organisation_id = row.name, row.organisation_id
        await _forget(session, row.id)
        await users.remove(session, row)
        await users.take_turn(session)  # behind the budgets, as everywhere
        await authority.keep_a_root(session, row)
        await audit.record(
            session, services, caller, "users.purge", kind="user", id=before.id, name=name,
            before=user_rows.recorded(before), organisation_id=organisation_id,
        )  # fmt: skip


async def _forget(session: AsyncSession, user_id: int) -> None:
    """Delete what a user signed in with; what they paid and asked for stays with the numbers."""
    await sessions.remove_of(session, user_id)
    await credentials.forget(session, user_id)
    await codes.remove_of(session, user_id)
    await automation_tokens.remove_of(session, user_id)
    await identity_providers.remove_links_of(session, user_id)


@router.post("/{user}/restore", responses=problems(404, 413), operation_id="restore_user")
async def restore_user(services: Surroundings, caller: Writers, user: Ref) -> UserOut:
    """Bring a removed user back, switched on, with keys and balance."""
    shown = await _remove(services, caller, user, None, removed=False)
    await announce(services)
    return shown


@router.put("/{user}/quota", responses=problems(400, 404, 412, 413), operation_id="set_user_quota")
async def set_user_quota(
    services: Surroundings,
    caller: Annotated[Caller, needs_all("accounts.write")],
    user: Ref,
    wanted: QuotaSet,
    response: Response,
    if_match: IfMatch = None,
) -> Money:
    """Let the user's balance limit spending, or not any more. The ETag is that of GET /accounts/user:{user}."""
    balance = None if wanted.balance is None else signed_to_nano(wanted.balance)
    async with services.sessions.begin() as session:
        row = await load(session, user)
        account = (await accounts.of(session, accounts.USER, [row.id])).get(row.id)
        if account is None:
            raise not_found("user", user)
        await check_quota(session, account, if_match)
        before = money_of(account)
        account = await set_quota(
            session, account.id, limited=wanted.limited, balance=balance, actor=caller.name, now=services.clock()
        )
        await keys.announce(session, user_id=row.id)
        shown = money_of(account)
        response.headers["etag"] = etags.etag_of(await quota_of(session, account))
        await audit.record(
            session, services, caller, "users.quota", kind="user", id=row.id, name=row.name, before=before,
            after=shown, organisation_id=row.organisation_id,
        )  # fmt: skip
    await announce(services)
    return shown


__all__: list[Any] = ["load", "router"]
