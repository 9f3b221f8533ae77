"""What a user signs in with, for operators: see, lock, set a password, send a link, take lost second factors away."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, authority, user_rows
from admin.caller import Caller, needs, step_up
from admin.endpoints.common import Ref, problems
from admin.identity import accounts, codes, letters, throttle
from admin.identity.throttle import counter
from admin.options.network import Network
from admin.problems import Problem
from admin.schemas.me import CredentialsOut, LockIn, PasswordSet
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import User
from storage.repositories import attempts, credentials, sessions

router = APIRouter(prefix="/users/{user}", tags=["credentials"])

Writers = Annotated[Caller, needs("users.write")]
STEP_UP = [Depends(step_up)]


async def _shown(session: AsyncSession, row: User) -> CredentialsOut:
    stored = await credentials.get(session, row.id)
    return CredentialsOut(
        has_password=stored is not None and stored.password is not None,
        must_change_password=stored is not None and stored.must_change,
        password_at=(stored.password_at or None) if stored is not None else None,
        totp=stored is not None and stored.totp_at > 0,
        recovery_codes=await credentials.recovery_codes_left(session, row.id),
        passkeys=await credentials.count_passkeys(session, row.id),
        locked=row.locked_at > 0,
        locked_reason=row.locked_reason,
        last_login_at=row.last_login_at or None,
        email=row.email,
        email_verified=row.email_verified_at > 0,
    )


async def _load(session: AsyncSession, caller: Caller, user: str) -> User:
    row = await user_rows.load(session, user, caller.scope("users.write"))
    await authority.require_over(session, caller, row)
    return row


async def _record(
    session: AsyncSession, services: Services, caller: Caller, action: str, row: User, before: CredentialsOut
) -> CredentialsOut:
    after = await _shown(session, row)
    await audit.record(
        session, services, caller, action, kind="user", id=row.id, name=row.name, before=before, after=after,
        organisation_id=row.organisation_id,
    )  # fmt: skip
    return after


@router.get("/credentials", responses=problems(404), operation_id="get_user_credentials")
async def get_credentials(services: Surroundings, caller: Writers, user: Ref) -> CredentialsOut:
    """What a user signs in with."""
    async with services.sessions() as session:
        return await _shown(session, await user_rows.load(session, user, caller.scope("users.write")))


@router.post("/lock", responses=problems(400, 404, 409, 413), operation_id="lock_user")
async def lock(services: Surroundings, caller: Writers, user: Ref, wanted: LockIn) -> CredentialsOut:
    """Lock an account: its sessions end, its tokens and logins are refused. Keys go on; disabling stops them."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, user)
        await authority.keep_a_root(session, row)
        before = await _shown(session, row)
        row.locked_at = row.locked_at or services.clock()
        row.locked_reason = wanted.reason
        await sessions.remove_of(session, row.id)
        return await _record(session, services, caller, "users.lock", row, before)


@router.post("/unlock", responses=problems(404), operation_id="unlock_user")
async def unlock(services: Surroundings, caller: Writers, user: Ref) -> CredentialsOut:
    """Let a user sign in again; pauses after wrong passwords and codes end too."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, user)
        before = await _shown(session, row)
        row.locked_at, row.locked_reason = 0, ""
        await attempts.clear(session, counter("second", row.id))
        await throttle.free(session, row.name, now=services.clock())
        return await _record(session, services, caller, "users.unlock", row, before)


@router.put("/password", responses=problems(400, 404, 413), operation_id="set_user_password", dependencies=STEP_UP)
async def set_password(
    services: Surroundings, caller: Writers, user: Ref, wanted: PasswordSet, behind: BackgroundTasks
) -> CredentialsOut:
    """Choose a password for a user; the sessions end. The user is asked to change it at the next login."""
    async with services.sessions() as session:
        row = await _load(session, caller, user)
    hashed = await accounts.accept_password(services, wanted.password, row.name, row.email)
    async with services.sessions.begin() as session:
        row = await _load(session, caller, user)
        await accounts.change_password(session, services, caller, row, hashed, must_change=wanted.must_change)
        await throttle.free(session, row.name, now=services.clock())
        shown = await _shown(session, row)
    behind.add_task(accounts.tell, services, row, letters.password_changed(row.name, row.language))
    return shown


@router.post("/password-reset", status_code=202, responses=problems(404, 409), operation_id="send_user_password_reset")
async def send_reset(services: Surroundings, caller: Writers, user: Ref, behind: BackgroundTasks) -> None:
    """Mail a user the link with which a new password is chosen."""
    if not await services.mail.available():
        raise Problem(409, "No mail server is configured (options mail.host and mail.sender).", slug="no-mail")
    public_url = (await services.options.get(Network)).public_url
    async with services.sessions.begin() as session:
        row = await _load(session, caller, user)
        if not row.email:
            raise Problem(409, "This user has no e-mail address.", slug="no-email")
        token = await codes.issue(
            session, "reset", now=services.clock(), seconds=codes.RESET_S, user_id=row.id, data={"email": row.email}
        )
        await audit.record(
            session, services, caller, "users.password_reset", kind="user", id=row.id, name=row.name,
            organisation_id=row.organisation_id,
        )  # fmt: skip
    behind.add_task(accounts.tell, services, row, letters.reset(row.name, token, public_url, row.language))


@router.delete(
    "/second-factors", responses=problems(404), operation_id="remove_user_second_factors", dependencies=STEP_UP
)
async def remove_second_factors(
    services: Surroundings, caller: Writers, user: Ref, behind: BackgroundTasks
) -> CredentialsOut:
    """Take a user's authenticator app, recovery codes and passkeys away, for who has lost them. The sessions end."""
    async with services.sessions.begin() as session:
        row = await _load(session, caller, user)
        before = await _shown(session, row)
        await credentials.forget(session, row.id, password=False)
        await sessions.remove_of(session, row.id)
        shown = await _record(session, services, caller, "users.second_factors", row, before)
    behind.add_task(
        accounts.tell, services, row, letters.second_factors_changed(row.name, "factors_removed", row.language)
    )
    return shown
