"""Signing in, step by step: a password, then what stands behind it; or a passkey alone. Knows no route.

A wrong name and a wrong password give the same answer after the same work. What an account's state is (locked, switched
off) is told only to who has its password.
"""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn.helpers import base64url_to_bytes

from admin.credentials import client_ip
from admin.identity import codes, passkeys, passwords, sessions, throttle, totp
from admin.identity.throttle import counter
from admin.options.identity import Identity
from admin.options.network import Network
from admin.problems import Problem
from admin.services import Services
from storage import crypto
from storage.crypto import SealError
from storage.models import Credential, User
from storage.repositories import credentials, users

log = logging.getLogger(__name__)

Method = Literal["totp", "recovery", "passkey"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """The first step is done; `methods` are what the second one can be."""

    token: str
    methods: list[Method]


def wrong() -> Problem:
    """401 for a name or a password that is not right."""
    return Problem(401, "Name or password is wrong.", slug="not-signed-in")


def expired() -> Problem:
    """401 for a step that comes too late."""
    return Problem(401, "This took too long, or was done already. Begin again.", slug="login-expired")


async def by_password(services: Services, request: Request, login: str, password: str) -> sessions.Opened | Ticket:
    """Sign in by name or address and password. Raises 401, 403, 429."""
    options = await services.options.get(Identity)
    async with services.sessions() as session:
        found = await credentials.find_login(session, login)
        user, stored = found if found is not None else (None, None)
        # Counted by the account: names and addresses that a database takes for equal share one counter.
        name = login if user is None else user.name
        freed_at = await throttle.freed(session, name)
    counted = throttle.login_counters(name, client_ip(request), options, freed_at)
    await throttle.take(services, counted)
    verdict = await passwords.check(password, stored.password if stored is not None else None, options)
    if user is None or stored is None or not verdict.good:
        log.info("a login was refused")
        raise wrong()
    if not options.password_login:
        raise Problem(
            403, "Passwords are not accepted here. Use a passkey or an identity provider.", slug="no-passwords"
        )
    if reason := sessions.obstacle(user):
        raise Problem(403, reason, slug="account-locked")
    renewed = await passwords.hashed(password, options) if verdict.renew else None
    # The address's own counter stays: one good password is no reason to let it try others.
    await throttle.clear(services, (counted[0], counted[2]))
    async with services.sessions.begin() as session:
        row = await credentials.ensure(session, user.id)
        if row.password != stored.password:
            raise wrong()  # changed meanwhile
        if renewed is not None:
            row.password = renewed
        if row.totp_at:
            return await _second_step(session, services, user)
        return await _open(session, services, request, user, row, "password")


async def _second_step(session: AsyncSession, services: Services, user: User) -> Ticket:
    methods: list[Method] = ["totp"]
    if await credentials.recovery_codes_left(session, user.id):
        methods.append("recovery")
    if await credentials.count_passkeys(session, user.id):
        methods.append("passkey")
    token = await codes.issue(session, "login", now=services.clock(), seconds=codes.TICKET_S, user_id=user.id)
    return Ticket(token, methods)


async def _open(
    session: AsyncSession, services: Services, request: Request, user: User, row: Credential | None, method: str
) -> sessions.Opened:
    current = await users.get(session, user.id)
    if current is None:
        raise wrong()
    return await sessions.open_session(
        session, services, request, current, method=method, must_change=row is not None and row.must_change
    )


async def by_code(services: Services, request: Request, ticket: str, code: str) -> sessions.Opened:
    """The second step: a code of the authenticator app, or a recovery code. Raises 401, 403, 429."""
    now = services.clock()
    async with services.sessions() as session:
        begun = await codes.look(session, "login", ticket, now=now)
    if begun is None or begun.user_id is None:
        raise expired()
    await take_second(services, begun.user_id)
    async with services.sessions.begin() as session:
        user = await users.get(session, begun.user_id)
        method = await check_code(session, services, begun.user_id, code)
        if user is None or not method:
            raise Problem(401, "This code is wrong, or was used already.", slug="wrong-code")
        if await codes.use(session, "login", ticket, now=now) is None:
            raise expired()
        row = await credentials.get(session, user.id)
        opened = await _open(session, services, request, user, row, f"password+{method}")
    await clear_second(services, begun.user_id)
    return opened


async def take_second(services: Services, user_id: int) -> None:
    """Count a guess of a second factor. Raises 429."""
    await throttle.take(services, [(counter("second", user_id), throttle.SECOND_FACTORS)])


async def clear_second(services: Services, user_id: int) -> None:
    """Begin anew after a right one."""
    await throttle.clear(services, [(counter("second", user_id), throttle.SECOND_FACTORS)])


async def check_code(
    session: AsyncSession, services: Services, user_id: int, code: str, *, recovery: bool = True
) -> Literal["totp", "recovery", ""]:
    """Use a code of the authenticator app, or a recovery code, up; "" when it is neither."""
    row = await credentials.get(session, user_id)
    if row is None or not row.totp_at or row.totp is None:
        return ""
    step = totp.step_of(open_secret(services, row.user_id, row.totp), code, now=services.clock())
    if step is not None:
        return "totp" if await credentials.use_step(session, user_id, step) else ""
    plain = totp.plain(code)
    if recovery and len(plain) == totp.CODE_LETTERS:
        used = await credentials.use_recovery_code(session, user_id, crypto.digest(plain), now=services.clock())
        return "recovery" if used else ""
    return ""


def open_secret(services: Services, user_id: int, sealed: bytes) -> str:
    """The secret of an authenticator app. Raises a Problem (503) when it was sealed with another key."""
    try:
        return services.box.open(sealed, f"totp:{user_id}")
    except SealError:
        log.error("an authenticator's secret does not open with this secret key")  # noqa: TRY400
        raise Problem(503, "Codes cannot be checked at the moment. Ask whoever runs this gateway.") from None


async def passkey_challenge(services: Services, request: Request, ticket: str | None) -> tuple[str, dict[str, Any]]:
    """(ticket, options) for a passkey: alone, or as the second step of `ticket`. Raises 401, 403, 429."""
    if not (await services.options.get(Identity)).passkeys:
        raise Problem(403, "Passkeys are not accepted here.", slug="no-passkeys")
    await throttle.take(services, [(counter("challenge", throttle.place(client_ip(request))), throttle.CHALLENGES)])
    place = passkeys.place_of(request, (await services.options.get(Network)).public_url)
    now = services.clock()
    async with services.sessions.begin() as session:
        user_id = None
        if ticket is not None:
            begun = await codes.look(session, "login", ticket, now=now)
            if begun is None or begun.user_id is None:
                raise expired()
            user_id = begun.user_id
        known = await credentials.passkeys_of(session, user_id) if user_id is not None else []
        options, challenge = passkeys.request_of(place, known, verified=user_id is None)
        data = {"challenge": challenge.hex(), "rp_id": place.rp_id, "origin": place.origin}
        token = await codes.issue(session, "passkey-login", now=now, seconds=codes.TICKET_S, user_id=user_id, data=data)
    return token, options


async def by_passkey(services: Services, request: Request, ticket: str, credential: dict[str, Any]) -> sessions.Opened:
    """Sign in by a passkey, or make the second step with it. A challenge is good for one answer. Raises 401, 403."""
    now = services.clock()
    async with services.sessions.begin() as session:
        asked = await codes.use(session, "passkey-login", ticket, now=now)
    if asked is None:
        raise expired()
    async with services.sessions.begin() as session:
        user = await use_passkey(session, services, asked, credential, verified=asked.user_id is None)
        row = await credentials.get(session, user.id)
        method = "passkey" if asked.user_id is None else "password+passkey"
        return await _open(session, services, request, user, row, method)


async def use_passkey(
    session: AsyncSession, services: Services, asked: codes.Used, credential: dict[str, Any], *, verified: bool
) -> User:
    """Check a passkey's answer to a challenge that was just used up; returns whose it is. Raises 401, 422."""
    refused = Problem(401, "This passkey was not accepted.", slug="not-proved")
    found = await credentials.find_passkey(session, hashlib.sha256(passkeys.credential_id(credential)).digest())
    if found is None:
        raise refused
    passkey, user, row = found
    if asked.user_id is not None and asked.user_id != user.id:
        raise refused
    if not _same_handle(credential, row):
        raise refused
    place = passkeys.Place(asked.data["rp_id"], asked.data["origin"])
    challenge = bytes.fromhex(asked.data["challenge"])
    proof = passkeys.proved(place, passkey, credential, challenge, verified=verified)
    kept = await credentials.use_passkey(
        session, passkey, proof.sign_count, backed_up=proof.backed_up, now=services.clock()
    )
    if not kept:
        raise refused
    return user


def _same_handle(credential: dict[str, Any], row: Credential | None) -> bool:
    """Whether the authenticator means the same user; those that are a second step only say nothing."""
    response = credential.get("response")
    said = response.get("userHandle") if isinstance(response, dict) else None
    if said is None or said == "":
        return True
    try:
        return row is not None and row.handle is not None and base64url_to_bytes(said) == row.handle
    except (TypeError, ValueError):
        return False
