"""The verification finds what somebody changed behind the ledger's back, and nothing else."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.ledger import verify
from storage.ledger.transactions import transact, worth_again
from tests.storage.ledger.conftest import Clean, Record, Sessions, differences, make_account
from tests.storage.ledger.test_leases import ask
from tests.storage.ledger.test_settling import book


async def fill(sessions: Sessions, make_record: Record) -> int:
    """Money, leases and three batches; returns the account they are about."""
    for number in range(2, 9):
        await make_account(sessions, number, subject_id=number)
    user = await make_account(sessions, 1000)
    await ask(sessions, "a", (user, 100, 100))
    for batch in range(3):
        records = [
            make_record(
                f"{batch}.{number}", user_id=1, accounts=str(user), replica="a", cost=5, provider_cost=4, channel_id=3,
                started_at=1000 * batch + number,
            )
            for number in range(4)
        ]  # fmt: skip
        await book(sessions, records)
    return user


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE accounts SET balance = balance + 1 WHERE id = {user}", ["balance, against its entries"]),
        (
            "UPDATE accounts SET held = held - 1 WHERE id = {user}",
            ["held, against its entries", "held, against its leases"],
        ),
        ("UPDATE leases SET granted = granted + 7", ["held, against its leases"]),
        ("DELETE FROM leases", ["held, against its leases"]),
        ("UPDATE usage_records SET cost = 6 WHERE request_id = '1.2'", ["entry, against the usage rows"]),
        ("UPDATE usage_records SET provider_cost = 6 WHERE request_id = '1.2'", ["entry, against the usage rows"]),
        (
            "DELETE FROM usage_records WHERE request_id = '1.2'",
            ["usage rows", "entry, against the usage rows", "entry, against the usage rows"],
        ),
        (
            "UPDATE usage_records SET user_id = 77, accounts = '' WHERE request_id = '1.2'",
            ["account of user 77 is missing"],
        ),
    ],
)
async def test_what_was_tampered_with_is_found(
    sessions: Sessions, make_record: Record, clean: Clean, statement: str, found: list[str]
) -> None:
    user = await fill(sessions, make_record)
    await clean()
    async with sessions.begin() as session:
        await session.execute(text(statement.format(user=user)))
    assert [difference.what for difference in await differences(sessions)] == found


async def test_rows_that_retention_removed_are_no_difference(sessions: Sessions, make_record: Record) -> None:
    await fill(sessions, make_record)
    async with sessions.begin() as session:
        await session.execute(text("DELETE FROM usage_records WHERE started_at < 1002"))
    assert await differences(sessions) == []
    async with sessions() as session:
        assert (await verify.batches_page(session)).skipped == 2
        assert (await verify.batches_page(session, after="~")).checked == 0


async def test_pages_follow_each_other(sessions: Sessions, make_record: Record) -> None:
    await fill(sessions, make_record)
    async with sessions() as session:
        first = await verify.accounts_page(session, limit=5)
        assert first.checked == 5
        rest = await verify.accounts_page(session, after=first.next, limit=50)
        assert (first.checked + rest.checked, rest.next) == (9, None)
        half = await verify.batches_page(session, limit=2)
        assert (half.checked, (await verify.batches_page(session, after=half.next, limit=2)).checked) == (2, 1)


class _DriverError(Exception):
    def __init__(self, *arguments: object, sqlstate: str = "") -> None:
        super().__init__(*arguments)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (_DriverError(sqlstate="40P01"), True),
        (_DriverError(sqlstate="40001"), True),
        (_DriverError(sqlstate="23505"), False),
        (_DriverError(1213, "Deadlock found"), True),
        (_DriverError("database is locked"), True),
        (_DriverError("disk I/O error"), False),
    ],
)
async def test_only_what_may_succeed_is_tried_again(sessions: Sessions, error: Exception, again: bool) -> None:
    tries = 0

    async def work(_session: object) -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OperationalError("SELECT 1", {}, error)
        return "done"

    if again:
        assert await transact(sessions, work) == "done"
    else:
        with pytest.raises(OperationalError):
            await transact(sessions, work)
        assert tries == 1
    assert worth_again(OperationalError("SELECT 1", {}, error)) is again
