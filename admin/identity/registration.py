"""Making an account of one's own: who may, and the proof of an address. Knows no route.

Whether an address has an account is never told to who asks: the page says the same, and the mail says the rest.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller
from admin.credentials import origin
from admin.identity import accounts, codes, letters, sessions, throttle, turnstile
from admin.identity.throttle import counter
from admin.options.identity import Identity
from admin.problems import Problem, invalid
from admin.schemas.login import EmailCodeIn, RegisterIn
from admin.services import Services
from admin.words import asked_for
from storage import crypto
from storage.models import User
from storage.repositories import credentials, invitations
from storage.repositories.attempts import Allowance

log = logging.getLogger(__name__)

Joined = Callable[[AsyncSession, Services, User, RegisterIn | None], Awaitable[None]]
"""A new user; None: who came by an identity provider."""
Invited = Callable[[AsyncSession, Services, RegisterIn], Awaitable[dict[str, Any]]]
"""(…) -> columns of the new user that the invitation decides. Raises a Problem for one that is not good."""


class Hooks:
    """What others do about a new account, in its transaction: invitations, affiliates. Set by their own modules."""

    invited: Invited | None = None
    joined: list[Joined] = []


def _check_open(options: Identity, invitation: str | None) -> None:
    if options.registration == "off" and invitation is None:
        raise Problem(403, "Accounts are not made here by oneself.", slug="registration-off")
    if options.registration == "invite" and invitation is None:
        raise invalid([("body.invitation", "is needed to make an account here")])


def check_address(options: Identity, email: str, *, invited: bool = False) -> None:
    """Raise 422 for an address that may not register."""
    user, _, domain = email.partition("@")
    if options.registration == "domains" and not invited and domain not in options.registration_domains:
        raise invalid([("body.email", "must be of a domain that may register here")])
    if not options.plus_addresses and ("+" in user or user.count(".") > 1):
        raise invalid([("body.email", "must not be an alias")])


async def ask_code(services: Services, request: Request, wanted: EmailCodeIn) -> Callable[[], Awaitable[None]]:
    """Check that a code may be sent; returns what sends it, to be run behind the answer. Raises 403, 422, 429, 503."""
    options = await services.options.get(Identity)
    _check_open(options, wanted.invitation)
    check_address(options, wanted.email, invited=wanted.invitation is not None)
    if wanted.invitation is not None:
        async with services.sessions() as session:
            known = await invitations.find(session, crypto.digest(wanted.invitation), services.clock())
        if known is None or (known.email and known.email != wanted.email):
            raise invalid([("body.invitation", "is not good, was used, or is for another address")])
    ip = origin(request)["ip"]
    await turnstile.require(services, options, "register", wanted.turnstile, ip)
    await throttle.take(services, _mail_counters(wanted.email, ip))
    if not await services.mail.available():
        raise Problem(503, "This gateway cannot send mail. Ask whoever runs it.", slug="no-mail")

    language = asked_for(request.headers.get("accept-language", ""))

    async def send() -> None:
        async with services.sessions.begin() as session:
            known = await credentials.find_email(session, wanted.email)
            code = await codes.issue_short(session, "register", wanted.email, now=services.clock())
        letter = (
            letters.register_code(code, language)
            if known is None
            else letters.already_registered(known.name, known.language)
        )
        await accounts.deliver(services, wanted.email, letter)

    return send


def _mail_counters(email: str, ip: str) -> list[throttle.Counted]:
    return [
        (counter("mail-to", email), throttle.MAILS_TO_ONE),
        (counter("mail-from", throttle.place(ip)), throttle.MAILS_FROM_ONE),
    ]


async def register(services: Services, request: Request, wanted: RegisterIn) -> sessions.Opened:
    """Make an account and sign it in. Raises 403, 409, 422, 429, 503."""
    options = await services.options.get(Identity)
    _check_open(options, wanted.invitation)
    where = origin(request)
    if wanted.email is not None:
        check_address(options, wanted.email, invited=wanted.invitation is not None)
    proved = options.verify_email or options.registration == "domains"
    if wanted.invitation is not None:
        # Whoever was invited is somebody's guest: without an address, or without mail to prove it by, they come in too.
        proved = proved and wanted.email is not None and await services.mail.available()
    elif proved and wanted.email is None:
        raise invalid([("body.email", "is needed")])
    if proved and wanted.code is None:
        raise invalid([("body.code", "is needed: ask for one first")])
    await turnstile.require(services, options, "register", wanted.turnstile, where["ip"])
    allowance = Allowance(options.registrations_per_day, throttle.DAY_S, throttle.HOUR_S)
    await throttle.take(services, [(counter("register", throttle.place(where["ip"])), allowance)])
    hashed = await accounts.accept_password(services, wanted.password, wanted.name, wanted.email)
    await _check_free(services, wanted, proved=proved)
    if proved and wanted.email is not None and wanted.code is not None:
        async with services.sessions.begin() as session:
            used = await codes.use_short(session, "register", wanted.email, wanted.code, now=services.clock())
        if used is None:
            raise invalid([("body.code", "is wrong or too old")])
    async with services.sessions.begin() as session:
        columns: dict[str, Any] = {"group": options.registration_group, "language": wanted.language}
        if wanted.invitation is not None:
            if Hooks.invited is None:
                raise invalid([("body.invitation", "is not good")])
            columns |= await Hooks.invited(session, services, wanted)
        user = await accounts.create(
            session,
            services,
            Caller(
                name=f"user:{wanted.name}",
                kind="session",
                reaches={},
                ip=where["ip"],
                agent=where["agent"],
                request_id=where["request_id"],
            ),
            name=wanted.name,
            password_hash=hashed,
            email=wanted.email,
            verified=proved,
            **columns,
        )
        for join in Hooks.joined:
            await join(session, services, user, wanted)
        return await sessions.open_session(session, services, request, user, method="password")


async def _check_free(services: Services, wanted: RegisterIn, *, proved: bool) -> None:
    """Say what is taken before a code is used up; of an address only to who could not have asked for a code."""
    async with services.sessions() as session:
        found = await credentials.find_login(session, wanted.name)
        if found is not None:
            raise accounts.taken(wanted.name)
        if not proved and wanted.email is not None and await credentials.find_email(session, wanted.email) is not None:
            raise accounts.email_taken()
