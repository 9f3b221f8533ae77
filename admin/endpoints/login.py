"""Signing in and out. The answer's cookie is the session; docs/identity.md draws the steps."""

from fastapi import APIRouter, Depends, Request, Response

from admin import audit, playground_keys
from admin.caller import SignedIn, open_route
from admin.credentials import client_ip
from admin.endpoints.common import problems
from admin.identity import cookies, login, sessions, turnstile
from admin.options.identity import Identity
from admin.options.network import Network
from admin.problems import Problem
from admin.schemas.login import (
    LoginIn,
    LoginOut,
    PasskeyAnswer,
    PasskeyChallenge,
    PasskeyChallengeIn,
    SecondFactorIn,
    SecondStep,
    SignedInAs,
)
from admin.services import Services
from admin.surroundings import Surroundings, announce


async def own_page(services: Surroundings, request: Request) -> None:
    """Nobody is signed in by a page of another site."""
    cookies.require_own_page(request, (await services.options.get(Network)).public_url)


router = APIRouter(tags=["login"])
Open = [Depends(open_route), Depends(own_page)]
_ERRORS = problems(400, 401, 403, 413, 429)


def _answer(response: Response, done: sessions.Opened | login.Ticket) -> LoginOut:
    response.headers["cache-control"] = "no-store"
    if isinstance(done, login.Ticket):
        return LoginOut(second_step=SecondStep(ticket=done.token, methods=list(done.methods)))
    return LoginOut(signed_in=done.give(response))


@router.post("/login", responses=_ERRORS, operation_id="login", dependencies=Open)
async def sign_in(services: Surroundings, request: Request, wanted: LoginIn, response: Response) -> LoginOut:
    """Sign in by name or e-mail address and password; an account with an authenticator app has a second step."""
    options = await services.options.get(Identity)
    await turnstile.require(services, options, "login", wanted.turnstile, client_ip(request))
    return _answer(response, await login.by_password(services, request, wanted.login, wanted.password))


@router.post("/login/code", responses=_ERRORS, operation_id="login_code", dependencies=Open)
async def second_step(
    services: Surroundings, request: Request, wanted: SecondFactorIn, response: Response
) -> SignedInAs:
    """The second step: a code of the authenticator app, or a recovery code."""
    return (await login.by_code(services, request, wanted.ticket, wanted.code)).give(response)


@router.post("/login/passkey/options", responses=_ERRORS, operation_id="login_passkey_options", dependencies=Open)
async def passkey_options(
    services: Surroundings, request: Request, wanted: PasskeyChallengeIn, response: Response
) -> PasskeyChallenge:
    """A challenge for a passkey: alone, or as the second step of `ticket`."""
    token, options = await login.passkey_challenge(services, request, wanted.ticket)
    response.headers["cache-control"] = "no-store"
    return PasskeyChallenge(ticket=token, options=options)


@router.post("/login/passkey", responses=_ERRORS, operation_id="login_passkey", dependencies=Open)
async def passkey(services: Surroundings, request: Request, wanted: PasskeyAnswer, response: Response) -> SignedInAs:
    """Sign in by a passkey. A challenge is good for one answer."""
    return (await login.by_passkey(services, request, wanted.ticket, wanted.credential)).give(response)


@router.post("/logout", status_code=204, responses=problems(400), operation_id="logout")
async def sign_out(services: Surroundings, caller: SignedIn, request: Request, response: Response) -> None:
    """End the session of this browser."""
    if caller.kind != "session":
        raise Problem(400, "There is no session to end: this request carries a token.", slug="no-session")
    async with services.sessions.begin() as session:
        owner = caller.user_id
        ended = owner is not None and await playground_keys.end(session, owner, services.clock())
        await sessions.close(session, caller)
        await audit.record(
            session, services, caller, "sessions.close", kind="session", id=caller.session_id or 0, name=caller.name
        )
    if ended:
        await announce(services)
    cookies.clear(response, secure=await _secure(services, request))


async def _secure(services: Services, request: Request) -> bool:
    return cookies.is_secure(request, (await services.options.get(Network)).public_url)
