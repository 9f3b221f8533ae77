"""Quota: switching it on or off for the account of a user or an organisation."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, entries
from storage.models import Account, Entry

LOOKED_AT = 10_000
"""Entries among which the last one by hand is looked for: a busy account has millions of what replicas take."""


async def set_quota(
    session: AsyncSession, account_id: int, *, limited: bool, balance: int | None, actor: str, now: int
) -> Account:
    """Let the balance limit spending, or not any more; with `balance` it is set to that by a correction.

    An account that was not limited may stand below zero, for what has been spent: without a new balance its next
    request is refused until that is paid. The caller announces it to the keys. Raises UnknownAccountError.
    """
    account = (await accounts.lock(session, [account_id])).get(account_id)
    if account is None:
        msg = f"there is no account {account_id}"
        raise entries.UnknownAccountError(msg)
    if account.limited != limited:
        await accounts.set_limited(session, account_id, limited=limited)
    if balance is not None and balance != account.balance:
        await entries.post(
            session, account_id, balance - account.balance, reason=entries.CORRECTION, actor=actor, overdraw=True,
            note="the balance was set", now=now,
        )  # fmt: skip
    found = await accounts.get(session, account_id)
    if found is None:
        raise entries.UnknownAccountError
    return found


async def last_by_hand(session: AsyncSession, account_id: int) -> int:
    """The id of the latest entry that somebody booked, 0: none among the last LOOKED_AT."""
    latest = (
        select(Entry.id, Entry.reason)
        .where(Entry.account_id == account_id)
        .order_by(Entry.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    found = await session.scalar(select(func.max(latest.c.id)).where(latest.c.reason.in_(entries.BY_HAND)))
    return found or 0
