"""Who may give what, and who may touch whom: nobody grants what they do not have, nobody rules over who has more.

Whatever changes another user (their role, state, e-mail, password, second factors, sessions) asks `require_over` first.
"""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from admin import roles
from admin.caller import Caller, forbidden
from admin.permissions import EVERYTHING, GATEWAY_ONLY, Reach
from admin.problems import Problem, invalid
from storage.models import User
from storage.repositories import users


def lacking(
    caller: Caller, everywhere: Iterable[str], inside: Iterable[str] = (), organisation_id: int | None = None
) -> list[str]:
    """Of permissions on the gateway and inside an organisation those that the caller could not give, by name."""
    missing = {name for name in everywhere if caller.reach(name) is not Reach.ALL}
    at_home = organisation_id is not None and caller.organisation_id == organisation_id
    least = Reach.ORGANISATION if at_home else Reach.ALL
    missing |= {name for name in inside if caller.reaches.get(name, 0) < least}
    return sorted(missing)


async def require_over(session: AsyncSession, caller: Caller, user: User) -> None:
    """Raise 403 when the user may do something that the caller may not."""
    everywhere, inside = await roles.permissions_of(session, user)
    # The rank of who is switched off counts too: switched on again, they have it.
    if lacking(caller, everywhere, inside, user.organisation_id):
        raise Problem(403, "This user may do more than you; somebody who may as much has to do it.", slug="forbidden")


async def require_role(session: AsyncSession, caller: Caller, role: str, field: str = "body.role") -> None:
    """Raise unless the caller may give a role on the gateway: 422 for one that does not exist, 403 for too much."""
    caller.require_all("roles.write")
    found = await roles.on_gateway(session, role)
    if found is None:
        raise invalid([(field, "is not a role of this gateway")])
    _refuse(lacking(caller, found))


async def require_organisation_role(
    session: AsyncSession, caller: Caller, role: str, organisation_id: int | None, field: str = "body.organisation_role"
) -> None:
    """As `require_role`, for a role inside an organisation."""
    if role == roles.MEMBER:
        return
    if organisation_id is None:
        raise invalid([(field, "needs an organisation")])
    if lacking(caller, (), ["roles.write"], organisation_id):
        raise forbidden("roles.write")
    found = await roles.inside(session, role, organisation_id)
    if found is None:
        raise invalid([(field, "is not a role of this organisation")])
    _refuse(lacking(caller, (), found, organisation_id))


async def require_grant(
    session: AsyncSession, caller: Caller, role: str | None, organisation_role: str | None, organisation_id: int | None
) -> None:
    """Raise 403 for roles that somebody else will give in the caller's place, and that are more than the caller has.

    Roles that do not exist permit nothing: who makes them later has to have what they permit.
    """
    everywhere = await roles.on_gateway(session, role or roles.MEMBER) or frozenset()
    home = organisation_id or 0
    inside = await roles.inside(session, organisation_role or roles.MEMBER, home) or frozenset()
    _refuse(lacking(caller, everywhere, inside, home))


def require_permissions(caller: Caller, permissions: Iterable[str], organisation_id: int | None) -> None:
    """Raise unless the caller may put these into a permission set: 422 for unknown ones, 403 for too much."""
    wanted = set(permissions)
    if unknown := sorted(wanted - EVERYTHING):
        raise invalid([("body.permissions", f"has {unknown[0][:64]!r}, which is no permission")])
    if organisation_id is None:
        _refuse(lacking(caller, wanted))
        return
    if useless := sorted(wanted & GATEWAY_ONLY):
        raise invalid([("body.permissions", f"has {useless[0]!r}, which means nothing inside an organisation")])
    _refuse(lacking(caller, (), wanted, organisation_id))


async def keep_a_root(session: AsyncSession, user: User) -> None:
    """Raise 409 when this user is the last root who can sign in. Call it before removing, disabling or demoting."""
    if user.role != roles.ROOT or not user.enabled:
        return
    if not await users.other_roots(session, user.id):
        raise Problem(409, "This is the last root; make another one first.", slug="last-root")


def _refuse(missing: list[str]) -> None:
    if missing:
        raise Problem(403, f"You cannot give what you do not have: {', '.join(missing[:5])}.", slug="forbidden")
