"""A new password for somebody who has forgotten the old one: by a mail to the account's address. Knows no route."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from admin.caller import Caller
from admin.credentials import origin
from admin.identity import accounts, codes, letters, sessions, throttle, turnstile
from admin.identity.throttle import counter
from admin.options.identity import Identity
from admin.options.network import Network
from admin.problems import Problem
from admin.schemas.login import EmailCodeIn, ResetIn
from admin.services import Services
from storage.repositories import credentials, users

_NOT_GOOD = "This link is not good any more. Ask for another one."


async def ask(services: Services, request: Request, wanted: EmailCodeIn) -> Callable[[], Awaitable[None]]:
    """Returns what sends the mail, to be run behind the answer: an unknown address takes as long. Raises 422, 429."""
    options = await services.options.get(Identity)
    ip = origin(request)["ip"]
    await turnstile.require(services, options, "reset", wanted.turnstile, ip)
    await throttle.take(
        services,
        [
            (counter("mail-to", wanted.email), throttle.MAILS_TO_ONE),
            (counter("mail-from", throttle.place(ip)), throttle.MAILS_FROM_ONE),
        ],
    )
    public_url = (await services.options.get(Network)).public_url

    async def send() -> None:
        async with services.sessions.begin() as session:
            user = await credentials.find_email(session, wanted.email)
            row = None if user is None else await credentials.get(session, user.id)
            # Who signs in by an identity provider gets no second way in through a mailbox.
            if user is None or user.email is None or row is None or row.password is None or sessions.obstacle(user):
                return
            email = user.email
            token = await codes.issue(
                session, "reset", now=services.clock(), seconds=codes.RESET_S, user_id=user.id,
                data={"email": email},
            )  # fmt: skip
        await accounts.deliver(services, email, letters.reset(user.name, token, public_url, user.language))

    return send


async def confirm(services: Services, request: Request, wanted: ResetIn) -> Callable[[], Awaitable[None]]:
    """Choose the new password; returns what tells the owner. Raises 401, 422, 429."""
    now = services.clock()
    where = origin(request)
    await throttle.take(services, [(counter("reset", throttle.place(where["ip"])), throttle.CHALLENGES)])
    async with services.sessions() as session:
        known = await codes.look(session, "reset", wanted.token, now=now)
        user = await users.get(session, known.user_id) if known is not None and known.user_id is not None else None
    if user is None:
        raise Problem(401, _NOT_GOOD, slug="link-expired")
    hashed = await accounts.accept_password(services, wanted.password, user.name, user.email)
    async with services.sessions.begin() as session:
        used = await codes.use(session, "reset", wanted.token, now=now)
        current = await users.get(session, user.id)
        # The address has changed since: whoever reads the old one's mail has no say any more.
        if used is None or current is None or current.email != used.data.get("email") or sessions.obstacle(current):
            raise Problem(401, _NOT_GOOD, slug="link-expired")
        if not current.email_verified_at:
            current.email_verified_at = now
        caller = Caller(
            f"user:{current.name}", "session", {}, current.id, current.organisation_id,
            ip=where["ip"], agent=where["agent"], request_id=where["request_id"],
        )  # fmt: skip
        await accounts.change_password(session, services, caller, current, hashed)
        await throttle.free(session, current.name, now=now)

    async def told() -> None:
        await accounts.tell(services, current, letters.password_changed(current.name, current.language))

    return told
