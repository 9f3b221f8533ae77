"""Usage: records come back exactly, once each; lists page without gaps."""

import asyncio
from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage import rollups
from storage.models import Usage
from storage.records import FIELDS, UsageRecord
from storage.repositories import usage
from storage.repositories.usage_batch import insert_new
from storage.repositories.usage_search import Wanted, search
from storage.rollups.groups import DAY_US

Sessions = async_sessionmaker[AsyncSession]
MakeRecord = Callable[..., UsageRecord]
START = 20_000 * DAY_US


def as_record(row: Usage) -> UsageRecord:
    return UsageRecord(*(getattr(row, name) for name in FIELDS))


async def test_a_record_comes_back_field_by_field(sessions: Sessions, make_record: MakeRecord) -> None:
    full = make_record(
        "r1", error="x", cache_write_tokens=3, reasoning_tokens=4, attempt_log='[[1,"ok",5]]', cost=2**53
    )
    bare = UsageRecord("r2", 0)
    async with sessions.begin() as session:
        await usage.insert_many(session, [full, bare])
        await usage.insert_many(session, [])
    async with sessions() as session:
        for record in (full, bare):
            row = await usage.get(session, record.request_id)
            assert row is not None
            assert as_record(row) == record
        assert await usage.get(session, "r3") is None


async def test_a_record_is_stored_once_whatever_comes_again(sessions: Sessions, make_record: MakeRecord) -> None:
    first = [make_record(f"r{number}") for number in range(3)]
    again = [make_record(f"r{number}", cost=1) for number in range(5)]
    async with sessions.begin() as session:
        await usage.insert_many(session, [*first, *first])
    async with sessions.begin() as session:
        await usage.insert_many(session, again)
    async with sessions() as session:
        rows = await search(session, Wanted(), limit=100)
    assert {row.request_id: row.cost for row in rows} == {"r0": 517_800, "r1": 517_800, "r2": 517_800, "r3": 1, "r4": 1}


async def test_new_records_come_back_once(sessions: Sessions, make_record: MakeRecord) -> None:
    first = [make_record(f"r{number}") for number in range(3)]
    more = [make_record("r1", cost=1), make_record("r3"), make_record("r3", cost=2), make_record("r4")]
    async with sessions.begin() as session:
        assert await insert_new(session, [], "a") == []
        assert await insert_new(session, first, "a") == first
        assert await insert_new(session, more, "b") == [more[1], more[3]]
    async with sessions.begin() as session:
        assert await insert_new(session, [*first, *more], "b") == []
    async with sessions() as session:
        rows = await search(session, Wanted(), limit=100)
    assert {row.request_id: row.batch for row in rows} == {"r0": "a", "r1": "a", "r2": "a", "r3": "b", "r4": "b"}


async def test_a_batch_is_few_statements(engine: AsyncEngine, sessions: Sessions, make_record: MakeRecord) -> None:
    statements: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    records = [make_record(f"r{number}") for number in range(500)]
    async with sessions.begin() as session:
        assert await insert_new(session, records, "a") == records
    # PostgreSQL has a COPY of the driver between its two, the others have to ask which rows are new.
    assert len(statements) == (2 if engine.dialect.name == "postgresql" else 3)
    async with sessions() as session:
        assert len(await search(session, Wanted(), limit=1000)) == 500


async def test_two_that_insert_the_same_at_once_share_it(sessions: Sessions, make_record: MakeRecord) -> None:
    records = [make_record(f"r{number}") for number in range(100)]

    async def settle(batch: str) -> int:
        async with sessions.begin() as session:
            return len(await insert_new(session, records, batch))

    assert sorted(await asyncio.gather(*(settle(str(number)) for number in range(4)))) == [0, 0, 0, 100]


async def test_no_record_is_refused_by_the_database(sessions: Sessions, make_record: MakeRecord) -> None:
    odd = make_record(
        "r1",
        model="a\0b" + "m" * 1000,
        finish_reason="\0",
        attempt_log="\0" * 10,
        input_tokens=2**63 - 1,
        output_tokens=-5,
        cost=2**70,
        status=10**12,
        total_us=2**64,
        client_ip="ü" * 500,
        error="\U0001f600" * 100,
    )
    async with sessions.begin() as session:
        stored, _ = await insert_new(session, [odd, make_record("r2")], "a")
        await rollups.add(session, [stored])
    async with sessions() as session:
        row = await usage.get(session, "r1")
        assert row is not None
        assert as_record(row) == stored
        assert row.model == "a\N{REPLACEMENT CHARACTER}b" + "m" * 252
        assert (row.input_tokens, row.output_tokens, row.status) == (2**31 - 1, 0, 2**31 - 1)
        assert (row.cost, row.total_us) == (2**53, 2**42)
        assert len(await search(session, Wanted(), limit=100)) == 2
