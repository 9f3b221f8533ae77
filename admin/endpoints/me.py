"""One's own account: profile, password, e-mail address, and the second check before delicate things."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags
from admin.caller import STEP_UP_S, Caller, SignedIn, some_step_up, step_up
from admin.endpoints.common import IfMatch, problems
from admin.identity import accounts, codes, cookies, letters, login, passwords, proofs, throttle
from admin.identity.throttle import counter
from admin.options.identity import Identity
from admin.options.network import Network
from admin.problems import Problem, invalid
from admin.schemas.login import PasskeyChallenge
from admin.schemas.me import (
    EmailChange,
    EmailConfirm,
    MeOut,
    MePatch,
    PasswordChange,
    SteppedUp,
    StepUpIn,
    StepUpMethods,
)
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import User
from storage.repositories import codes as stored_codes
from storage.repositories import credentials, users

router = APIRouter(prefix="/me", tags=["me"])

Proved = Annotated[Caller, Depends(step_up)]
_CHANGED = ("display_name", "language", "preferences")


async def _shown(services: Services, caller: Caller, request: Request) -> MeOut:
    token = cookies.read(request, (await services.options.get(Network)).public_url)
    async with services.sessions() as session:
        user = None if caller.user_id is None else await users.get(session, caller.user_id)
        row = None if user is None else await credentials.get(session, user.id)
        left = 0 if user is None else await credentials.recovery_codes_left(session, user.id)
        keys = 0 if user is None else await credentials.count_passkeys(session, user.id)
    fresh = caller.kind == "session" and services.clock() - caller.stepped_up_at <= STEP_UP_S
    return MeOut(
        id=caller.user_id,
        name=user.name if user is not None else caller.name,
        kind=caller.kind,
        display_name=user.display_name if user is not None else "",
        email=user.email if user is not None else None,
        email_verified=user is not None and user.email_verified_at > 0,
        language=user.language if user is not None else "",
        preferences=(user.preferences or {}) if user is not None else {},
        organisation_id=caller.organisation_id,
        role=user.role if user is not None else "root",
        organisation_role=user.organisation_role if user is not None else "",
        permissions={name: reach.name.lower() for name, reach in sorted(caller.reaches.items())},
        has_password=row is not None and row.password is not None,
        must_change_password=row is not None and row.must_change,
        totp=row is not None and row.totp_at > 0,
        recovery_codes=left,
        passkeys=keys,
        stepped_up_until=(caller.stepped_up_at + STEP_UP_S) if fresh else None,
        csrf_token=cookies.csrf_token(token) if caller.kind == "session" else None,
        last_login_at=(user.last_login_at or None) if user is not None else None,
    )


@router.get("", responses=problems(), operation_id="get_me")
async def get_me(services: Surroundings, caller: SignedIn, request: Request, response: Response) -> MeOut:
    """Oneself, and what one may do. A page that was loaded anew finds its `csrf_token` here."""
    response.headers["cache-control"] = "no-store"
    return _tagged(await _shown(services, caller, request), response)


@router.patch("", responses=problems(400, 412, 413), operation_id="change_me")
async def change_me(
    services: Surroundings, caller: SignedIn, request: Request, patch: MePatch, response: Response,
    if_match: IfMatch = None,
) -> MeOut:  # fmt: skip
    """Change what the body names. Name, role, group and the like are not one's own to change."""
    changes = patch.given()
    async with services.sessions.begin() as session:
        await users.lock(session, proofs.own_user_id(caller))
        user = await proofs.own_user(session, caller)
        etags.check(if_match, _changeable(user))
        before = {name: getattr(user, name) for name in _CHANGED}
        for name, value in changes.items():
            setattr(user, name, value)
        after = {name: getattr(user, name) for name in _CHANGED}
        if before != after:
            await audit.record(
                session, services, caller, "users.change", kind="user", id=user.id, name=user.name,
                before=before, after=after,
            )  # fmt: skip
    return _tagged(await _shown(services, caller, request), response)


def _changeable(one: User | MeOut) -> MePatch:
    """What one changes of oneself: the tag is of this, and not of the rest of the page."""
    return MePatch.model_construct(
        display_name=one.display_name, language=one.language, preferences=one.preferences or {}
    )


def _tagged(shown: MeOut, response: Response) -> MeOut:
    response.headers["etag"] = etags.etag_of(_changeable(shown))
    return shown


@router.get("/step-up", responses=problems(), operation_id="get_step_up")
async def get_step_up(services: Surroundings, caller: SignedIn) -> StepUpMethods:
    """What counts as proof for this account."""
    async with services.sessions() as session:
        return StepUpMethods(methods=list(await proofs.methods(session, services, proofs.own_user_id(caller))))


