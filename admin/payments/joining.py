"""What a new user begins with, and what an invitation brings: booked in the transaction that makes the user."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.identity.registration import Hooks
from admin.options.bonuses import Bonuses
from admin.schemas.login import RegisterIn
from admin.services import Services
from storage.ledger import accounts
from storage.models import User
from storage.payments import bonuses
from storage.payments.fulfilment import By


async def book(session: AsyncSession, services: Services, user_id: int, inviter_id: int | None = None) -> None:
    """Book the bonuses of the options; called again, with an inviter that is known by then, it adds what is missing."""
    settings = await services.options.read(session, Bonuses)
    await bonuses.joined(
        session, user_id=user_id, inviter_id=inviter_id, welcome=settings.welcome, invitee=settings.invitee,
        inviter=settings.inviter, by=By("gateway", services.clock()),
    )  # fmt: skip


async def _registered(session: AsyncSession, services: Services, user: User, wanted: RegisterIn | None) -> None:
    await book(session, services, user.id)
    # Who comes from an identity provider, or into an organisation, spends what those allow.
    if wanted is None or user.organisation_id is not None:
        return
    if (await services.options.read(session, Bonuses)).prepaid:
        subject = (accounts.USER, user.id, 0)
        account_id = (await accounts.ensure(session, [subject]))[subject]
        await accounts.set_limited(session, account_id, limited=True)  # nobody has keys of a user who is new


Hooks.joined.append(_registered)
