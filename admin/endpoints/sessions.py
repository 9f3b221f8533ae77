"""Sessions: one's own, and for operators those of a user. Each is a device that somebody signed in on."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, authority, user_rows
from admin.caller import Caller, SignedIn, needs
from admin.endpoints.common import Ref, problems
from admin.identity import proofs
from admin.identity.devices import device_of
from admin.options.identity import Identity
from admin.problems import not_found
from admin.schemas.base import MAX_ID
from admin.schemas.me import Ended, SessionList, SessionOut
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import Session
from storage.repositories import sessions

router = APIRouter(tags=["sessions"])

SessionId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _of(session: AsyncSession, services: Services, user_id: int, caller: Caller) -> SessionList:
    idle_s = (await services.options.read(session, Identity)).session_idle_hours * 3600
    rows: Sequence[Session] = await sessions.of_user(session, user_id, now=services.clock(), idle_s=idle_s)
    return SessionList(
        items=[
            SessionOut(
                id=row.id,
                current=row.id == caller.session_id,
                method=row.method,
                device=device_of(row.agent),
                agent=row.agent,
                ip=row.ip,
                created_at=row.created_at,
                seen_at=row.seen_at,
                expires_at=row.expires_at,
            )
            for row in rows
        ]
    )


@router.get("/me/sessions", responses=problems(), operation_id="list_my_sessions")
async def list_mine(services: Surroundings, caller: SignedIn) -> SessionList:
    """One's own sessions, newest first."""
    async with services.sessions() as session:
        return await _of(session, services, proofs.own_user_id(caller), caller)


@router.delete("/me/sessions/{session}", status_code=204, responses=problems(404), operation_id="end_my_session")
async def end_mine(services: Surroundings, caller: SignedIn, session: SessionId) -> None:
    """End one of one's own sessions, on whatever device it is."""
    user_id = proofs.own_user_id(caller)
    async with services.sessions.begin() as database:
        if not await sessions.remove(database, user_id, session):
            raise not_found("session", str(session))
        await audit.record(database, services, caller, "sessions.close", kind="session", id=session, name=caller.name)


@router.post("/me/sessions/end-others", responses=problems(), operation_id="end_my_other_sessions")
async def end_others(services: Surroundings, caller: SignedIn) -> Ended:
    """End all of one's own sessions but this one."""
    user_id = proofs.own_user_id(caller)
    async with services.sessions.begin() as session:
        ended = await sessions.remove_of(session, user_id, but=caller.session_id)
        await audit.record(
            session, services, caller, "sessions.close_others", kind="user", id=user_id, name=caller.name,
            after={"ended": ended},
        )  # fmt: skip
    return Ended(ended=ended)


@router.get("/users/{user}/sessions", responses=problems(404), operation_id="list_user_sessions")
async def list_of_user(
    services: Surroundings, caller: Annotated[Caller, needs("users.read")], user: Ref
) -> SessionList:
    """The sessions of a user, newest first."""
    async with services.sessions() as session:
        row = await user_rows.load(session, user, caller.scope("users.read"))
        return await _of(session, services, row.id, caller)


@router.delete("/users/{user}/sessions", responses=problems(404), operation_id="end_user_sessions")
async def end_of_user(services: Surroundings, caller: Annotated[Caller, needs("users.write")], user: Ref) -> Ended:
    """End all sessions of a user."""
    async with services.sessions.begin() as session:
        row = await user_rows.load(session, user, caller.scope("users.write"))
        await authority.require_over(session, caller, row)
        ended = await sessions.remove_of(session, row.id)
        await audit.record(
            session, services, caller, "sessions.close_all", kind="user", id=row.id, name=row.name,
            after={"ended": ended}, organisation_id=row.organisation_id,
        )  # fmt: skip
    return Ended(ended=ended)
