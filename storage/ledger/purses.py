"""Purses: the limited accounts that the requests of a key draw on, as data for a replica's memory of keys.

Read when a key is looked up, and again when a period ends. Owns no money.
"""

from __future__ import annotations

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.ledger import accounts, budgets
from storage.ledger.accounts import BUDGET, ORGANISATION, USER
from storage.ledger.periods import period_end
from storage.ledger.transactions import transact
from storage.models import Key, User


class Purse(msgspec.Struct, frozen=True):
    """A limited account. `period_end` is the first unix second in which another one counts, 0 = never.

    `label` says in a refusal what has run out: "user", "month budget of the organisation".
    """

    account_id: int
    kind: str
    period_end: int
    label: str


class Holder(msgspec.Struct, frozen=True):
    """Whose a key is, and what its requests draw on. `enabled` is False when its user is switched off.

    `group` is the one that the key uses, `user_group` the one that its user is in.
    """

    user_id: int
    organisation_id: int
    group: str
    user_group: str
    enabled: bool
    purses: list[Purse]


DEFAULT_GROUP = "default"


async def holder(session: AsyncSession, key: Key, now: int) -> Holder:
    """Everything about the key's user that a replica remembers.

    It makes the accounts of periods that have just begun: the caller commits, or `find_holder` does.
    """
    user = await session.get(User, key.user_id, populate_existing=True) if key.user_id else None
    organisation_id = (user.organisation_id if user is not None else None) or 0
    user_group = user.group if user is not None else DEFAULT_GROUP
    return Holder(
        user_id=user.id if user is not None else 0,
        organisation_id=organisation_id,
        group=key.group or user_group,
        user_group=user_group,
        enabled=user.enabled if user is not None else not key.user_id,
        purses=await _purses(session, key.id, user.id if user is not None else 0, organisation_id, now),
    )


async def find_holder(sessions: async_sessionmaker[AsyncSession], key: Key, now: int) -> Holder:
    """`holder` in a transaction of its own."""
    return await transact(sessions, lambda session: holder(session, key, now))


async def purses(session: AsyncSession, key: Key, now: int) -> list[Purse]:
    """The limited accounts that a request of this key has to be covered by."""
    return (await holder(session, key, now)).purses


async def _purses(session: AsyncSession, key_id: int, user_id: int, organisation_id: int, now: int) -> list[Purse]:
    found: list[Purse] = []
    for kind, subject_id in ((USER, user_id), (ORGANISATION, organisation_id)):
        if subject_id:
            account = (await accounts.of(session, kind, [subject_id])).get(subject_id)
            if account is not None and account.limited:
                found.append(Purse(account.id, kind, 0, f"balance of the {kind}"))
    owners = [("key", key_id), (USER, user_id), (ORGANISATION, organisation_id)]
    wanted = await budgets.of_owners(session, [owner for owner in owners if owner[1]])
    ids = await budgets.current(session, wanted, now)
    found += [
        Purse(ids[budget.id], BUDGET, period_end(budget.period, now), f"{budget.period} budget of the {budget.scope}")
        for budget in wanted
    ]
    return found
