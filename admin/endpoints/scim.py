"""SCIM 2.0 for a directory that keeps the users: create, find, read, replace, change, deactivate (RFC 7644).

An automation token with the scope `scim.write` is the credential; of an organisation's token the directory is that
organisation's. A user's role and group are not set here: people decide them, the grants of the identity provider, or
they come with a team (granting.py). An address counts as proved when the whole gateway's directory says it; what an
organisation's directory says proves nothing to others. Removing is switching off and hiding: what was spent stays with
the user's number.
"""

import re
from collections.abc import Callable, Collection
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, authority, etags
from admin.caller import Caller, needs
from admin.endpoints.common import IfMatch, object_id, scim_problems
from admin.identity import accounts
from admin.options.identity import Identity
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import MAX_ID, tag_text, time_text
from admin.schemas.scim import Email, FullName, GroupPage, Meta, PatchOp, Resource, ScimGroup, ScimUser, UserPage
from admin.scim_response import ScimResponse
from admin.services import Services
from admin.surroundings import Surroundings, announce
from storage.models import User
from storage.repositories import credentials, directory, organisations, sessions, users

public_router = APIRouter(prefix="/scim/v2", tags=["scim"], default_response_class=ScimResponse)

Provisioner = Annotated[Caller, needs("scim.write")]
UserId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
_FILTER = re.compile(r'^\s*([A-Za-z.]+)\s+eq\s+"((?:[^"\\]|\\.){0,300})"\s*$', re.IGNORECASE)
_EMAIL_PATH = re.compile(r"^emails(\[.*\])?(\.value)?$", re.IGNORECASE)
MOST = 200
"""Resources of one answer."""
Filter = Annotated[str, Query(alias="filter", max_length=500, pattern=r"^[^\x00]*$")]
Start = Annotated[int, Query(alias="startIndex", ge=-1_000_000, le=MAX_ID)]
Count = Annotated[int, Query(ge=-1_000_000, le=MAX_ID)]


def compared(text: str, known: Collection[str], example: str) -> tuple[str, str]:
    """(attribute in small letters, value) of a filter, ("", "") without one. Raises a Problem (422)."""
    if not text:
        return "", ""
    match = _FILTER.match(text)
    if match is None or match[1].lower() not in known:
        raise invalid([("query.filter", f"is not understood: write {example}")])
    return match[1].lower(), re.sub(r"\\(.)", r"\1", match[2])


def _out(request: Request, row: User) -> ScimUser:
    base = str(request.base_url).rstrip("/")
    emails = [Email(value=row.email, primary=True, type="work")] if row.email else []
    return ScimUser(
        id=str(row.id),
        external_id=row.external_id,
        user_name=row.name,
        display_name=row.display_name,
        name=FullName(formatted=row.display_name),
        emails=emails,
        active=row.enabled,
        meta=Meta(
            created=time_text(row.created_at), last_modified=time_text(row.updated_at),
            location=f"{base}/scim/v2/Users/{row.id}", version=_version(row),
        ),
    )  # fmt: skip


def weak_tag(*state: object) -> str:
    """`meta.version` of what a directory decides of a resource: what else becomes of it is no change of its."""
    return f'W/"{tag_text(repr(state))}"'


def _version(row: User) -> str:
    return weak_tag(row.id, row.external_id, row.name, row.display_name, row.email, row.enabled)


def answer(shown: ScimUser | ScimGroup | UserPage | GroupPage, status: int = 200) -> Response:
    """As SCIM writes it: what is not set is not there. One resource has its version as the ETag."""
    body = shown.model_dump(mode="json", by_alias=True, exclude_none=True)
    made = ScimResponse(body, status)
    if isinstance(shown, ScimUser | ScimGroup):
        made.headers["etag"] = shown.meta.version
    return made


async def _load(session: AsyncSession, caller: Caller, ref: str) -> User:
    number = object_id(ref)  # a name is no id of ours: such a user is not there
    found = None if number is None else await users.get(session, number)
    scope = caller.scope("scim.write")
    if found is None or found.deleted_at is not None or not scope.holds(found.id, found.organisation_id):
        raise not_found("user", ref)
    return found


def _proves(caller: Caller) -> bool:
    """Whether this directory's word is enough for an address: a link by e-mail leads to who has it proved."""
    return caller.reach("scim.write") is Reach.ALL


