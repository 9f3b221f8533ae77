"""From what a request carries to who is asking. Owns the 401 answers and the kinds of credentials.

    Authorization: Bearer gwa-...   an operator's token, which may do everything
    Authorization: Bearer gwt-...   an automation token: what its user may, within its scopes
    the session cookie              somebody who signed in; admin/identity owns it, and its guard against forgery

It must not create any of them.
"""

import hmac
from collections.abc import Mapping
from typing import Protocol, TypedDict

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from admin import problem_texts
from admin.afterwards import afterwards
from admin.caller import Caller
from admin.permissions import EVERYTHING, Reach, narrowed, reaches
from admin.problems import Problem, request_id_of
from admin.roles import reaches_of
from admin.services import Services
from storage import crypto
from storage.models import AutomationToken, User
from storage.models.base import now
from storage.repositories import admin_tokens, automation_tokens, users

OPERATOR = "gwa-"
AUTOMATION = "gwt-"
_KEY = "sk-gw-"

_HOW = "Send `Authorization: Bearer <admin token>`. `gateway admin-token reset` makes a new token."


class Origin(TypedDict):
    """Where a request comes from: fields of a Caller."""

    ip: str
    agent: str
    request_id: str


class SessionFinder(Protocol):
    """How a session cookie becomes a caller; None: the request has no session that counts. May raise a Problem."""

    async def __call__(self, services: Services, request: Request) -> Caller | None:
        """The caller."""


def unauthorized(detail: str, how: str = _HOW) -> Problem:
    """401, with what to do."""
    headers = {"www-authenticate": 'Bearer realm="gateway admin"'}
    return Problem(401, f"{detail} {how}".strip(), headers=headers, said=problem_texts.sentence(detail))


class Identify:
    """Finds the caller of a request; raises 401, and 403 for a key that is for models only."""

    def __init__(self, session_of: SessionFinder | None = None) -> None:
        self._session_of = session_of

    async def __call__(self, services: Services, request: Request) -> Caller:
        """The caller."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() == "bearer" and token:
            return await self._bearer(services, request, token)
        if self._session_of is not None:
            caller = await self._session_of(services, request)
            if caller is not None:
                return caller
        raise unauthorized("This needs somebody who is signed in, or a token.")

    async def _bearer(self, services: Services, request: Request, token: str) -> Caller:
        if token.startswith(_KEY):
            raise Problem(403, f"This is a key for models, not an admin token. {_HOW}")
        digest = crypto.digest(token)
        if token.startswith(AUTOMATION):
            return await _automation(services, request, digest)
        async with services.sessions() as session:
            row = await admin_tokens.find_by_digest(session, digest)
        # The index lookup compares hashes, whose timing tells nothing about the token; compared once more anyway.
        if row is None or not hmac.compare_digest(row.digest, digest):
            raise unauthorized("This admin token is not valid.")
        everything = dict.fromkeys(EVERYTHING, Reach.ALL)
        return Caller(name=f"operator:{row.name}", kind="operator", reaches=everything, **origin(request))


async def _automation(services: Services, request: Request, digest: bytes) -> Caller:
    refused = unauthorized("This token is not valid, or has expired.", "Make a new one.")
    async with services.sessions() as session:
        row = await automation_tokens.find_by_digest(session, digest)
        if row is None or not _counts(row):
            raise refused
        user = await users.get(session, row.user_id) if row.user_id is not None else None
        # Of a locked account too: whoever has its session could have made a token that outlives it.
        if row.user_id is not None and (user is None or not user.enabled or user.locked_at):
            raise refused
        far = await _reaches(session, user)
    if automation_tokens.stale(row):

        async def used() -> None:
            async with services.sessions.begin() as session:
                await automation_tokens.used(session, row.id)

        afterwards(request.scope, ("token", row.id), used)
    return Caller(
        name=f"token:{row.name}",
        kind="token",
        reaches=narrowed(far, row.scopes),
        user_id=row.user_id,
        organisation_id=user.organisation_id if user is not None else None,
        token_id=row.id,
        **origin(request),
    )


def _counts(row: AutomationToken) -> bool:
    return row.enabled and (row.expires_at is None or row.expires_at > now())


async def _reaches(session: AsyncSession, user: User | None) -> Mapping[str, Reach]:
    """What a token without scopes could do: its user's, or everything for one that an operator made."""
    return reaches(EVERYTHING, ()) if user is None else await reaches_of(session, user)


def origin(request: Request) -> Origin:
    """Where a request comes from."""
    agent = request.headers.get("user-agent", "")
    return {
        "ip": client_ip(request),
        "agent": "".join(sign if sign.isprintable() else "?" for sign in agent)[:200],
        "request_id": request_id_of(request),
    }


def client_ip(request: Request) -> str:
    """The client's address; admin/forwarded.py has put it there when a proxy that is believed said it."""
    found = request.scope.get("gateway.client_ip")
    if isinstance(found, str):
        return found
    return request.client.host if request.client is not None else ""
