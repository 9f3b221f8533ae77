"""Credit that is given and not paid for: daily check-ins, invitations, a part of what invited users pay.

Each is an entry of the ledger of reason "grant" whose reference says what for; the ledger refuses a second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, entries
from storage.ledger.transactions import table_of
from storage.models import Entry, User
from storage.models.order import Order
from storage.payments.fulfilment import TOPUP, By

_E = table_of(Entry)
_ONE = 1_000_000


async def grant(
    session: AsyncSession, user_id: int, amount: int, *, reference: str, by: By, note: str = ""
) -> tuple[int, bool]:
    """Credit the user with `amount` nano-USD; (what was credited under this reference, whether just now).

    A second call gives nothing, whatever its amount: amounts may be drawn by lot. Raises OverflowError.
    """
    subject = (accounts.USER, user_id, 0)
    account_id = (await accounts.ensure(session, [subject]))[subject]
    await accounts.lock(session, [account_id])
    earlier = await entries.find(session, account_id, entries.GRANT, reference)
    if earlier is not None:
        return earlier.amount, False
    entry, new = await entries.post(
        session, account_id, amount, reason=entries.GRANT, actor=by.actor, reference=reference, note=note, now=by.now
    )
    return entry.amount, new


async def check_in(session: AsyncSession, user_id: int, day: date, amount: int, by: By) -> tuple[int, bool]:
    """The user's check-in of that day: (nano-USD credited, whether it was the first today)."""
    return await grant(session, user_id, amount, reference=f"check-in:{day.isoformat()}", by=by, note="check-in")


async def check_ins(session: AsyncSession, user_id: int, days: Sequence[date]) -> dict[date, int]:
    """What the user was credited with for checking in on each of `days`."""
    references = {f"check-in:{day.isoformat()}": day for day in days}
    subject = (accounts.USER, user_id, 0)
    account_id = (await accounts.find_ids(session, [subject])).get(subject)
    if account_id is None or not references:
        return {}
    statement = select(_E.c.reference, _E.c.amount).where(
        _E.c.reference.in_(references), _E.c.reason == entries.GRANT, _E.c.account_id == account_id
    )
    return {references[row[0]]: row[1] for row in await session.execute(statement)}


async def joined(
    session: AsyncSession, *, user_id: int, inviter_id: int | None, welcome: int, invitee: int, inviter: int, by: By
) -> None:
    """Book what a new user begins with: `welcome`, and of an invited one `invitee` to them and `inviter` to the other.

    nano-USD; 0 books nothing.
    """
    if welcome:
        await grant(session, user_id, welcome, reference="welcome", by=by, note="welcome")
    if inviter_id is None:
        return
    if invitee:
        await grant(session, user_id, invitee, reference=f"invited-by:{inviter_id}", by=by, note="invited")
    if inviter:
        await grant(session, inviter_id, inviter, reference=f"invited:{user_id}", by=by, note="invitation")


async def lock_in_order(session: AsyncSession, order: Order, share_of: int) -> None:
    """Lock the accounts of an order's credit and of its share together, in the order in which everything locks them."""
    inviter_id = await _inviter(session, order) if share_of else None
    if inviter_id is None:
        return
    subjects = [(order.account_kind, order.account_subject_id, 0), (accounts.USER, inviter_id, 0)]
    await accounts.lock(session, list((await accounts.ensure(session, subjects)).values()))


async def share(session: AsyncSession, order: Order, share_of: int, by: By) -> int:
    """Credit whoever invited the payer with `share_of` millionths of a top-up; returns nano-USD."""
    amount = order.credit * share_of // _ONE
    inviter_id = await _inviter(session, order) if amount else None
    if inviter_id is None:
        return 0
    await grant(session, inviter_id, amount, reference=f"share:{order.number}", by=by, note="part of a top-up")
    return amount


async def _inviter(session: AsyncSession, order: Order) -> int | None:
    if order.purpose != TOPUP:
        return None
    payer = await session.get(User, order.user_id)
    return payer.inviter_id if payer is not None and payer.inviter_id != order.user_id else None
