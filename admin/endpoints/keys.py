"""Keys: list, make, read, change, rotate, remove. The value is in the answer to its creation or rotation only.

What many keys at once are made or changed by is key_batches.py.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, exports, key_rows, searching, team_rows, user_rows
from admin.caller import Caller, needs
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints.common import IfMatch, Ref, problems
from admin.listing import Listed, Paged, Search, fetch
from admin.options.keys import KeyOptions
from admin.permissions import Reach
from admin.problems import Problem
from admin.schemas.base import Fields
from admin.schemas.key import KeyCreated, KeyFilter, KeyMake, KeyOut, KeyPatch, KeyRotate, stored
from admin.services import Services
from admin.surroundings import Surroundings, announce
from admin.team_rows import Within
from storage import crypto
from storage.events import emit
from storage.listing import Page
from storage.models import Key, KeyWord
from storage.models.base import now
from storage.repositories import keys, revisions

router = APIRouter(prefix="/keys", tags=["keys"])

load = key_rows.load
SORTS = {"name": Key.name, "created_at": Key.created_at, "id": Key.id}
COLUMNS = (
    "id", "name", "hint", "user", "team", "group", "enabled", "expires_at", "models", "endpoints", "networks",
    "cost_cap", "budgets", "metadata", "remark", "requests", "used_nano", "last_used_at", "created_at",
)  # fmt: skip

Readers = Annotated[Caller, needs("keys.read")]
Writers = Annotated[Caller, needs("keys.write")]
Ref200 = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="Name or id.")]


async def wanted_by(session: AsyncSession, caller: Caller, reached: Within, which: KeyFilter) -> Select[Key]:
    """The keys within reach that a filter finds. Raises a Problem (404) for whom it names and is not there."""
    scope = reached.scope
    statement = keys.query(user_id=scope.user_id, organisation_id=scope.organisation_id, team_ids=reached.team_ids)
    if which.organisation is not None:
        home = await organisation_endpoints.load(session, which.organisation, scope)
        statement = keys.within(statement, home.id)
    if which.user is not None:
        user = await user_rows.load(session, which.user, scope, removed=True)
        statement = statement.where(Key.user_id == user.id)
    if which.team is not None:
        team = await team_rows.load(session, which.team, caller, reached)
        statement = statement.where(Key.team_id == team.id)
    if which.group is not None:
        statement = statement.where(Key.group == which.group)
    if which.enabled is not None:
        statement = statement.where(Key.enabled.is_(which.enabled))
    return keys.search(statement, which.q) if which.q else statement


@router.get("", responses=problems(404) | exports.FILES, operation_id="list_keys", response_model=Listed[KeyOut])
async def list_keys(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    q: Search = "",
    user: Ref200 = None,
    organisation: Ref200 = None,
    team: Ref200 = None,
    group: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
    enabled: bool | None = None,
    form: Annotated[
        exports.Format | None, Query(alias="format", description="A file of all that match in place of a page.")
    ] = None,
) -> Listed[KeyOut] | StreamingResponse:
    """Keys by `name`, `created_at` or `id`; `q` is the beginning of a name or of a word in it, or an id.

    Words follow `-_.:@#+` or a space. With `q` the order is that of the words found; `sort` counts where at most 5,000
    match.
    """
    # Checked above; a body's checks would refuse control characters with an error that nobody turns into an answer.
    which = KeyFilter.model_construct(
        user=user, organisation=organisation, team=team, group=group, enabled=enabled, q=q
    )
    if form is not None:
        return await exports.export(_batches(services, caller, which), COLUMNS, form, "keys")
    async with services.sessions() as session:
        reached = await key_rows.readable(session, caller)
        if which.q and which.user is None and reached.scope.user_id is None:
            many = await wanted_by(session, caller, reached, which.model_copy(update={"q": ""}))
            rows, following = await searching.search(session, many, KeyWord, Key.id, SORTS, which.q, page)
        else:
            statement = await wanted_by(session, caller, reached, which)
            rows, following = await fetch(session, statement, page, SORTS, Key.id)
        return Listed(items=await key_rows.shown(session, rows), next=following)


async def _batches(services: Services, caller: Caller, which: KeyFilter) -> AsyncIterator[Sequence[dict[str, Any]]]:
    page = Page(1000, "", "id")
    while True:
        async with services.sessions() as session:
            statement = await wanted_by(session, caller, await key_rows.readable(session, caller), which)
            rows, following = await fetch(session, statement, page, SORTS, Key.id)
            yield [one.model_dump(mode="json") for one in await key_rows.shown(session, rows)]
        if following is None:
            return
        page = page._replace(cursor=following)


async def make(
    session: AsyncSession, services: Services, caller: Caller, wanted: KeyMake, columns: Fields, name: str
) -> KeyCreated:
    """Store a key with its budgets and limits; `columns` are checked already."""
    value = wanted.key or crypto.new_key()
    digest = crypto.digest(value)
    if wanted.key is not None and await keys.find_by_digest(session, digest) is not None:
        raise Problem(409, "Another key has this value already.")
    row = await keys.create(session, Key(name=name, digest=digest, hint=crypto.hint(value), **columns))
    if wanted.budgets:
        await key_rows.set_budgets(session, row, wanted.budgets, caller.name, services.clock())
    if wanted.limits:
        _limits_allowed(caller)
        await key_rows.set_limits(session, row, wanted.limits)
    (shown,) = await key_rows.shown(session, [row])
    await audit.record(
        session, services, caller, "keys.create", kind="key", id=row.id, name=row.name, after=shown,
        organisation_id=await key_rows.organisation_of(session, row),
    )  # fmt: skip
    await _tell(session, services, caller, "key.created", row)
    return KeyCreated(**shown.model_dump(), key=value)


async def _tell(session: AsyncSession, services: Services, caller: Caller, kind: str, row: Key) -> None:
    home = await key_rows.organisation_of(session, row)
    data = {"key_id": row.id, "name": row.name, "actor": caller.name}
    await emit(session, kind, data, user_id=row.user_id, organisation_id=home, now=services.clock())


def _limits_allowed(caller: Caller) -> None:
    """Rate limits travel to every replica: they are the operators'."""
    caller.require_all("limits.write")