def _columns(wanted: Resource) -> dict[str, Any]:
    primary = next((each.value for each in wanted.emails if each.primary), "")
    email = primary or next((each.value for each in wanted.emails if each.value), "")
    names = wanted.name
    full = "" if names is None else names.formatted or f"{names.given_name} {names.family_name}".strip()
    shown = "".join(sign for sign in wanted.display_name or full if sign.isprintable())[:100]
    return {
        "name": wanted.user_name,
        "external_id": wanted.external_id or None,
        "display_name": shown,
        "email": email.lower() or None,
        # Replaced without a word about it, who was switched off here stays so.
        "enabled": wanted.active if "active" in wanted.model_fields_set else None,
    }


@public_router.get("/Users", responses=scim_problems(), operation_id="scim_list_users", response_model=UserPage)
async def list_users(
    services: Surroundings,
    request: Request,
    caller: Provisioner,
    filter_: Filter = "",
    start: Start = 1,
    count: Count = 100,
) -> Response:
    """Users; `filter` is one comparison by `eq` of userName, externalId or emails.value."""
    attribute, value = compared(filter_, directory.ATTRIBUTES, 'userName eq "ann"')
    value = value.lower() if attribute.startswith("emails") else value
    start, count = max(start, 1), min(max(count, 0), MOST)
    scope = caller.scope("scim.write")
    async with services.sessions() as session:
        total, rows = await directory.page(
            session, attribute=attribute, value=value, organisation_id=scope.organisation_id, start=start, count=count
        )
    found = [_out(request, row) for row in rows]
    return answer(UserPage(total_results=total, start_index=start, items_per_page=len(found), resources=found))


@public_router.post(
    "/Users",
    status_code=201,
    responses=scim_problems(409, 413),
    operation_id="scim_create_user",
    response_model=ScimUser,
)
async def create_user(services: Surroundings, request: Request, caller: Provisioner, wanted: Resource) -> Response:
    """Make a user without a password: who signs in by the identity provider."""
    columns = {**_columns(wanted), "enabled": wanted.active}
    async with services.sessions.begin() as session:
        home_id = caller.scope("scim.write").organisation_id
        home = None if home_id is None else await organisations.get(session, home_id)
        group = (await services.options.read(session, Identity)).registration_group
        row = await accounts.create(
            session, services, caller, name=columns.pop("name"), password_hash=None, email=columns.pop("email"),
            verified=_proves(caller), group=group if home is None else home.default_group, organisation_id=home_id,
            **columns,
        )  # fmt: skip
        shown = _out(request, row)
    await announce(services)
    made = answer(shown, 201)
    made.headers["location"] = shown.meta.location
    return made


@public_router.get("/Users/{user}", responses=scim_problems(404), operation_id="scim_get_user", response_model=ScimUser)
async def get_user(services: Surroundings, request: Request, caller: Provisioner, user: UserId) -> Response:
    """One user."""
    async with services.sessions() as session:
        return answer(_out(request, await _load(session, caller, user)))


@public_router.put(
    "/Users/{user}",
    responses=scim_problems(404, 409, 412, 413),
    operation_id="scim_replace_user",
    response_model=ScimUser,
)
async def replace_user(
    services: Surroundings,
    request: Request,
    caller: Provisioner,
    user: UserId,
    wanted: Resource,
    if_match: IfMatch = None,
) -> Response:
    """Replace what the directory knows of a user."""
    return answer(await _change(services, request, caller, user, if_match, lambda _row: _columns(wanted)))


@public_router.patch(
    "/Users/{user}",
    responses=scim_problems(404, 409, 412, 413),
    operation_id="scim_change_user",
    response_model=ScimUser,
)
async def change_user(
    services: Surroundings,
    request: Request,
    caller: Provisioner,
    user: UserId,
    wanted: PatchOp,
    if_match: IfMatch = None,
) -> Response:
    """Change some attributes; `active: false` switches a user off and ends the sessions."""

    def columns(row: User) -> dict[str, Any]:
        before = _out(request, row).model_dump(mode="json", by_alias=True, exclude_none=True)
        try:
            after = Resource.model_validate(_patched(before, wanted))
        except ValidationError as error:
            first = error.errors()[0]
            raise invalid([(".".join(str(part) for part in ("body", *first["loc"])), str(first["msg"]))]) from None
        return _columns(after)

    return answer(await _change(services, request, caller, user, if_match, columns))


