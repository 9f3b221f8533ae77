"""Keys: create, list, read, change, delete. The key itself is in the answer to its creation only."""

from collections.abc import Sequence

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import etags
from admin.endpoints import users as user_endpoints
from admin.endpoints.common import IfMatch, Ref, object_id, problems
from admin.problems import Problem, not_found
from admin.schemas.key import KeyCreate, KeyCreated, KeyList, KeyOut, KeyPatch, stored
from admin.surroundings import Surroundings, announce
from storage import crypto
from storage.models import Key
from storage.repositories import keys, revisions, users

router = APIRouter(prefix="/keys", tags=["keys"])


async def load(session: AsyncSession, ref: str) -> Key:
    """The key of that name or id; raises a Problem (404)."""
    number = object_id(ref)
    found = await (keys.find_by_name(session, ref) if number is None else keys.get(session, number))
    if found is None:
        raise not_found("key", ref)
    return found


async def _user_id(session: AsyncSession, ref: str | None) -> int | None:
    """The user's id, who is not removed before this transaction ends."""
    if ref is None:
        return None
    user = await user_endpoints.load(session, ref)
    await users.lock(session, user.id)
    return user.id


async def _shown(session: AsyncSession, rows: Sequence[Key]) -> list[KeyOut]:
    names = await users.names(session, {row.user_id for row in rows if row.user_id})
    return [
        KeyOut.model_validate(row).model_copy(update={"user": names.get(row.user_id, "") if row.user_id else None})
        for row in rows
    ]


async def _refuse_taken(session: AsyncSession, name: str) -> None:
    if await keys.find_by_name(session, name) is not None:
        raise Problem(409, f"There is a key {name!r} already; change it, or choose another name.")


@router.get("", responses=problems(), operation_id="list_keys")
async def list_keys(services: Surroundings) -> KeyList:
    """All keys by name."""
    async with services.sessions() as session:
        return KeyList(items=await _shown(session, await keys.list_all(session)))


@router.post("", status_code=201, responses=problems(400, 409, 413), operation_id="create_key")
async def create_key(services: Surroundings, wanted: KeyCreate, response: Response) -> KeyCreated:
    """Make a key. The answer holds it; the gateway stores its hash and cannot show it again."""
    key = wanted.key or crypto.new_key()
    digest = crypto.digest(key)
    async with services.sessions.begin() as session:
        await _refuse_taken(session, wanted.name)
        if await keys.find_by_digest(session, digest) is not None:
            raise Problem(409, "Another key has this value already.")
        owner = await _user_id(session, wanted.user)
        row = Key(name=wanted.name, digest=digest, hint=crypto.hint(key), user_id=owner, **wanted.columns())
        await keys.create(session, row)
        (shown,) = await _shown(session, [row])
    await announce(services)
    response.headers["location"] = f"/api/v1/keys/{row.id}"
    response.headers["etag"] = etags.etag_of(shown)
    response.headers["cache-control"] = "no-store"
    return KeyCreated(**shown.model_dump(), key=key)


@router.get("/{key}", responses=problems(404), operation_id="get_key")
async def get_key(services: Surroundings, key: Ref, response: Response) -> KeyOut:
    """One key."""
    async with services.sessions() as session:
        (shown,) = await _shown(session, [await load(session, key)])
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.patch("/{key}", responses=problems(400, 404, 409, 412, 413), operation_id="change_key")
async def change_key(
    services: Surroundings, key: Ref, patch: KeyPatch, response: Response, if_match: IfMatch = None
) -> KeyOut:
    """Change what the body names and leave the rest. The key itself does not change: make a new one instead."""
    changes = stored(patch.given())
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.KEYS)
        if "user" in changes:
            changes["user_id"] = await _user_id(session, changes.pop("user"))
        row = await load(session, key)
        etags.check(if_match, (await _shown(session, [row]))[0])
        if changes.get("name", row.name) != row.name:
            await _refuse_taken(session, changes["name"])
        changed = await keys.update(session, row, changes)
        (shown,) = await _shown(session, [row])
    if changed:
        await announce(services)
    response.headers["etag"] = etags.etag_of(shown)
    return shown


@router.delete("/{key}", status_code=204, responses=problems(404, 412), operation_id="delete_key")
async def delete_key(services: Surroundings, key: Ref, if_match: IfMatch = None) -> None:
    """Remove a key. Its next request is refused; what it is streaming ends by itself."""
    async with services.sessions.begin() as session:
        await revisions.take_turn(session, revisions.KEYS)
        row = await load(session, key)
        etags.check(if_match, (await _shown(session, [row]))[0])
        await keys.remove(session, row)
    await announce(services)
