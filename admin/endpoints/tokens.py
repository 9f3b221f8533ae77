"""Automation tokens: bearer tokens of programs, with scopes and expiry. A token never does more than who made it."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, user_rows
from admin.caller import Caller, needs, some_step_up, step_up
from admin.credentials import AUTOMATION
from admin.endpoints.common import IfMatch, problems
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, contains, fetch
from admin.permissions import PERMISSIONS, Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.token import TokenCreate, TokenCreated, TokenOut, TokenPatch
from admin.surroundings import Surroundings
from storage import crypto
from storage.models import AutomationToken
from storage.models.base import now
from storage.repositories import automation_tokens, users

router = APIRouter(prefix="/tokens", tags=["tokens"], route_class=ListRoute)

SORTS = {"id": AutomationToken.id}
TokenId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id.")]
Readers = Annotated[Caller, needs("tokens.read")]
Writers = Annotated[Caller, needs("tokens.write")]

MAX_TOKENS = 100
"""Tokens of one user."""


async def _load(session: AsyncSession, caller: Caller, token_id: int, permission: str) -> AutomationToken:
    found = await automation_tokens.get(session, token_id)
    scope = caller.scope(permission)
    owner = None if found is None or found.user_id is None else await users.get(session, found.user_id)
    if found is None or not scope.holds(found.user_id, owner.organisation_id if owner is not None else None):
        raise not_found("token", str(token_id))
    return found


async def _shown(session: AsyncSession, rows: Sequence[AutomationToken]) -> list[TokenOut]:
    names = await users.names(session, {row.user_id for row in rows if row.user_id is not None})
    return [
        TokenOut(
            id=row.id,
            name=row.name,
            hint=row.hint,
            user_id=row.user_id,
            user=names.get(row.user_id or 0),
            scopes=row.scopes,
            enabled=row.enabled,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _state(shown: TokenOut) -> TokenOut:
    return shown.model_copy(update={"last_used_at": None})


def permits(scope: str) -> set[str]:
    """The permissions that a scope names."""
    if scope == "*":
        return set(PERMISSIONS)
    return {name for name in PERMISSIONS if name == scope or f"{name.split('.', 1)[0]}.*" == scope}


def _check(caller: Caller, scopes: Sequence[str], user_id: int | None) -> None:
    """Nobody gives a token what they do not have themselves, at the reach that the token will have."""
    named = {name for scope in scopes for name in permits(scope)}
    if user_id is None:
        missing = {name for name in named if caller.reach(name) is not Reach.ALL}
    elif caller.kind == "token":
        missing = named - caller.reaches.keys()  # a token makes no wider one of the same user
    else:
        # A scope is cut to what the user may do: "*" is everything of that; a single name has to be among it.
        missing = {scope for scope in scopes if not permits(scope) & caller.reaches.keys()}
    if missing:
        raise Problem(403, f"You cannot give what you do not have: {', '.join(sorted(missing)[:5])}.", slug="forbidden")


@router.get("", responses=problems(404), operation_id="list_tokens")
async def list_tokens(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    q: Search = "",
    user: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
) -> Listed[TokenOut]:
    """Tokens by `id`."""
    scope = caller.scope("tokens.read")
    async with services.sessions() as session:
        statement = automation_tokens.query(user_id=scope.user_id, organisation_id=scope.organisation_id)
        if user is not None:
            whose = await user_rows.load(session, user, caller.scope("tokens.read"), removed=True)
            statement = statement.where(AutomationToken.user_id == whose.id)
        if q:
            statement = statement.where(contains(q, AutomationToken.name, identity=AutomationToken.id))
        rows, following = await fetch(session, statement, page, SORTS, AutomationToken.id)
        items = await _shown(session, rows)
    return Listed(items=items, next=following)


@router.post(
    "", status_code=201, responses=problems(400, 409, 413), operation_id="create_token", dependencies=[Depends(step_up)]
)
async def create_token(
    services: Surroundings, caller: Writers, wanted: TokenCreate, response: Response
) -> TokenCreated:
    """Make a token of one's own, or with `service` one that is nobody's. The only answer that holds the token."""
    _refuse_past(wanted.expires_at)
    user_id = None if wanted.service else caller.user_id
    _check(caller, wanted.scopes, user_id)
    token = AUTOMATION + token_urlsafe(32)
    async with services.sessions.begin() as session:
        if user_id is not None and await automation_tokens.count(session, user_id) >= MAX_TOKENS:
            raise Problem(409, f"There are {MAX_TOKENS} tokens already; remove one first.")
        row = AutomationToken(
            name=wanted.name, digest=crypto.digest(token), hint=crypto.hint(token), user_id=user_id,
            scopes=list(dict.fromkeys(wanted.scopes)), expires_at=wanted.expires_at,
        )  # fmt: skip
        (shown,) = await _shown(session, [await automation_tokens.add(session, row)])
        await audit.record(
            session, services, caller, "tokens.create", kind="token", id=row.id, name=row.name, after=shown
        )
    response.headers["location"] = f"/api/v1/tokens/{row.id}"
    response.headers["cache-control"] = "no-store"
    return TokenCreated(**shown.model_dump(), token=token)


@router.get("/{token}", responses=problems(404), operation_id="get_token")
async def get_token(services: Surroundings, caller: Readers, token: TokenId, response: Response) -> TokenOut:
    """One token."""
    async with services.sessions() as session:
        (shown,) = await _shown(session, [await _load(session, caller, token, "tokens.read")])
    response.headers["etag"] = etags.etag_of(_state(shown))
    return shown


@router.patch(
    "/{token}",
    responses=problems(400, 404, 412, 413),
    operation_id="change_token",
    dependencies=[Depends(some_step_up)],
)
async def change_token(
    services: Surroundings, caller: Writers, token: TokenId, patch: TokenPatch, response: Response,
    if_match: IfMatch = None,
) -> TokenOut:  # fmt: skip
    """Change what the body names; the token itself stays. Others' tokens can be switched off and cut, never widened."""
    changes = patch.given()
    _refuse_past(changes.get("expires_at"))
    if "scopes" in changes and not changes["scopes"]:
        raise invalid([("body.scopes", "must have at least one")])
    if changes.get("enabled") or changes.keys() & {"scopes", "expires_at"}:
        await step_up(services, caller)
    async with services.sessions.begin() as session:
        row = await _load(session, caller, token, "tokens.write")
        (before,) = await _shown(session, [row])
        etags.check(if_match, _state(before))
        mine = row.user_id == caller.user_id and (row.user_id is not None or caller.kind == "operator")
        wider = [scope for scope in changes.get("scopes", ()) if not permits(scope) <= _permitted(row.scopes)]
        if not mine and (wider or changes.get("enabled") or "expires_at" in changes):
            raise Problem(403, "Only its owner widens or prolongs a token.", slug="forbidden")
        _check(caller, wider or (row.scopes if changes.get("enabled") and mine else ()), row.user_id)
        changed = await automation_tokens.change(session, row, changes)
        (shown,) = await _shown(session, [row])
        if changed:
            await audit.record(
                session, services, caller, "tokens.change", kind="token", id=row.id, name=row.name,
                before=_state(before), after=_state(shown),
            )  # fmt: skip
    response.headers["etag"] = etags.etag_of(_state(shown))
    return shown


def _refuse_past(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= now():
        raise invalid([("body.expires_at", "must be in the future")])


def _permitted(scopes: Sequence[str]) -> set[str]:
    return {name for scope in scopes for name in permits(scope)}


@router.delete("/{token}", status_code=204, responses=problems(404, 412), operation_id="delete_token")
async def delete_token(services: Surroundings, caller: Writers, token: TokenId, if_match: IfMatch = None) -> None:
    """Remove a token; it is refused from now on."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, token, "tokens.write")
        (before,) = await _shown(session, [row])
        etags.check(if_match, _state(before))
        await automation_tokens.remove(session, row)
        await audit.record(
            session, services, caller, "tokens.delete", kind="token", id=token, name=before.name, before=before
        )
