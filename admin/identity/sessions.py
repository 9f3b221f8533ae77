"""Sessions: from a cookie to a caller, and from somebody who has proved who they are to a cookie.

    find(services, request)       the caller of a request with a session cookie
    open_session(...)             a new session, for a password, a passkey or an identity provider alike
    Opened.give(response)         its cookie, and what the page needs to know

The database holds the SHA-256 of the cookie's token. Each login makes a new token and ends the session that the browser
had, so that a token which somebody planted there is worth nothing.
"""

import secrets
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.afterwards import afterwards
from admin.caller import Caller
from admin.credentials import origin
from admin.identity import cookies, familiar
from admin.options.identity import Identity
from admin.options.network import Network
from admin.problems import Problem
from admin.roles import reaches_of
from admin.schemas.login import SignedInAs
from admin.services import Services
from storage import crypto
from storage.models import Session, User
from storage.repositories import sessions

DAY_S = 86400
HOUR_S = 3600
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened. `token` is for the cookie only."""

    row: Session
    user: User
    token: str
    secure: bool
    must_change: bool = False

    def give(self, response: Response) -> SignedInAs:
        """Set the cookie on `response`; returns what the page is told."""
        seconds = self.row.expires_at - self.row.created_at
        cookies.write(response, self.token, secure=self.secure, seconds=seconds)
        return SignedInAs(
            id=self.user.id,
            name=self.user.name,
            display_name=self.user.display_name,
            role=self.user.role,
            csrf_token=cookies.csrf_token(self.token),
            must_change_password=self.must_change,
        )


async def find(services: Services, request: Request) -> Caller | None:
    """The caller of a session cookie, None without one that counts. Raises 403 for a forged request."""
    network = await services.options.get(Network)
    token = cookies.read(request, network.public_url)
    if not token:
        return None
    options = await services.options.get(Identity)
    now = services.clock()
    digest = crypto.digest(token)
    async with services.sessions() as session:
        found = await sessions.find(
            session,
            digest,
            now=now,
            idle_s=options.session_idle_hours * HOUR_S,
            lifetime_s=options.session_days * DAY_S,
        )
        if found is None or obstacle(found[1]):
            return None
        row, user = found
        reaches = await reaches_of(session, user)
    if request.method not in cookies.SAFE:
        cookies.require_own_page(request, network.public_url)
        cookies.require_token(request, token)
    where = origin(request)
    watching = request.scope.get("gateway.watching", False)  # a stream that goes on by itself is nothing that is done
    if not watching and (now - row.seen_at >= sessions.TOUCH_S or row.ip != where["ip"]):

        async def touch() -> None:
            async with services.sessions.begin() as session:
                await sessions.touch(session, row.id, now=now, ip=where["ip"][:64], agent=where["agent"])

        afterwards(request.scope, ("session", row.id), touch)
    return Caller(
        name=f"user:{user.name}",
        kind="session",
        reaches=reaches,
        user_id=user.id,
        organisation_id=user.organisation_id,
        session_id=row.id,
        stepped_up_at=row.stepped_up_at,
        **where,
    )


def obstacle(user: User) -> str:
    """Why a user may not sign in, "" when nothing is in the way."""
    if not user.enabled or user.deleted_at is not None:
        return "This account is switched off."
    if user.locked_at:
        return "This account is locked. Ask whoever runs this gateway."
    return ""


async def open_session(
    session: AsyncSession,
    services: Services,
    request: Request,
    user: User,
    *,
    method: str,
    proved: bool = True,
    must_change: bool = False,
) -> Opened:
    """Open a session for `user`, who has just proved by `method` ("password+totp", "oidc:google") who they are.

    `proved` False: no second check is spared, as with an identity provider that may not have asked anybody. The caller
    commits, and calls `give`. Raises 403 for a user who may not sign in.
    """
    if reason := obstacle(user):
        raise Problem(403, reason, slug="account-locked")
    options = await services.options.read(session, Identity)
    network = await services.options.read(session, Network)
    now = services.clock()
    where = origin(request)
    if before := cookies.read(request, network.public_url):
        await sessions.remove_token(session, crypto.digest(before))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = await sessions.create(
        session,
        Session(
            digest=crypto.digest(token),
            user_id=user.id,
            method=method[:64],
            ip=where["ip"][:64],
            agent=where["agent"],
            created_at=now,
            seen_at=now,
            expires_at=now + options.session_days * DAY_S,
            stepped_up_at=now if proved else 0,
        ),
    )
    await sessions.remove_oldest(session, user.id, options.sessions_per_user)
    user.last_login_at = now
    await session.flush()
    caller = Caller(f"user:{user.name}", "session", {}, user.id, user.organisation_id, row.id, **where)
    if options.login_mail:
        await familiar.tell(session, user, where["ip"], where["agent"], now=now)
    await audit.record(
        session, services, caller, "sessions.open", kind="session", id=row.id, name=user.name, after={"method": method}
    )
    return Opened(row, user, token, cookies.is_secure(request, network.public_url), must_change)


async def close(session: AsyncSession, caller: Caller) -> None:
    """End the caller's own session."""
    if caller.user_id is not None and caller.session_id is not None:
        await sessions.remove(session, caller.user_id, caller.session_id)
