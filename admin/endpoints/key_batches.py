"""Many keys at once: made in one transaction, or changed one by one with a result for each."""

from typing import Annotated

from fastapi import APIRouter, Response

from admin import bulk, key_rows
from admin.caller import Caller, needs
from admin.endpoints import keys as key_endpoints
from admin.endpoints.common import problems
from admin.problems import invalid
from admin.schemas.key import KeyBatch, KeyBulk, KeysCreated
from admin.surroundings import Surroundings, announce
from storage.repositories import keys

router = APIRouter(prefix="/keys", tags=["keys"])

Writers = Annotated[Caller, needs("keys.write")]


@router.post("/batch", status_code=201, responses=problems(400, 404, 409, 413), operation_id="create_keys")
async def create_keys(services: Surroundings, caller: Writers, wanted: KeyBatch, response: Response) -> KeysCreated:
    """Make up to 1,000 keys that differ in name and value, or none. The answer is the only one that holds them."""
    if len(wanted.name) > 59:
        raise invalid([("body.name", "must have at most 59 characters: a number is put behind it")])
    made = []
    async with services.sessions.begin() as session:
        columns = await key_rows.placed(
            session, caller, {**wanted.columns(), "user": wanted.user, "team": wanted.team}, None
        )
        await key_rows.room(session, services, caller, columns, wanted.count)
        names = [f"{wanted.name}-{number + 1}" for number in range(wanted.count)]
        taken = await keys.taken(session, names)
        for name in names:
            free = await key_rows.free_name(session, caller, name) if name in taken else name
            made.append(await key_endpoints.make(session, services, caller, wanted, columns, free))
    await announce(services)
    response.headers["cache-control"] = "no-store"
    return KeysCreated(items=made)


@router.post("/bulk", responses=problems(400, 404, 413), operation_id="change_keys")
async def change_keys(services: Surroundings, caller: Writers, wanted: KeyBulk) -> bulk.BulkDone:
    """Switch on or off, change or remove many keys; each by itself, and the answer says which."""
    if wanted.action == "change" and (wanted.values is None or not wanted.values.given()):
        raise invalid([("body.values", "is required for change")])
    if wanted.values is not None and "name" in wanted.values.given():
        raise invalid([("body.values.name", "is one key's: two keys cannot have it")])
    ids = list(wanted.ids)
    if wanted.filter is not None:
        async with services.sessions() as session:
            reached = await key_rows.writable(session, caller)
            statement = await key_endpoints.wanted_by(session, caller, reached, wanted.filter)
            ids += await keys.ids(session, statement, limit=bulk.MAX_ITEMS + 1)
    given = wanted.values.given() if wanted.values is not None else {"enabled": wanted.action == "enable"}

    async def change(number: int) -> None:
        if wanted.action == "delete":
            await key_endpoints.remove(services, caller, str(number))
        else:
            await key_endpoints.change(services, caller, str(number), given)

    done = await bulk.each(ids, change, dry_run=wanted.dry_run)
    if done.changed:
        await announce(services)
    return done
