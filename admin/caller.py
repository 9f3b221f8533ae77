"""Who is asking the admin API and what they may do: the dependencies that every route declares one of.

    needs("keys.read")   a caller with that permission: 401 without a caller, 403 without the permission
    needs_all("...")     the same, and the permission has to reach everything on this gateway
    signed_in            any caller
    open_route           nobody in particular: the route is public (and says so)
    step_up              on top of `needs`: a session has proved itself again within the last minutes
    some_step_up         marks a route that calls `step_up` itself, for some of its changes

Finding the caller of a credential is in `admin/credentials.py`. What a caller may not reach does not exist for them:
endpoints hand `caller.scope(...)` to the repositories, and an object outside of it is a 404.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import Depends, Request

from admin.permissions import PERMISSIONS, Reach
from admin.problems import Problem
from admin.surroundings import Surroundings

STEP_UP_S = 600
"""How long a second check holds."""

Kind = Literal["operator", "token", "session"]


class Scope(NamedTuple):
    """A filter: None means "any". Of both given, a row has to be of this user."""

    user_id: int | None = None
    organisation_id: int | None = None

    def holds(self, user_id: int | None, organisation_id: int | None) -> bool:
        """Whether something of that user and organisation is inside."""
        if self.user_id is not None:
            return user_id == self.user_id
        return self.organisation_id is None or organisation_id == self.organisation_id


EVERYTHING = Scope()
NOTHING = Scope(user_id=-1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking. `name` is what the ledger and the audit log keep: "token:ci", "user:ann", "operator:first".

    `user_id` is None for an operator's token, which is nobody's. `stepped_up_at` is unix seconds, 0: never.
    `ip` and `agent` are where from, cut and printable.
    """

    name: str
    kind: Kind
    reaches: Mapping[str, Reach] = field(repr=False)
    user_id: int | None = None
    organisation_id: int | None = None
    session_id: int | None = None
    token_id: int | None = None
    stepped_up_at: int = 0
    ip: str = ""
    agent: str = ""
    request_id: str = ""

    def may(self, permission: str) -> bool:
        """Whether the caller has that permission at all."""
        return permission in self.reaches

    def reach(self, permission: str) -> Reach | None:
        """How far it goes, None: the caller does not have it."""
        return self.reaches.get(permission)

    def scope(self, permission: str) -> Scope:
        """Whose things the permission is about, as a filter."""
        reach = self.reaches.get(permission)
        if reach is None:
            return NOTHING
        if reach is Reach.ALL:
            return EVERYTHING
        if reach is Reach.ORGANISATION and self.organisation_id is not None:
            return Scope(organisation_id=self.organisation_id)
        return Scope(user_id=self.user_id) if self.user_id is not None else NOTHING

    def require_all(self, permission: str) -> None:
        """Raise 403 unless the permission reaches everything on this gateway."""
        if self.reaches.get(permission) is not Reach.ALL:
            raise forbidden(permission)


def forbidden(permission: str) -> Problem:
    """403 for a caller who lacks a permission."""
    return Problem(403, f"You need the permission {permission!r} for this.", slug="forbidden")


async def caller_of(request: Request, services: Surroundings) -> Caller:
    """The caller; raises 401. The same object for all dependencies of one request."""
    found = request.scope.get("gateway.caller")
    if found is None:
        found = request.scope["gateway.caller"] = await request.app.state.identify(services, request)
    if not isinstance(found, Caller):
        raise TypeError("identify gives a Caller or raises")
    return found


async def signed_in(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Any caller."""
    return caller


async def open_route() -> None:
    """Marks a route that needs nobody."""


async def step_up(services: Surroundings, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """A session that proved itself again not long ago, an operator's token, or a token that may do without."""
    fresh = services.clock() - caller.stepped_up_at <= STEP_UP_S
    if caller.kind == "session" and fresh:
        return caller
    if caller.kind == "operator" or (caller.kind == "token" and caller.may("secrets.reveal")):
        return caller
    raise Problem(403, "Prove that it is you, and repeat this.", slug="step-up-needed")


async def some_step_up() -> None:
    """Marks a route that asks for the second check by itself, when a request changes what is worth one."""


def needs(permission: str) -> Any:  # noqa: ANN401  # what FastAPI's Depends is typed as
    """The caller, who has this permission: stands in the annotation of an argument of type Caller."""
    return Depends(_gate(permission, Reach.OWN))


def needs_all(permission: str) -> Any:  # noqa: ANN401  # as `needs`
    """The caller, whose `permission` reaches everything on this gateway."""
    return Depends(_gate(permission, Reach.ALL))


@cache
def _gate(permission: str, least: Reach) -> Callable[..., Awaitable[Caller]]:
    async def gate(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if caller.reaches.get(permission, 0) < least:
            raise forbidden(permission)
        return caller

    if permission not in PERMISSIONS:
        raise ValueError(f"there is no permission {permission!r}")
    gate.permission = permission  # type: ignore[attr-defined]  # read by the tests and the documentation
    gate.least = least  # type: ignore[attr-defined]  # as `permission`
    return gate


SignedIn = Annotated[Caller, Depends(signed_in)]
"""Any caller, as an argument."""
