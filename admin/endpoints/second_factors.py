"""One's own authenticator app and recovery codes. Everything that changes them needs a second check."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Response

from admin import audit
from admin.caller import Caller, step_up
from admin.endpoints.common import problems
from admin.identity import accounts, letters, login, proofs, totp
from admin.problems import Problem, invalid
from admin.schemas.me import RecoveryCodes, TotpConfirm, TotpSetup
from admin.services import Services
from admin.surroundings import Surroundings
from storage import crypto
from storage.repositories import credentials, sessions

router = APIRouter(prefix="/me", tags=["second factors"])

Proved = Annotated[Caller, Depends(step_up)]
ISSUER = "LLM gateway"
NO_STORE = {"cache-control": "no-store"}


async def tell_owner(services: Services, caller: Caller, what: letters.Change) -> None:
    """Mail the owner what has changed about signing in."""
    try:
        async with services.sessions() as session:
            user = await proofs.own_user(session, caller)
    except Problem:  # the database is away, or the user is: the change itself is made
        return
    await accounts.tell(services, user, letters.second_factors_changed(user.name, what, user.language))


@router.post("/totp", responses=problems(409), operation_id="set_up_totp")
async def set_up(services: Surroundings, caller: Proved, response: Response) -> TotpSetup:
    """A new secret for an authenticator app, shown once. It counts when a code of it was confirmed."""
    secret = totp.new_secret()
    async with services.sessions.begin() as session:
        user = await proofs.own_user(session, caller)
        row = await credentials.ensure(session, user.id)
        if row.totp_at:
            raise Problem(409, "An authenticator app is set up already; remove it first.", slug="totp-there")
        row.totp = services.box.seal(secret, f"totp:{user.id}")
    response.headers.update(NO_STORE)
    address = totp.address(secret, account=user.name, issuer=ISSUER)
    return TotpSetup(secret=secret, address=address, qr_svg=totp.picture(address))


@router.post("/totp/confirm", responses=problems(400, 409, 413, 429), operation_id="confirm_totp")
async def confirm(
    services: Surroundings, caller: Proved, wanted: TotpConfirm, response: Response, behind: BackgroundTasks
) -> RecoveryCodes:
    """Switch the authenticator app on, with a code that it shows. The answer holds recovery codes, once."""
    user_id = proofs.own_user_id(caller)
    await login.take_second(services, user_id)
    codes = totp.new_recovery_codes()
    now = services.clock()
    async with services.sessions.begin() as session:
        row = await credentials.ensure(session, user_id)
        if row.totp is None or row.totp_at:
            raise Problem(409, "There is no authenticator app that waits for a code.", slug="no-totp")
        step = totp.step_of(login.open_secret(services, user_id, row.totp), wanted.code, now=now)
        if step is None:
            raise invalid([("body.code", "is wrong: is the clock of your device right?")])
        row.totp_at, row.totp_step = now, step
        await credentials.replace_recovery_codes(session, user_id, [crypto.digest(totp.plain(code)) for code in codes])
        # Other sessions were opened without it.
        await sessions.remove_of(session, user_id, but=caller.session_id)
        await audit.record(session, services, caller, "users.totp_on", kind="user", id=user_id, name=caller.name)
    await login.clear_second(services, user_id)
    behind.add_task(tell_owner, services, caller, "totp_on")
    response.headers.update(NO_STORE)
    return RecoveryCodes(codes=codes)


@router.delete("/totp", status_code=204, responses=problems(404), operation_id="remove_totp")
async def remove(services: Surroundings, caller: Proved, behind: BackgroundTasks) -> None:
    """Remove the authenticator app and the recovery codes."""
    user_id = proofs.own_user_id(caller)
    async with services.sessions.begin() as session:
        row = await credentials.ensure(session, user_id)
        if row.totp is None:
            raise Problem(404, "There is no authenticator app.", slug="not-found")
        row.totp, row.totp_at = None, 0
        await credentials.replace_recovery_codes(session, user_id, [])
        await audit.record(session, services, caller, "users.totp_off", kind="user", id=user_id, name=caller.name)
    behind.add_task(tell_owner, services, caller, "totp_off")


@router.post("/recovery-codes", responses=problems(409), operation_id="renew_recovery_codes")
async def renew(services: Surroundings, caller: Proved, response: Response, behind: BackgroundTasks) -> RecoveryCodes:
    """New recovery codes in place of the old ones, shown once."""
    user_id = proofs.own_user_id(caller)
    codes = totp.new_recovery_codes()
    async with services.sessions.begin() as session:
        row = await credentials.ensure(session, user_id)
        if not row.totp_at:
            raise Problem(409, "Recovery codes stand in for an authenticator app; set one up first.", slug="no-totp")
        await credentials.replace_recovery_codes(session, user_id, [crypto.digest(totp.plain(code)) for code in codes])
        await audit.record(session, services, caller, "users.recovery_codes", kind="user", id=user_id, name=caller.name)
    behind.add_task(tell_owner, services, caller, "recovery_codes")
    response.headers.update(NO_STORE)
    return RecoveryCodes(codes=codes)