def _patched(before: dict[str, Any], wanted: PatchOp) -> dict[str, Any]:
    """The user's attributes after the changes. Raises a Problem (422) for what is not understood."""
    after = dict(before)
    for number, change in enumerate(wanted.operations):
        kind = change.op.lower()
        if kind not in ("add", "replace", "remove"):
            raise invalid([(f"body.Operations.{number}.op", "must be add, replace or remove")])
        if not change.path:
            if not isinstance(change.value, dict) or kind == "remove":
                raise invalid([(f"body.Operations.{number}.value", "must be an object of attributes")])
            for name, value in change.value.items():
                _set(after, str(name), value)
            continue
        _set(after, change.path, None if kind == "remove" else change.value)
    return after


def _set(after: dict[str, Any], path: str, value: Any) -> None:  # noqa: ANN401  # whatever JSON holds
    """Set one attribute; those that have no place here are let go."""
    plain = path.rpartition("urn:ietf:params:scim:schemas:core:2.0:User:")[2]
    if _EMAIL_PATH.match(plain):
        if isinstance(value, str):
            value = [{"value": value, "primary": True}]
        after["emails"] = value or []
        return
    known = {"username": "userName", "externalid": "externalId", "displayname": "displayName", "active": "active"}
    name = known.get(plain.lower())
    if name == "active" and isinstance(value, str):  # Entra sends "False"
        value = value.lower() == "true"
    if name is not None:
        after[name] = ("" if name != "active" else False) if value is None else value
    elif plain.lower() in ("name.formatted", "name.givenname", "name.familyname") and isinstance(value, str):
        names = dict(after.get("name") or {})
        names[{"formatted": "formatted", "givenname": "givenName", "familyname": "familyName"}[plain.lower()[5:]]] = (
            value
        )
        after["name"] = names


async def _change(
    services: Services,
    request: Request,
    caller: Caller,
    ref: str,
    if_match: str | None,
    wanted: Callable[[User], dict[str, Any]],
) -> ScimUser:
    """`wanted` says the columns of the user as they are to be; it is asked when nobody else changes the user."""
    try:
        async with services.sessions.begin() as session:
            await users.take_turn(session)
            row = await _load(session, caller, ref)
            etags.check_tag(if_match, _version(row))
            columns = wanted(row)
            await authority.require_over(session, caller, row)
            columns["enabled"] = row.enabled if columns["enabled"] is None else columns["enabled"]
            if not columns["enabled"]:
                await authority.keep_a_root(session, row)
            other = await credentials.find_email(session, columns["email"]) if columns["email"] else None
            if other is not None and other.id != row.id:
                raise accounts.email_taken()
            if columns["email"] != row.email:
                columns["email_verified_at"] = services.clock() if columns["email"] and _proves(caller) else 0
            before = {name: getattr(row, name) for name in columns}
            if await users.update(session, row, columns):
                if not columns["enabled"]:
                    await sessions.remove_of(session, row.id)
                await audit.record(
                    session, services, caller, "users.change", kind="user", id=row.id, name=row.name, before=before,
                    after=columns, organisation_id=row.organisation_id,
                )  # fmt: skip
            shown = _out(request, row)
    except IntegrityError:
        raise Problem(409, "There is a user of this name already.", slug="name-taken") from None
    await announce(services)
    return shown


@public_router.delete(
    "/Users/{user}", status_code=204, responses=scim_problems(404, 409, 412), operation_id="scim_delete_user"
)
async def delete_user(services: Surroundings, caller: Provisioner, user: UserId, if_match: IfMatch = None) -> None:
    """Switch a user off and hide them; keys are refused, what was spent stays."""
    async with services.sessions.begin() as session:
        await users.take_turn(session)
        row = await _load(session, caller, user)
        etags.check_tag(if_match, _version(row))
        await authority.require_over(session, caller, row)
        await authority.keep_a_root(session, row)
        await sessions.remove_of(session, row.id)
        await users.set_removed(session, row, removed=True)
        await audit.record(
            session, services, caller, "users.remove", kind="user", id=row.id, name=row.name,
            before={"enabled": True}, after={"enabled": False}, organisation_id=row.organisation_id,
        )  # fmt: skip
    await announce(services)
