"""The accounts that subscriptions are spent from: which ones count now, and until when.

An owner's subscriptions stand in for the owner's balance: a request is covered by one of them or by the balance, never
by parts of both. In which order they are tried is in `Way`. Makes accounts of periods that have just begun.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, entries
from storage.ledger.accounts import SUBSCRIPTION
from storage.ledger.entries import GATEWAY, GRANT, Row
from storage.ledger.transactions import begin_write
from storage.models import Account
from storage.models.subscription import Subscription, SubscriptionTerm
from storage.subscriptions import offers
from storage.subscriptions.periods import period

GRACE_S = 3 * 86_400
"""A subscription that a payment provider renews goes on so long past its term: their charges come late.

Stripe finalises a renewal's invoice about an hour after the period began, and tries again for days when a card is
refused (docs.stripe.com/billing/invoices/subscription, 2026-11).
"""

_FIRST = "first"

Owner = tuple[str, int]


class Way(NamedTuple):
    """A subscription that can pay: its account until `until`. `after_wallet`: only when the balance cannot.

    Not `overflow`: when it cannot pay, the balance does not either.
    """

    account_id: int
    until: int
    after_wallet: bool
    overflow: bool
    group: str
    rank: int


def ends_at(row: Subscription) -> int:
    """The second from which on nothing is paid from it unless it is renewed."""
    return row.paid_until + (GRACE_S if row.renews and row.external_id else 0)


async def ways(session: AsyncSession, owners: Collection[Owner], now: int) -> dict[Owner, list[Way]]:
    """The ways of each owner in the order in which they are tried: what ends first is used first."""
    rows = await _active(session, owners, now)
    if not rows:
        return {}
    for row in rows:
        if row.term_end <= now < row.paid_until:
            await _turn(session, row, now)
    spans = {row.id: _span(row, now) for row in rows}
    ids = await _accounts(session, rows, spans, now)
    found: dict[Owner, list[Way]] = {}
    for row in sorted(rows, key=lambda one: (spans[one.id][1], one.id)):
        way = Way(
            ids[row.id], spans[row.id][1], row.use == "after_wallet", row.overflow, row.group, row.rank
        )  # fmt: skip
        if way.until > now:
            found.setdefault((row.scope, row.scope_id), []).append(way)
    return found


async def begins_next(session: AsyncSession, owners: Collection[Owner], now: int) -> int:
    """The first second at which a term of these owners begins that has not begun yet; 0: none does."""
    if not owners:
        return 0
    statement = select(Subscription.term_start).where(_of(owners), Subscription.state == "active")
    later = statement.where(Subscription.term_start > now).order_by(Subscription.term_start).limit(1)
    return await session.scalar(later) or 0


async def account_of(session: AsyncSession, row: Subscription, now: int) -> int:
    """The account of the subscription's present period."""
    if row.term_end <= now < row.paid_until:
        await _turn(session, row, now)
    return (await _accounts(session, [row], {row.id: _span(row, now)}, now))[row.id]


async def present(session: AsyncSession, subscription_id: int, now: int) -> Account | None:
    """The account of the present period, where somebody has asked for it yet."""
    row = await session.get(Subscription, subscription_id)
    if row is None:
        return None
    subject = (SUBSCRIPTION, row.id, _span(row, now)[0])
    account_id = (await accounts.find_ids(session, [subject])).get(subject)
    return None if account_id is None else await accounts.get(session, account_id)


def _span(row: Subscription, now: int) -> tuple[int, int]:
    start, end = period(row.reset, row.reset_s, (row.term_start, row.term_end), now)
    return start, ends_at(row) if end == row.term_end == row.paid_until else end


def _of(owners: Collection[Owner]) -> Any:  # noqa: ANN401 - a condition
    return or_(*(and_(Subscription.scope == scope, Subscription.scope_id == of) for scope, of in sorted(owners)))


async def _active(session: AsyncSession, owners: Collection[Owner], now: int) -> list[Subscription]:
    if not owners:
        return []
    wanted = (_of(owners), Subscription.state == "active", Subscription.term_start <= now)
    statement = select(Subscription).where(*wanted).execution_options(populate_existing=True)
    return [row for row in await session.scalars(statement) if now < ends_at(row)]


async def _turn(session: AsyncSession, row: Subscription, now: int) -> None:
    """The present term is over and the next one is paid: it begins. Whoever sees it first writes it down."""
    paid = (
        SubscriptionTerm.subscription_id == row.id,
        SubscriptionTerm.starts_at <= now,
        SubscriptionTerm.ends_at > now,
    )
    term = (await session.scalars(select(SubscriptionTerm).where(*paid))).first()
    if term is None:
        return
    await begin_write(session)
    row.term, row.term_start, row.term_end = term.term, term.starts_at, term.ends_at
    row.plan_id = term.plan_id
    offers.apply(row, term.offer)
    await session.flush()


async def _accounts(
    session: AsyncSession, rows: Sequence[Subscription], spans: dict[int, tuple[int, int]], now: int
) -> dict[int, int]:
    """The account ids of the present periods, by subscription id; made and granted when they are new."""
    subjects = {row.id: (SUBSCRIPTION, row.id, spans[row.id][0]) for row in rows}
    found = await accounts.find_ids(session, list(subjects.values()))
    new = [row for row in rows if subjects[row.id] not in found]
    if new:
        await begin_write(session)
        found |= await accounts.ensure(session, [subjects[row.id] for row in new], limited=True)
        ids = {row.id: found[subjects[row.id]] for row in new}
        await accounts.lock(session, sorted(ids.values()))
        grants: list[Row] = []
        for row in sorted(new, key=lambda one: ids[one.id]):
            # Whoever made the account at the same time and got the lock first has booked this already.
            if not await entries.booked(session, GRANT, _FIRST, [ids[row.id]]):
                grants += [Row(ids[row.id], row.quota, 0, GRANT, GATEWAY, _FIRST, now)]
        await entries.write(session, grants)
    return {row.id: found[subjects[row.id]] for row in rows}
