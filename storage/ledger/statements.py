"""What an account did in a month: where it stood before and after, sums by reason, and what was booked by hand.

Reads the ledger only, which never changes: a statement of a month that is over is the same whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts
from storage.ledger.accounts import SUBSCRIPTION
from storage.ledger.entries import LEASE, RELEASE, REQUEST
from storage.ledger.transactions import among, table_of
from storage.models import Account, Day, Entry

_A = accounts.TABLE.c
_E = table_of(Entry).c
_D = table_of(Day).c

SLACK_S = 3600
"""Ids of entries follow their times but for this much: transactions that began earlier may end later."""


class Sums(msgspec.Struct, frozen=True):
    """nano-USD. `by_reason` are the changes between two moments, `opening` and `closing` where the balance stood."""

    opening: int
    closing: int
    by_reason: dict[str, int]


class ModelSum(msgspec.Struct, frozen=True):
    """What requests to one model came to; cost in nano-USD, also where a subscription paid it."""

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost: int


async def sums(session: AsyncSession, account_id: int, start: int, end: int) -> Sums:
    """The sums of an account from `start` up to `end`, unix seconds."""
    # Entries have no index on their time. Those of an account are read backwards until they are older than the month.
    older = select(_E.id).where(_E.account_id == account_id, _E.at < start - SLACK_S).order_by(_E.id.desc()).limit(1)
    boundary = await session.scalar(older) or 0
    inside = func.coalesce(func.sum(case((_E.at < end, _E.amount), else_=0)), 0)
    later = func.coalesce(func.sum(case((_E.at >= end, _E.amount), else_=0)), 0)
    # One statement, so that the balance and the entries are of one moment.
    statement = (
        select(_A.balance, _E.reason, inside, later)
        .join_from(
            accounts.TABLE,
            table_of(Entry),
            and_(_E.account_id == _A.id, _E.id > boundary, _E.at >= start),
            isouter=True,
        )
        .where(_A.id == account_id)
        .group_by(_A.balance, _E.reason)
    )
    rows = (await session.execute(statement)).all()
    balance = int(rows[0][0]) if rows else 0
    closing = balance - sum(int(row[3]) for row in rows)
    found = {str(row[1]): int(row[2]) for row in rows if row[1] is not None and row[2]}
    return Sums(closing - sum(found.values()), closing, found)


async def booked(session: AsyncSession, account_id: int, start: int, end: int, *, limit: int = 1000) -> Sequence[Entry]:
    """What was booked by hand or by a payment, in order; requests and leases are not among it."""
    wanted = (_E.account_id == account_id, _E.at >= start, _E.at < end, _E.reason.not_in((REQUEST, LEASE, RELEASE)))
    return (await session.scalars(select(Entry).where(*wanted).order_by(Entry.id).limit(limit))).all()


async def from_subscriptions(session: AsyncSession, subscription_ids: Collection[int], start: int, end: int) -> int:
    """What requests took from the quota of these subscriptions, nano-USD."""
    if not subscription_ids:
        return 0
    ids = select(Account.id).where(_A.kind == SUBSCRIPTION, among(session, _A.subject_id, list(subscription_ids)))
    wanted = (_E.account_id.in_(ids), _E.reason == REQUEST, _E.at >= start, _E.at < end)
    return -int(await session.scalar(select(func.coalesce(func.sum(_E.amount), 0)).where(*wanted)) or 0)


async def by_model(session: AsyncSession, kind: str, subject_id: int, start: int, end: int) -> list[ModelSum]:
    """What a user's or an organisation's requests came to, by model, the costliest first."""
    owner = _D.user_id if kind == accounts.USER else _D.organisation_id
    cost = func.sum(_D.cost)
    statement = (
        select(_D.model, func.sum(_D.requests), func.sum(_D.input_tokens), func.sum(_D.output_tokens), cost)
        .where(owner == subject_id, _D.bucket >= start * 1_000_000, _D.bucket < end * 1_000_000)
        .group_by(_D.model)
        .order_by(cost.desc(), _D.model)
        .limit(1000)
    )
    return [ModelSum(row[0], *(int(value) for value in row[1:])) for row in await session.execute(statement)]
