"""What a user may do: the built-in roles and the permission sets that operators made, as reaches."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from admin.permissions import EVERYTHING, GATEWAY_ONLY, ORGANISATION_ROLES, ROLES, Reach, reaches
from storage.models import User
from storage.repositories import organisations, permission_sets

MEMBER = "member"
ROOT = "root"


async def reaches_of(session: AsyncSession, user: User) -> dict[str, Reach]:
    """The permissions of a user. A role that does not exist (any more) permits nothing beyond what is one's own."""
    return reaches(*await permissions_of(session, user))


async def permissions_of(session: AsyncSession, user: User) -> tuple[frozenset[str], frozenset[str]]:
    """What the user may do on the whole gateway, and inside the organisation; one's own things apart."""
    everywhere = await on_gateway(session, user.role) or frozenset()
    if user.organisation_id is None or user.organisation_role == MEMBER:
        return everywhere, frozenset()
    organisation = await organisations.get(session, user.organisation_id)
    if organisation is None or not organisation.enabled:
        return everywhere, frozenset()
    return everywhere, await inside(session, user.organisation_role, user.organisation_id) or frozenset()


async def on_gateway(session: AsyncSession, role: str) -> frozenset[str] | None:
    """What a role permits on the whole gateway; None: there is no such role."""
    if role in ROLES:
        return ROLES[role]
    found = await permission_sets.find_by_name(session, role)
    return None if found is None or found.organisation_id is not None else known(found.permissions)


async def inside(session: AsyncSession, role: str, organisation_id: int) -> frozenset[str] | None:
    """What a role permits inside an organisation; None: there is no such role there."""
    if role in ORGANISATION_ROLES:
        return ORGANISATION_ROLES[role]
    found = await permission_sets.find_by_name(session, role)
    if found is None or found.organisation_id not in {None, organisation_id}:
        return None
    return known(found.permissions) - GATEWAY_ONLY


def known(permissions: Iterable[str]) -> frozenset[str]:
    """Of stored permissions those that this version has."""
    return EVERYTHING.intersection(permissions)
