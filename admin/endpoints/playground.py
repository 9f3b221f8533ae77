"""The playground's key: somebody who is signed in calls models as themselves, without a key of theirs being pasted."""

from typing import Annotated

from fastapi import APIRouter, Response

from admin import audit, playground_keys
from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.problems import Problem
from admin.schemas.account import time_of
from admin.schemas.playground import PlaygroundKey
from admin.surroundings import Surroundings, announce
from storage import crypto
from storage.repositories import users

router = APIRouter(prefix="/playground", tags=["playground"])

Player = Annotated[Caller, needs("keys.write")]


def _person(caller: Caller) -> int:
    if caller.kind != "session" or caller.user_id is None:
        raise Problem(400, "The playground is for people who are signed in.", slug="no-session")
    return caller.user_id


@router.post("/key", status_code=201, responses=problems(400), operation_id="take_playground_key")
async def take_playground_key(services: Surroundings, caller: Player, response: Response) -> PlaygroundKey:
    """A value for one's playground key that works for a quarter of an hour, and not beyond the session's end."""
    user_id = _person(caller)
    value, now = crypto.new_key(), services.clock()
    async with services.sessions.begin() as session:
        user = await users.get(session, user_id)
        if user is None:
            raise Problem(400, "The playground is for people who are signed in.", slug="no-session")
        row, made = await playground_keys.take(session, user, value, now)
        if made:
            await audit.record(
                session, services, caller, "keys.create", kind="key", id=row.id, name=row.name,
                after={"name": row.name, "origin": row.origin, "user": user.name},
            )  # fmt: skip
        key_id, name = row.id, row.name
    await announce(services)
    response.headers["cache-control"] = "no-store"
    ends = time_of(now + playground_keys.LIFETIME_S)
    return PlaygroundKey(key=value, key_id=key_id, name=name, expires_at=ends, seconds=playground_keys.LIFETIME_S)


@router.delete("/key", status_code=204, responses=problems(400), operation_id="end_playground_key")
async def end_playground_key(services: Surroundings, caller: Player) -> None:
    """End what the playground was given."""
    user_id = _person(caller)
    async with services.sessions.begin() as session:
        ended = await playground_keys.end(session, user_id, services.clock())
    if ended:
        await announce(services)
