"""Owns what the ledger's tests share: accounts with money in them, and the rules that must hold at every moment."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.ledger import accounts, entries, verify
from storage.ledger.transactions import transact
from storage.models import Account, Entry

NOW = 1_800_000_000

Sessions = async_sessionmaker[AsyncSession]


async def make_account(sessions: Sessions, amount: int, *, kind: str = "user", subject_id: int = 1) -> int:
    """A limited account with that balance."""

    async def work(session: AsyncSession) -> int:
        ids = await accounts.ensure(session, [(kind, subject_id, 0)], limited=True)
        (account_id,) = ids.values()
        if amount:
            await entries.post(session, account_id, amount, reason="grant", actor="test", reference="start", now=NOW)
        return account_id

    return await transact(sessions, work)


async def state(sessions: Sessions, account_id: int) -> tuple[int, int]:
    """(balance, held) as the database keeps them."""
    async with sessions() as session:
        account = await session.get(Account, account_id)
        assert account is not None
        return account.balance, account.held


async def count_entries(sessions: Sessions, reason: str | None = None) -> int:
    """How many entries there are."""
    statement = select(func.count()).select_from(Entry)
    async with sessions() as session:
        return await session.scalar(statement if reason is None else statement.where(Entry.reason == reason)) or 0


async def differences(sessions: Sessions, limit: int = 3) -> list[verify.Difference]:
    """What the verification finds, in all accounts and batches, in pages of `limit`."""
    found: list[verify.Difference] = []
    for page_of in (verify.accounts_page, verify.batches_page):
        after = None
        while True:
            async with sessions() as session:
                page = await page_of(session, after=after, limit=limit)
            found += page.differences
            after = page.next
            if after is None:
                break
    return found


@pytest.fixture
def clean(sessions: Sessions) -> Callable[[], Awaitable[None]]:
    """A function that asserts that the verification finds nothing and that no limited account is overdrawn."""

    async def check() -> None:
        assert await differences(sessions) == []
        async with sessions() as session:
            for account in await session.scalars(select(Account).where(Account.limited)):
                assert account.balance - account.held >= 0
                assert account.held >= 0

    return check


Clean = Callable[[], Awaitable[None]]
Record = Callable[..., Any]
