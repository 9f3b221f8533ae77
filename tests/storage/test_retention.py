"""Partitions and retention: rows find their partition, expired ones go, nothing else does."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage import partitions, retention
from storage.models import Day, HourByModel, Usage
from storage.partitions import Partition, ensure_partitions, list_partitions
from storage.records import UsageRecord
from storage.repositories import usage
from storage.repositories.usage_search import Wanted, search
from storage.retention import Retention, maintain

Sessions = async_sessionmaker[AsyncSession]
MakeRecord = Callable[..., UsageRecord]
DAY = 86_400_000_000


def micros(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp()) * 1_000_000  # type: ignore[arg-type, misc]


async def place(sessions: Sessions, request_id: str) -> str:
    async with sessions() as session:
        found = await session.scalar(
            text("SELECT tableoid::regclass::text FROM usage_records WHERE request_id = :id"), {"id": request_id}
        )
    return str(found)


@pytest.fixture
def on_postgres(engine: AsyncEngine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL has partitions")


@pytest.mark.usefixtures("on_postgres")
async def test_there_are_partitions_from_the_start(sessions: Sessions, make_record: MakeRecord) -> None:
    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    async with sessions.begin() as session:
        found = await list_partitions(session)
        assert len(found) == 2
        begin = found[0].first
        assert begin is not None
        # Not now: near its end the month after the next is needed too, which is made by whoever keeps the partitions.
        assert await ensure_partitions(session, begin) == []
        await usage.insert_many(session, [make_record("now", started_at=begin), make_record("old", started_at=5)])
    assert begin <= now < found[1].end, "the month may have turned since it was migrated"
    assert found[0].end == found[1].first
    assert await place(sessions, "now") == found[0].name
    assert await place(sessions, "old") == partitions.DEFAULT


@pytest.mark.usefixtures("on_postgres")
async def test_partitions_are_made_ahead_and_take_what_waited(sessions: Sessions, make_record: MakeRecord) -> None:
    start, later = micros(2040, 1, 31, 23), micros(2040, 3, 2)
    async with sessions.begin() as session:
        await usage.insert_many(session, [make_record("a", started_at=start), make_record("b", started_at=later)])
    async with sessions.begin() as session:
        made = await ensure_partitions(session, start)
        assert await ensure_partitions(session, start) == []
    assert made == [
        "usage_records_20400101_20400201",
        "usage_records_20400201_20400301",
        "usage_records_20400301_20400401",
    ]
    assert [await place(sessions, name) for name in "ab"] == [made[0], made[2]]
    # Days, where months were so far: the months that are there stay.
    async with sessions.begin() as session:
        daily = await ensure_partitions(session, micros(2040, 3, 28), daily=True)
    assert daily[0] == "usage_records_20400401_20400402"
    assert len(daily) == 3
    async with sessions.begin() as session:
        await usage.insert_many(session, [make_record("a", started_at=start)])
    async with sessions() as session:
        assert len(await search(session, Wanted(), limit=100)) == 2


@pytest.mark.usefixtures("on_postgres")
async def test_two_may_make_partitions_at_once(sessions: Sessions, make_record: MakeRecord) -> None:
    start = micros(2041, 5, 5)

    async def ensure() -> int:
        async with sessions.begin() as session:
            return len(await ensure_partitions(session, start))

    async def insert(number: int) -> None:
        for _ in range(2):
            try:
                async with sessions.begin() as session:
                    await usage.insert_many(session, [make_record(f"r{number}", started_at=start + number)])
                return
            except IntegrityError:
                continue  # it was on its way into the default partition: see storage/partitions.py

    await insert(0)
    made = await asyncio.gather(ensure(), insert(1), ensure(), insert(2), ensure())
    assert sorted(count for count in made if count is not None) == [0, 0, 2]
    assert [await place(sessions, f"r{number}") for number in range(3)] == ["usage_records_20410501_20410601"] * 3


async def test_elsewhere_there_are_none(engine: AsyncEngine, sessions: Sessions) -> None:
    if engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL has partitions")
    async with sessions.begin() as session:
        assert await ensure_partitions(session, 0) == []
        assert await list_partitions(session) == []


def test_gaps_are_filled_between_what_is_there() -> None:
    def gaps(existing: list[Partition], now: int, until: int, *, daily: bool) -> list[tuple[int, int]]:
        return list(partitions._gaps(existing, now, until, daily=daily))

    january, february, march = micros(2030, 1, 1), micros(2030, 2, 1), micros(2030, 3, 1)
    assert gaps([], february + 5, march, daily=False) == [(february, march)]
    assert gaps([Partition(february, None, "")], january, february, daily=False) == []
    existing = [Partition(february, january, ""), Partition(march, micros(2030, 2, 3), "")]
    assert gaps(existing, january + 1, march, daily=False) == [(february, micros(2030, 2, 3))]
    assert gaps(existing, january + 1, march, daily=True) == [
        (february, micros(2030, 2, 2)),
        (micros(2030, 2, 2), micros(2030, 2, 3)),
    ]
    december = micros(2029, 12, 5)
    assert gaps([], december, december + 1, daily=False) == [(micros(2029, 12, 1), january)]


async def test_what_has_expired_goes(
    sessions: Sessions, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    now = micros(2040, 6, 15, 12)
    async with sessions.begin() as session:
        for month in (1, 3, 5):
            await ensure_partitions(session, micros(2040, month, 1))
    ages = [0, 1, 89, 91, 150, 150, 150, 150, 150, 160, 5000]
    records = [make_record(f"r{number}.{age}", started_at=now - age * DAY) for number, age in enumerate(ages)]
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
    forever = await maintain(sessions, Retention(), now / 1e6)
    assert (forever.partitions_dropped, forever.records_deleted, forever.rollups_deleted) == ([], 0, 0)
    done = await maintain(sessions, Retention(usage_days=90, rollup_days=2000), now / 1e6)
    async with sessions() as session:
        left = {int(row.request_id.split(".")[1]) for row in await search(session, Wanted(), limit=100)}
        days = await session.scalar(select(func.sum(Day.requests)))
        hours = await session.scalar(select(func.sum(HourByModel.requests)))
        postgres = session.get_bind().dialect.name == "postgresql"
    assert (days, hours) == (10, 10)
    assert (
        done.rollups_deleted == 5 + 3 * 2
    )  # one in each table of sums; whole and first token in each of slots of time
    if postgres:
        # March, in which the record of 91 days ago is, has not expired as a whole.
        assert left == {0, 1, 89, 91}
        assert [name[14:] for name in done.partitions_dropped][-2:] == ["20400101_20400201", "20400201_20400301"]
        assert done.records_deleted == 1
    else:
        assert left == {0, 1, 89}
        assert done.records_deleted == 8
    again = await maintain(sessions, Retention(usage_days=90, rollup_days=2000), now / 1e6)
    assert (again.partitions_made, again.partitions_dropped, again.records_deleted) == ([], [], 0)


async def test_many_records_of_one_moment_go_at_once(
    sessions: Sessions, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    async with sessions.begin() as session:
        await usage.insert_many(session, [make_record(f"r{number}", started_at=7) for number in range(9)])
    done = await maintain(sessions, Retention(usage_days=1), 86_401 * 2)
    assert done.records_deleted == 9
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Usage)) == 0
