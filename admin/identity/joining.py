"""What an invitation or a code of somebody who recommends the gateway does to a new account, in its transaction."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import roles
from admin.identity.registration import Hooks
from admin.payments import joining
from admin.problems import invalid
from admin.schemas.login import RegisterIn
from admin.services import Services
from storage import crypto
from storage.models import Invitation, User
from storage.repositories import invitations, organisations

_NOT_GOOD = ("body.invitation", "is not good, was used, or is for another address")


async def _invited(session: AsyncSession, services: Services, wanted: RegisterIn) -> dict[str, Any]:
    """What the invitation decides of the new user; it is used up. Raises a Problem (422)."""
    now = services.clock()
    row = await invitations.find(session, crypto.digest(wanted.invitation or ""), now)
    if row is None or (row.email and row.email != wanted.email) or not await invitations.use(session, row, now):
        raise invalid([_NOT_GOOD])
    columns: dict[str, Any] = {"inviter_id": row.inviter_id}
    if row.group:
        columns["group"] = row.group
    return columns | await _place(session, row)


async def _place(session: AsyncSession, row: Invitation) -> dict[str, Any]:
    """Where the new user belongs. Raises a Problem (422) when that is gone."""
    if row.organisation_id is None:
        return {}
    organisation = await organisations.get(session, row.organisation_id)
    known = await roles.inside(session, row.organisation_role, row.organisation_id)
    if organisation is None or not organisation.enabled or known is None:
        raise invalid([_NOT_GOOD])
    return {"organisation_id": row.organisation_id, "organisation_role": row.organisation_role}


async def _joined(session: AsyncSession, services: Services, user: User, wanted: RegisterIn | None) -> None:
    """Note who brought the new user, and book what that brings."""
    if wanted is None:
        return
    if wanted.invitation is not None:
        row = await invitations.by_digest(session, crypto.digest(wanted.invitation))
        if row is not None:
            await invitations.used_by(session, row.id, user.id)
    elif wanted.affiliate:
        user.inviter_id = await invitations.whose(session, wanted.affiliate)
        await session.flush()
    if user.inviter_id is not None:
        await joining.book(session, services, user.id, user.inviter_id)


Hooks.invited = _invited
Hooks.joined.append(_joined)
