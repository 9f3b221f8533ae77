"""Who may use the admin API: the bearer of a token whose hash is stored. Owns the 401 and 403 answers.

It must not create tokens; the launcher and `gateway admin-token reset` do.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from admin.problems import Problem
from admin.surroundings import Surroundings
from storage import crypto
from storage.repositories import admin_tokens

_HOW = "Send `Authorization: Bearer <admin token>`. `gateway admin-token reset` makes a new token."


@dataclass(frozen=True, slots=True)
class Operator:
    """The holder of an admin token."""

    name: str
    since: datetime


def _unauthorized(detail: str) -> Problem:
    return Problem(401, f"{detail} {_HOW}", headers={"www-authenticate": 'Bearer realm="gateway admin"'})


_bearer = HTTPBearer(auto_error=False, description="The admin token, which begins with gwa-.")


async def operator(
    services: Surroundings, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Operator:
    """The caller; raises 401 without a valid admin token and 403 for a key that is for models only."""
    token = credentials.credentials.strip() if credentials is not None else ""
    if not token:
        raise _unauthorized("This needs an admin token.")
    if token.startswith("sk-gw-"):
        raise Problem(403, f"This is a key for models, not an admin token. {_HOW}")
    digest = crypto.digest(token)
    async with services.sessions() as session:
        row = await admin_tokens.find_by_digest(session, digest)
    # The index lookup compares hashes, whose timing tells nothing about the token; compared once more anyway.
    if row is None or not hmac.compare_digest(row.digest, digest):
        raise _unauthorized("This admin token is not valid.")
    return Operator(name=row.name, since=row.created_at)


CurrentOperator = Annotated[Operator, Depends(operator)]