async def own_value_allowed(services: Services, caller: Caller, value: str | None) -> None:
    """Raise 403 when the caller may not choose a key's value."""
    if value is None or caller.reach("keys.write") is Reach.ALL:
        return
    if not (await services.options.get(KeyOptions)).own_values:
        raise Problem(403, "The gateway chooses the values of keys here.", slug="forbidden")


@router.post("", status_code=201, responses=problems(400, 404, 409, 413), operation_id="create_key")
async def create_key(services: Surroundings, caller: Writers, wanted: KeyMake, response: Response) -> KeyCreated:
    """Make a key. The answer holds it; the gateway stores its hash and cannot show it again."""
    await own_value_allowed(services, caller, wanted.key)
    async with services.sessions.begin() as session:
        columns = await key_rows.placed(
            session, caller, {**wanted.columns(), "user": wanted.user, "team": wanted.team}, None
        )
        await key_rows.room(session, services, caller, columns, 1)
        name = await key_rows.free_name(session, caller, wanted.name)
        made = await make(session, services, caller, wanted, columns, name)
    await announce(services)
    response.headers["location"] = f"/api/v1/keys/{made.id}"
    response.headers["etag"] = etags.etag_of(key_rows.steady(made))
    response.headers["cache-control"] = "no-store"
    return made


@router.get("/{key}", responses=problems(404), operation_id="get_key")
async def get_key(services: Surroundings, caller: Readers, key: Ref, response: Response) -> KeyOut:
    """One key."""
    async with services.sessions() as session:
        (shown,) = await key_rows.shown(session, [await load(session, key, await key_rows.readable(session, caller))])
    response.headers["etag"] = etags.etag_of(key_rows.steady(shown))
    return shown


async def _steady(session: AsyncSession, row: Key) -> KeyOut:
    (shown,) = await key_rows.shown(session, [row])
    return key_rows.steady(shown)


