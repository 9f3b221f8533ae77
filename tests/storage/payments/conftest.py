"""Owns what the tests of payments share: a migrated SQLite database, orders, what they did to the ledger."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage.database import open_engine, session_factory
from storage.ledger.transactions import transact
from storage.models import Account, Entry, User
from storage.models.order import Order, Receipt
from storage.payments import orders, settling
from storage.payments.fulfilment import By
from storage.payments.states import Kind, Notice

NOW = 1_800_000_000
BY = By("stripe", NOW)
NANO = 10**9
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def one_engine(migrated_sqlite: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(migrated_sqlite)
    yield engine
    await engine.dispose()


@pytest.fixture
def shop(one_engine: AsyncEngine) -> Sessions:
    """Sessions of a database with the tables of payments."""
    return session_factory(one_engine)


async def make_user(sessions: Sessions, name: str = "ann", **fields: Any) -> int:
    async with sessions.begin() as session:
        user = User(name=name, **fields)
        session.add(user)
        await session.flush()
        return user.id


async def make_order(
    sessions: Sessions, user_id: int = 1, amount: int = 1000, credit: int = 10 * NANO, **more: Any
) -> str:
    """A pending order of 10.00 EUR for 10 USD, unless said otherwise; returns its number."""

    async def work(session: AsyncSession) -> str:
        wanted: dict[str, Any] = {
            "purpose": "topup", "user_id": user_id, "organisation_id": None, "provider": "stripe", "currency": "EUR",
            "amount": amount, "value": credit, "credit": credit, "actor": "user:ann", "now": NOW,
            "expires_at": NOW + 3600, "title": "Credit",
        }  # fmt: skip
        return (await orders.create(session, **{**wanted, **more})).number

    return await transact(sessions, work)


async def tell(
    sessions: Sessions, said: Notice, *, by: By = BY, terms: settling.Terms | None = None
) -> settling.Settled:
    """A notification of the provider "stripe"."""
    return await transact(
        sessions, lambda session: settling.notice(session, "stripe", said, by, terms or settling.Terms())
    )


def paid(number: str, event: str = "evt_1", **fields: Any) -> Notice:
    usual = {"payment_ref": "pi_1", "currency": "EUR", "amount": 1000, "total": 1000}
    return Notice(Kind.PAID, event, number, **{**usual, **fields})


async def balance(sessions: Sessions, user_id: int = 1) -> int:
    async with sessions() as session:
        statement = select(Account.balance).where(Account.kind == "user", Account.subject_id == user_id)
        kept = await session.scalar(statement) or 0
        summed = select(func.coalesce(func.sum(Entry.amount), 0)).where(
            Entry.account_id
            == select(Account.id).where(Account.kind == "user", Account.subject_id == user_id).scalar_subquery()
        )
        assert kept == int(await session.scalar(summed) or 0)
        return kept


async def order_of(sessions: Sessions, number: str) -> Order:
    async with sessions() as session:
        found = await orders.find(session, number)
        assert found is not None
        return found


async def receipt_numbers(sessions: Sessions) -> list[str]:
    async with sessions() as session:
        return list(await session.scalars(select(Receipt.number).order_by(Receipt.id)))
