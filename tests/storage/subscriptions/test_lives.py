"""Random lives of subscriptions: whatever is done in whatever order, terms do not overlap and the ledger adds up."""

import random
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.entries import InsufficientError
from storage.models import Account, Entry
from storage.models.plan import Plan
from storage.models.subscription import Subscription, SubscriptionTerm
from storage.subscriptions import terms
from storage.subscriptions.terms import RefusedError
from tests.storage.subscriptions.test_subscriptions import DAY, NOW, USD, Desk, desk

__all__ = ["desk"]


async def step(desk: Desk, dice: random.Random, plans: list[Plan], now: int) -> None:
    """One thing that may happen; a refusal is fine."""
    plan = dice.choice(plans)
    async with desk.sessions() as session:
        rows = list(await session.scalars(select(Subscription).order_by(Subscription.id)))
    row = dice.choice(rows) if rows else None
    what = dice.choice(["buy", "buy again", "renew", "change", "end", "refill", "look"])
    try:
        if what in ("buy", "buy again") or row is None:
            payment = desk.payment(now=now)
            for _ in range(2 if what == "buy again" else 1):
                await desk.buy(plan, payment=payment, renews=dice.random() < 0.5)
        elif what == "renew":
            await desk.locked(row, lambda s, r: _renew(s, r, plan, now))
        elif what == "change":
            await desk.locked(row, lambda s, r: terms.change_plan(s, r, plan, desk.payment(now=now)))
        elif what == "end":
            await desk.locked(row, lambda s, r: terms.end(s, r, "withdrawn", now))
        elif what == "refill" and row.state == "active" and row.term_start <= now < row.paid_until:
            await desk.locked(row, lambda s, r: terms.refill(s, r, actor="root", now=now))
        await desk.holder(now)
    except (RefusedError, InsufficientError):
        return


async def _renew(session: AsyncSession, row: Subscription, plan: Plan, now: int) -> Any:
    return await terms.renew(session, row, plan, now=now) if row.state == "active" and row.renews else None


async def consistent(desk: Desk, now: int) -> None:
    """What must be true at any time."""
    await desk.clean()
    async with desk.sessions() as session:
        paid = list(await session.scalars(select(SubscriptionTerm).order_by(SubscriptionTerm.id)))
        purchases = list(await session.scalars(select(Entry).where(Entry.reason == "purchase")))
        grants = list(await session.scalars(select(Entry).where(Entry.reason == "grant", Entry.reference == "first")))
        quotas = list(await session.scalars(select(Account).where(Account.kind == "subscription")))
    by_row: dict[int, list[SubscriptionTerm]] = {}
    for term in paid:
        by_row.setdefault(term.subscription_id, []).append(term)
    for of_row in by_row.values():
        assert [term.term for term in of_row] == list(range(1, len(of_row) + 1))
        assert all(late.starts_at >= early.ends_at for early, late in pairwise(of_row))
    assert len({entry.reference for entry in purchases}) == len(purchases)
    assert {entry.reference for entry in purchases} <= {term.reference for term in paid}
    assert sorted(entry.account_id for entry in grants) == sorted(account.id for account in quotas)
    found = await desk.holder(now)
    choices = [found.purses, *found.more]
    assert all(purse.period_end == 0 or purse.period_end > now for choice in choices for purse in choice)
    accounts = [choice[0].account_id for choice in choices]
    assert len(set(accounts)) == len(accounts)


@pytest.mark.parametrize("seed", range(4))
async def test_lives(desk: Desk, seed: int) -> None:
    dice = random.Random(seed)
    plans = [
        await desk.plan("day", term_count=1, price=USD, quota=2 * USD, rank=0),
        await desk.plan("week", term_count=7, price=2 * USD, quota=USD, reset="day", rank=1, use="after_wallet"),
        await desk.plan("month", term_unit="month", term_count=1, price=3 * USD, reset="week", rank=2),
    ]
    now = NOW
    for _ in range(25):
        await step(desk, dice, plans, now)
        now += dice.choice([0, 60, DAY // 2, DAY, 3 * DAY])
        await consistent(desk, now)