async def change(
    services: Services, caller: Caller, ref: str, given: Fields, if_match: str | None = None
) -> tuple[KeyOut, bool]:
    """Change a key; what it is then, and whether it is another. Raises Problems."""
    fields = dict(given)
    budgets, limits = fields.pop("budgets", None), fields.pop("limits", None)
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.KEYS)
        row = await load(session, ref, await key_rows.writable(session, caller))
        before = await _steady(session, row)
        etags.check(if_match, before)
        columns = await key_rows.placed(session, caller, stored(fields), row)
        if columns.get("name", row.name) != row.name:
            columns["name"] = await key_rows.free_name(session, caller, columns["name"])
        await keys.update(session, row, columns)
        if budgets is not None:
            await key_rows.set_budgets(session, row, budgets, caller.name, services.clock())
        if limits is not None and list(limits) != before.limits:
            _limits_allowed(caller)
            await key_rows.set_limits(session, row, limits)
        (shown,) = await key_rows.shown(session, [row])
        after = key_rows.steady(shown)
        if after != before:
            await audit.record(
                session, services, caller, "keys.change", kind="key", id=row.id, name=row.name, before=before,
                after=after, organisation_id=await key_rows.organisation_of(session, row),
            )  # fmt: skip
    return shown, after != before


@router.patch("/{key}", responses=problems(400, 404, 409, 412, 413), operation_id="change_key")
async def change_key(
    services: Surroundings, caller: Writers, key: Ref, patch: KeyPatch, response: Response, if_match: IfMatch = None
) -> KeyOut:
    """Change what the body names and leave the rest. Its value is changed by rotating it."""
    shown, changed = await change(services, caller, key, patch.given(), if_match)
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(key_rows.steady(shown))
    return shown


@router.post("/{key}/rotate", responses=problems(400, 404, 409, 412, 413), operation_id="rotate_key")
async def rotate_key(
    services: Surroundings, caller: Writers, key: Ref, response: Response, wanted: KeyRotate | None = None,
    if_match: IfMatch = None,
) -> KeyCreated:  # fmt: skip
    """Give a key a new value. The old one works for `overlap_s` more; one rotated out before that ends at once."""
    wanted = wanted or KeyRotate()
    await own_value_allowed(services, caller, wanted.key)
    value = wanted.key or crypto.new_key()
    digest = crypto.digest(value)
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.KEYS)
        row = await load(session, key, await key_rows.writable(session, caller))
        key_rows.value_allowed(caller, row)
        before = await _steady(session, row)
        etags.check(if_match, before)
        if wanted.key is not None and await keys.find_by_digest(session, digest) is not None:
            raise Problem(409, "Another key has this value already.")
        old = {"old_digest": None, "old_until": None}
        if wanted.overlap_s:
            old = {"old_digest": row.digest, "old_until": now() + timedelta(seconds=wanted.overlap_s)}  # type: ignore[dict-item]
        await keys.update(session, row, {"digest": digest, "hint": crypto.hint(value), **old})
        (shown,) = await key_rows.shown(session, [row])
        await audit.record(
            session, services, caller, "keys.rotate", kind="key", id=row.id, name=row.name, before=before,
            after=key_rows.steady(shown),
            organisation_id=await key_rows.organisation_of(session, row),
        )  # fmt: skip
    await announce(services)
    response.headers["etag"] = etags.etag_of(key_rows.steady(shown))
    response.headers["cache-control"] = "no-store"
    return KeyCreated(**shown.model_dump(), key=value)


async def remove(services: Services, caller: Caller, ref: str, if_match: str | None = None) -> None:
    """Remove a key. Raises Problems."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.KEYS)
        row = await load(session, ref, await key_rows.writable(session, caller))
        before = await _steady(session, row)
        etags.check(if_match, before)
        await key_rows.set_limits(session, row, [])
        await _tell(session, services, caller, "key.removed", row)
        await audit.record(
            session, services, caller, "keys.delete", kind="key", id=row.id, name=row.name, before=before,
            organisation_id=await key_rows.organisation_of(session, row),
        )  # fmt: skip
        await keys.remove(session, row)


@router.delete("/{key}", status_code=204, responses=problems(404, 412), operation_id="delete_key")
async def delete_key(services: Surroundings, caller: Writers, key: Ref, if_match: IfMatch = None) -> None:
    """Remove a key. Its next request is refused; what it is streaming ends by itself."""
    await remove(services, caller, key, if_match)
    await announce(services)
