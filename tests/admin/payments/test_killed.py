"""kill -9 of processes that handle payments, at any moment: credited once, refunded once, nothing open for ever."""

# ruff: noqa: ASYNC240 - the processes that are killed are all this test waits for

import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from admin.options.base import areas
from storage.database import open_engine, session_factory
from storage.ledger import accounts, entries, verify
from storage.models import Entry, User
from storage.models.event import Event
from storage.models.order import Order, Receipt, Refund
from storage.models.plan import Plan as Offered
from storage.models.subscription import Subscription, SubscriptionTerm
from storage.payments import orders
from storage.subscriptions import terms
from tests.admin.payments.conftest import OPTIONS
from tests.admin.payments.killed import BOX, LIFE_S, Bank, Plan
from tests.admin.services import make_services

NOW = 1_800_000_000
LIVES = 10
NANO = 10**9
Sessions = async_sessionmaker[AsyncSession]
ROOT = Path(__file__).parents[3]


async def test_killed_at_any_moment(migrated_sqlite: str, migrated_postgres: str, tmp_path: Path) -> None:
    engines = [open_engine(url) for url in (migrated_sqlite, migrated_postgres)]
    plans = []
    for engine in engines:
        plan = await _begin(session_factory(engine), engine, tmp_path / engine.dialect.name)
        plans.append(plan)
        await engine.dispose()
    files = [Path(plan.bank) / "plan.json" for plan in plans]
    command = [sys.executable, "-m", "tests.admin.payments.killed", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: ASYNC221
    assert done.returncode == 0, done.stderr
    for engine, plan in zip(engines, plans, strict=True):
        async with session_factory(engine)() as session:
            await _orders_are_right(session, plan)
            await _refunds_are_right(session, plan)
            await _terms_are_right(session, plan)
            assert (await verify.accounts_page(session, limit=1000)).differences == []
        await engine.dispose()


async def _begin(sessions: Sessions, engine: AsyncEngine, bank: Path) -> Plan:
    """Users who pay for credit, one who has a plan by the month from Stripe, one who has one from the balance."""
    bank.mkdir()
    plan = Plan(engine.url.render_as_string(hide_password=False), str(bank), NOW, LIVES, {}, {}, {}, {})
    async with sessions.begin() as session:
        options = make_services(sessions, BOX).options
        for area in ("payments", "stripe"):
            await options.change(session, areas()[area], OPTIONS[area], "test")
        users = [User(name=f"user-{number}") for number in range(6)]
        offers = [Offered(name=unit, price=NANO, term_unit=unit, quota=NANO) for unit in ("hour", "month")]
        session.add_all([*users, *offers])
        await session.flush()

        async def order(number: str, user: int, **more) -> str:
            given = {"purpose": "topup", "credit": 10 * NANO, "item": "", **more}
            row = await orders.create(
                session, user_id=users[user].id, organisation_id=None, provider="stripe", currency="EUR", amount=1000,
                value=10 * NANO, actor="test", now=NOW, expires_at=NOW + 3600, number=number,
                details={"checkout": {}}, **given,
            )  # fmt: skip
            row.checkout_ref = f"cs_{number}"
            return number

        for number in range(8):
            plan.paid[await order(f"gwpaid{number}", number % 3)] = 1000
        plan.refunded = {f"gwpaid{number}": [300, 250, 450][: number % 3 + 1] for number in range(6)}
        for number in range(2):
            plan.unheard[await order(f"gwunheard{number}", 3)] = 1000
            await order(f"gwunpaid{number}", 3)
        by_stripe = await order("gwplan", 4, purpose="subscription", item=str(offers[1].id), credit=0)
        plan.paid[by_stripe] = 1000
        plan.charged[by_stripe] = ["in_1", "in_2", "in_3"]
        subject = ("user", users[5].id, 0)
        (account,) = (await accounts.ensure(session, [subject], limited=True)).values()
        await entries.post(session, account, 100 * NANO, reason="grant", actor="t", reference="t", now=NOW)
        paid = terms.Payment("balance", "first", "test", NOW)
        row, _ = await terms.begin(session, offers[0], "user", users[5].id, paid, renews=True)
        row.pay_by = "balance"
    (bank / "plan.json").write_bytes(msgspec.json.encode(plan))
    return plan


async def _orders_are_right(session: AsyncSession, plan: Plan) -> None:
    """Each paid order has one credit, one receipt and one event; nothing waits."""
    found = list(await session.scalars(select(Order)))
    renewals = [row for row in found if row.details.get("renewal_of")]
    assert [len(renewals), len(found)] == [3, len(plan.paid) + len(plan.unheard) + 2 + 3]
    states = {row.number: row.state for row in found}
    assert {states[number] for number in plan.unheard} == {"paid"}
    assert {state for number, state in states.items() if number.startswith("gwunpaid")} == {"expired"}
    assert {row.state for row in found if not row.number.startswith("gwunpaid")} <= {"paid", "refunded"}
    credited = Counter({row.number: 0 for row in found if row.purpose == "topup" and row.state != "expired"})
    assert len(credited) == 10
    for entry in await session.scalars(select(Entry).where(Entry.reason == entries.TOPUP)):
        assert entry.amount == 10 * NANO
        credited[entry.reference.removeprefix("order:")] += 1
    assert set(credited.values()) == {1}
    numbers = list(await session.scalars(select(Receipt.number).order_by(Receipt.number)))
    refunds = await session.scalar(select(func.count()).select_from(Refund)) or 0
    assert numbers == [*_series("R", 14), *_series("RC", refunds)]
    assert await session.scalar(select(func.count()).select_from(Event).where(Event.kind == "order.paid")) == 14


def _series(letters: str, count: int) -> list[str]:
    return [f"{letters}2027-{number:06}" for number in range(1, count + 1)]


async def _refunds_are_right(session: AsyncSession, plan: Plan) -> None:
    """None is open; Stripe made each once, and each took its credit once."""
    bank = Bank(plan, deadly=False)
    taken = Counter(
        {row.reference: -row.amount for row in await session.scalars(select(Entry).where(Entry.reason == "refund"))}
    )
    rows = list(await session.scalars(select(Refund)))
    assert 0 < len(rows) <= sum(len(parts) for parts in plan.refunded.values())
    assert taken == {f"refund:{row.number}": row.credit for row in rows}
    assert {row.state for row in rows} == {"done"}
    for order in await session.scalars(select(Order)):
        mine = [row for row in rows if row.order_id == order.id]
        assert sum(row.amount for row in mine) == order.refunded == bank.refunded(order.number)
        assert order.refunded == order.provider_refunded
        assert sum(row.credit for row in mine) == order.credit * order.refunded // 1000


async def _terms_are_right(session: AsyncSession, plan: Plan) -> None:
    """One term for each charge, each behind the last; from the balance as long as time went on."""
    by_stripe, by_balance = await session.scalars(select(Subscription).order_by(Subscription.scope_id))
    for row in (by_stripe, by_balance):
        found = list(
            await session.scalars(
                select(SubscriptionTerm)
                .where(SubscriptionTerm.subscription_id == row.id)
                .order_by(SubscriptionTerm.term)
            )
        )
        assert [term.term for term in found] == list(range(1, len(found) + 1))
        # Renewed late, the next one begins when it is paid: nobody was at work in between.
        assert all(after.starts_at >= term.ends_at for term, after in pairwise(found))
        assert (row.state, row.paid_until) == ("active", found[-1].ends_at)
        if row is by_stripe:
            assert len(found) == 4
            assert all(after.starts_at == term.ends_at for term, after in pairwise(found))
            continue
        assert row.paid_until >= NOW + LIVES * LIFE_S + 7200
        bought = await session.scalars(select(Entry.reference).where(Entry.reason == entries.PURCHASE))
        assert Counter(bought) == Counter(f"subscription:{row.id}:{term.term}" for term in found[1:])
