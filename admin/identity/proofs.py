"""Proving again who one is: what counts for an account, and noting it in the session. Knows no route.

The strongest things that an account has count: an authenticator app or a passkey; the password only where there is
neither, as whoever took over a session may have watched it being typed.
"""

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.caller import Caller
from admin.credentials import client_ip
from admin.identity import codes, login, passkeys, passwords, throttle
from admin.identity.throttle import counter
from admin.options.identity import Identity
from admin.options.network import Network
from admin.problems import Problem, invalid
from admin.schemas.me import StepUpIn
from admin.services import Services
from storage.models import User
from storage.repositories import credentials, sessions, users

Method = Literal["password", "totp", "passkey"]


def own_user_id(caller: Caller) -> int:
    """The user behind a session. Raises 403 for tokens, which have no person before them."""
    if caller.kind != "session" or caller.user_id is None:
        raise Problem(403, "This is for people who have signed in.", slug="no-session")
    return caller.user_id


async def own_user(session: AsyncSession, caller: Caller) -> User:
    """The row of the user behind a session. Raises 401, 403."""
    user = await users.get(session, own_user_id(caller))
    if user is None:
        raise login.expired()
    return user


async def methods(session: AsyncSession, services: Services, user_id: int) -> list[Method]:
    """What counts as proof for this account; [] for who comes from an identity provider and has nothing here."""
    row = await credentials.get(session, user_id)
    found: list[Method] = ["totp"] if row is not None and row.totp_at else []
    if (await services.options.read(session, Identity)).passkeys and await credentials.count_passkeys(session, user_id):
        found.append("passkey")
    if not found and row is not None and row.password is not None:
        found.append("password")
    return found


def not_enough(allowed: Sequence[Method]) -> Problem:
    """403 for a proof that does not count for an account."""
    ways = " or ".join(allowed) or "nothing: set up a passkey"
    return Problem(403, f"For this account counts {ways}.", slug="other-proof-needed")


async def challenge(services: Services, caller: Caller, request: Request) -> tuple[str, dict[str, Any]]:
    """(ticket, options) for a passkey as proof. Raises 403, 409, 429."""
    user_id = own_user_id(caller)
    await throttle.take(services, [(counter("challenge", throttle.place(client_ip(request))), throttle.CHALLENGES)])
    place = passkeys.place_of(request, (await services.options.get(Network)).public_url)
    async with services.sessions.begin() as session:
        known = await credentials.passkeys_of(session, user_id)
        if not known:
            raise Problem(409, "This account has no passkey.", slug="no-passkeys")
        options, nonce = passkeys.request_of(place, known, verified=False)
        token = await codes.issue(
            session, "step-up", now=services.clock(), seconds=codes.TICKET_S, user_id=user_id,
            data={"challenge": nonce.hex(), "rp_id": place.rp_id, "origin": place.origin},
        )  # fmt: skip
    return token, options


async def prove(services: Services, caller: Caller, given: StepUpIn) -> int:
    """Check a proof and note it in the session; unix seconds of now. Raises 401, 403, 422, 429."""
    user_id = own_user_id(caller)
    async with services.sessions() as session:
        allowed = await methods(session, services, user_id)
    if given.credential is not None and given.ticket is not None:
        method: Method = "passkey"
    elif given.code is not None:
        method = "totp"
    elif given.password is not None:
        method = "password"
    else:
        raise invalid([("body", "needs one of password, code, or ticket and credential")])
    if method not in allowed:
        raise not_enough(allowed)
    await login.take_second(services, user_id)
    await _check(services, user_id, method, given)
    now = services.clock()
    async with services.sessions.begin() as session:
        await sessions.step_up(session, caller.session_id or 0, now=now)
        await audit.record(
            session, services, caller, "sessions.step_up", kind="session", id=caller.session_id or 0,
            name=caller.name, after={"method": method},
        )  # fmt: skip
    await login.clear_second(services, user_id)
    return now


async def _check(services: Services, user_id: int, method: Method, given: StepUpIn) -> None:
    refused = Problem(401, "This did not prove that it is you.", slug="not-proved")
    if method == "password":
        async with services.sessions() as session:
            row = await credentials.get(session, user_id)
        options = await services.options.get(Identity)
        if not (await passwords.check(given.password or "", row.password if row is not None else None, options)).good:
            raise refused
        return
    if method == "totp":
        async with services.sessions.begin() as session:
            if not await login.check_code(session, services, user_id, given.code or ""):
                raise refused
        return
    async with services.sessions.begin() as session:
        asked = await codes.use(session, "step-up", given.ticket or "", now=services.clock())
    if asked is None or asked.user_id != user_id:
        raise refused
    async with services.sessions.begin() as session:
        await login.use_passkey(session, services, asked, given.credential or {}, verified=False)
