"""Entries: booked once, never changed, and a limited account gives no more than it has."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.ledger import accounts, entries
from storage.ledger.entries import DifferentEntryError, InsufficientError, UnknownAccountError, post
from storage.ledger.transactions import transact
from tests.storage.ledger.conftest import NOW, Clean, Sessions, count_entries, make_account, state


async def test_booking_changes_the_balance(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 100)
    async with sessions.begin() as session:
        entry, new = await post(
            session, account_id, -30, reason="correction", actor="anna", reference="c1", note="too much", now=NOW
        )
        assert new
    assert await state(sessions, account_id) == (70, 0)
    async with sessions() as session:
        (latest, first) = await entries.list_page(session, account_id)
        assert (latest.id, latest.amount, latest.actor, latest.note, latest.at) == (
            entry.id,
            -30,
            "anna",
            "too much",
            NOW,
        )
        assert first.reason == "grant"
        assert [row.id for row in await entries.list_page(session, account_id, before=latest.id)] == [first.id]
        assert [row.id for row in await entries.list_page(session, account_id, reasons=["grant"])] == [first.id]
    await clean()


async def test_the_same_reference_is_booked_once(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 0)
    for expected in (True, False, False):
        async with sessions.begin() as session:
            _, new = await post(session, account_id, 5, reason="topup", actor="a", reference="payment 1")
            assert new is expected
    with pytest.raises(DifferentEntryError):
        async with sessions.begin() as session:
            await post(session, account_id, 6, reason="topup", actor="a", reference="payment 1")
    async with sessions.begin() as session:
        _, new = await post(session, account_id, 6, reason="refund", actor="a", reference="payment 1")
        assert new, "another reason is another thing"
    assert await state(sessions, account_id) == (11, 0)
    await clean()


async def test_many_at_once_book_one_reference_once(sessions: Sessions, clean: Clean) -> None:
    account_id = await make_account(sessions, 0)

    async def book() -> bool:
        return (await transact(sessions, lambda s: post(s, account_id, 5, reason="topup", actor="a", reference="p")))[1]

    assert sorted(await asyncio.gather(*(book() for _ in range(8)))) == [False] * 7 + [True]
    assert await state(sessions, account_id) == (5, 0)
    await clean()


async def test_a_limited_account_gives_no_more_than_it_has(sessions: Sessions) -> None:
    account_id = await make_account(sessions, 100)
    with pytest.raises(InsufficientError) as caught:
        async with sessions.begin() as session:
            await post(session, account_id, -101, reason="correction", actor="a")
    assert caught.value.missing == 1
    assert await state(sessions, account_id) == (100, 0)
    async with sessions.begin() as session:
        await post(session, account_id, -101, reason="correction", actor="a", overdraw=True)
    assert await state(sessions, account_id) == (-1, 0)


async def test_an_account_without_a_limit_may_fall_below_zero(sessions: Sessions) -> None:
    account_id = await make_account(sessions, 0)
    async with sessions.begin() as session:
        await accounts.set_limited(session, account_id, limited=False)
        await post(session, account_id, -101, reason="correction", actor="a")
    assert await state(sessions, account_id) == (-101, 0)


async def test_what_cannot_be_booked(sessions: Sessions) -> None:
    account_id = await make_account(sessions, 100)
    for wrong, amount, error in ((99, 1, UnknownAccountError), (account_id, 2**62, OverflowError)):
        with pytest.raises(error):
            async with sessions.begin() as session:
                await post(session, wrong, amount, reason="grant", actor="a")
    assert await count_entries(sessions) == 1


@pytest.mark.parametrize("statement", ["UPDATE entries SET amount = 1", "DELETE FROM entries"])
async def test_the_database_refuses_to_change_an_entry(sessions: Sessions, statement: str) -> None:
    account_id = await make_account(sessions, 100)
    with pytest.raises(DBAPIError, match="never changed"):
        async with sessions.begin() as session:
            await session.execute(text(statement))
    async with sessions() as session:
        assert [entry.amount for entry in await entries.list_page(session, account_id)] == [100]


async def test_accounts_are_found_and_listed(sessions: Sessions) -> None:
    user = await make_account(sessions, 3, subject_id=7)
    channel = await make_account(sessions, 4, kind="channel", subject_id=7)
    async with sessions() as session:
        assert [a.id for a in await accounts.list_page(session)] == [user, channel]
        assert [a.id for a in await accounts.list_page(session, after=user)] == [channel]
        assert [a.id for a in await accounts.list_page(session, kind="user")] == [user]
        assert [a.id for a in await accounts.list_page(session, subject_id=8)] == []
        assert {k: a.id for k, a in (await accounts.of(session, "user", [7, 8])).items()} == {7: user}
        assert await accounts.of(session, "user", []) == {}
        assert await accounts.sums(session, "channel") == (1, 4, 0)
        assert await accounts.lock(session, []) == {}
        account = await accounts.get(session, user)
        assert account is not None
        assert account.balance == 3


async def test_many_make_one_account(sessions: Sessions) -> None:
    async def make() -> int:
        subjects = [("user", number, 0) for number in (3, 1, 2)]
        return (await transact(sessions, lambda session: accounts.ensure(session, subjects)))["user", 1, 0]

    assert len(set(await asyncio.gather(*(make() for _ in range(6))))) == 1
    async with sessions() as session:
        assert len(await accounts.list_page(session)) == 3