@router.post("/step-up/passkey", responses=problems(409, 429), operation_id="step_up_passkey_options")
async def step_up_challenge(
    services: Surroundings, caller: SignedIn, request: Request, response: Response
) -> PasskeyChallenge:
    """A challenge for a passkey as proof."""
    token, options = await proofs.challenge(services, caller, request)
    response.headers["cache-control"] = "no-store"
    return PasskeyChallenge(ticket=token, options=options)


@router.post("/step-up", responses=problems(400, 413, 429), operation_id="step_up")
async def prove(services: Surroundings, caller: SignedIn, given: StepUpIn) -> SteppedUp:
    """Prove again who one is. It holds for ten minutes, in this session."""
    at = await proofs.prove(services, caller, given)
    return SteppedUp(until=at + STEP_UP_S)


@router.put(
    "/password",
    status_code=204,
    responses=problems(400, 413, 429),
    operation_id="change_my_password",
    dependencies=[Depends(some_step_up)],
)
async def change_password(
    services: Surroundings, caller: SignedIn, wanted: PasswordChange, behind: BackgroundTasks
) -> None:
    """Change the password; the other sessions end. Whoever has none yet proves by a second check instead."""
    options = await services.options.get(Identity)
    async with services.sessions() as session:
        user = await proofs.own_user(session, caller)
        row = await credentials.get(session, user.id)
    stored = row.password if row is not None else None
    if stored is None or wanted.current is None:
        await step_up(services, caller)
    else:
        await login.take_second(services, user.id)
        if not (await passwords.check(wanted.current, stored, options)).good:
            raise invalid([("body.current", "is wrong")])
        await login.clear_second(services, user.id)
    hashed = await accounts.accept_password(services, wanted.password, user.name, user.email)
    async with services.sessions.begin() as session:
        user = await proofs.own_user(session, caller)
        await accounts.change_password(session, services, caller, user, hashed, keep=caller.session_id)
    behind.add_task(accounts.tell, services, user, letters.password_changed(user.name, user.language))


@router.post("/email", status_code=202, responses=problems(400, 413, 429), operation_id="change_my_email")
async def change_email(services: Surroundings, caller: Proved, wanted: EmailChange, behind: BackgroundTasks) -> None:
    """Send a code to the new address. The answer is the same for an address of somebody else."""
    user_id = proofs.own_user_id(caller)
    await throttle.take(
        services,
        [
            (counter("mail-to", wanted.email), throttle.MAILS_TO_ONE),
            (counter("mail-of", user_id), throttle.MAILS_FROM_ONE),
        ],
    )
    if not await services.mail.available():
        raise Problem(503, "This gateway cannot send mail. Ask whoever runs it.", slug="no-mail")
    async with services.sessions.begin() as session:
        language = (await proofs.own_user(session, caller)).language
        found = await credentials.find_email(session, wanted.email)
        code = await codes.issue_short(
            session, "email", f"{user_id}:{wanted.email}", now=services.clock(), user_id=user_id
        )
    if found is None or found.id == user_id:
        behind.add_task(accounts.deliver, services, wanted.email, letters.email_code(code, language))
    else:
        behind.add_task(
            accounts.deliver, services, wanted.email, letters.already_registered(found.name, found.language)
        )


@router.post("/email/confirm", responses=problems(400, 409, 413), operation_id="confirm_my_email")
async def confirm_email(
    services: Surroundings, caller: SignedIn, request: Request, wanted: EmailConfirm, behind: BackgroundTasks
) -> MeOut:
    """Make the address the account's, with the code that it was sent. The old address is told."""
    user_id = proofs.own_user_id(caller)
    now = services.clock()
    async with services.sessions.begin() as session:
        used = await codes.use_short(session, "email", f"{user_id}:{wanted.email}", wanted.code, now=now)
    if used is None:
        raise invalid([("body.code", "is wrong or too old")])
    async with services.sessions.begin() as session:
        user = await proofs.own_user(session, caller)
        found = await credentials.find_email(session, wanted.email)
        if found is not None and found.id != user.id:
            raise accounts.email_taken()
        before = user.email
        user.email, user.email_verified_at = wanted.email, now
        # Links that were mailed to the old address are good no more.
        await stored_codes.remove_of(session, user.id, "reset")
        await _record_email(session, services, caller, user, before)
    if before and before != wanted.email:
        letter = letters.email_changed(user.name, letters.masked(wanted.email), user.language)
        behind.add_task(accounts.deliver, services, before, letter)
    return await _shown(services, caller, request)


async def _record_email(
    session: AsyncSession, services: Services, caller: Caller, user: User, before: str | None
) -> None:
    await audit.record(
        session, services, caller, "users.change", kind="user", id=user.id, name=user.name,
        before={"email": before}, after={"email": user.email},
    )  # fmt: skip
