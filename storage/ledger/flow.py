"""How money flows: what entries of the ledger come to by day and reason, without those of requests and leases."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts
from storage.models import Account, Entry
from storage.models.entry import ROUTINE

DAY_S = 86_400


class Flow(NamedTuple):
    """nano-USD of a day (unix seconds of its beginning, UTC) for a reason, and how many entries."""

    day: int
    reason: str
    amount: int
    entries: int


async def by_day(
    session: AsyncSession, *, since: int, until: int, user_id: int | None = None, organisation_id: int | None = None
) -> list[Flow]:
    """Entries of users' and organisations' accounts, since <= at < until (unix seconds), by day and reason.

    Of one user, of one organisation (its own account), or of all.
    """
    day = Entry.at - Entry.at % DAY_S
    kinds = (accounts.USER, accounts.ORGANISATION)
    statement = (
        select(day, Entry.reason, func.sum(Entry.amount), func.count())
        .join(Account, Account.id == Entry.account_id)
        # As the index says it, so that it is used.
        .where(Entry.reason.not_in(ROUTINE), Entry.at >= since, Entry.at < until, Account.kind.in_(kinds))
        .group_by(day, Entry.reason)
        .order_by(day, Entry.reason)
    )
    if user_id is not None:
        statement = statement.where(Account.kind == accounts.USER, Account.subject_id == user_id)
    if organisation_id is not None:
        statement = statement.where(Account.kind == accounts.ORGANISATION, Account.subject_id == organisation_id)
    return [Flow(row[0], row[1], int(row[2]), row[3]) for row in await session.execute(statement)]
