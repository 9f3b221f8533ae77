"""Roll-ups: they equal the sums of the records, whatever came in which batch, also while they are made anew."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage import rollups
from storage.models import Day, DayByModel, HourByKey, Usage
from storage.records import UsageRecord
from storage.repositories.usage_batch import insert_new
from storage.rollups.groups import DAY_US, SUMS, digest
from storage.rollups.tables import ROLLUPS, Rollup

Sessions = async_sessionmaker[AsyncSession]
MakeRecord = Callable[..., UsageRecord]
NOON = 1_763_812_800_000_000


async def settle(sessions: Sessions, records: list[UsageRecord], batch: str) -> None:
    async with sessions.begin() as session:
        await rollups.add(session, await insert_new(session, records, batch))


async def stored(session: AsyncSession, rollup: Rollup) -> dict[Any, Any]:
    rows: Sequence[Any] = (await session.execute(select(rollup.table))).all()
    found = {
        (row.bucket, *(getattr(row, name) for name in rollup.dimensions)): [getattr(row, name) for name in SUMS]
        for row in rows
    }
    assert len(found) == len(rows)
    for row in rows:
        assert row.digest == digest(tuple(getattr(row, name) for name in rollup.dimensions))
    return found


async def summed(session: AsyncSession, rollup: Rollup) -> dict[Any, Any]:
    """The same from the records, without the code under test."""
    found: dict[Any, Any] = {}
    for row in await session.scalars(select(Usage)):
        group = (row.started_at // rollup.unit * rollup.unit, *(getattr(row, name) for name in rollup.dimensions))
        one = [int(getattr(row, name)) if hasattr(row, name) else 1 for name in SUMS]
        one[SUMS.index("first_tokens")] = int(row.first_token_us > 0)
        one[SUMS.index("errors")] = int(row.status >= 400 or row.end != "complete")
        found[group] = [a + b for a, b in zip(found.get(group, [0] * len(SUMS)), one, strict=True)]
    return found


async def check(sessions: Sessions) -> None:
    async with sessions() as session:
        for rollup in ROLLUPS:
            assert await stored(session, rollup) == await summed(session, rollup)


def some(make_record: MakeRecord, first: int, count: int) -> list[UsageRecord]:
    return [
        make_record(
            f"r{number}",
            started_at=NOON + number * 137_000_000,
            user_id=number % 3,
            key_id=number % 4,
            model="ab"[number % 2],
            status=(200, 200, 502)[number % 3],
            group=("", "vip")[number % 2],
            cost=2**40 + number,
            provider_cost=number,
            first_token_us=number % 2 * 1000,
        )
        for number in range(first, first + count)
    ]


async def test_they_equal_the_sums_of_the_records(sessions: Sessions, make_record: MakeRecord) -> None:
    await settle(sessions, [], "none")
    await settle(sessions, some(make_record, 0, 300), "a")
    await settle(sessions, some(make_record, 200, 400), "b")  # a hundred of them again
    await settle(sessions, some(make_record, 0, 600), "c")
    await settle(sessions, [UsageRecord("odd", -5, model="x\0" * 200, cost=2**70, total_us=2**63)], "d")
    await check(sessions)


async def test_absurd_amounts_stop_at_64_bits(sessions: Sessions, make_record: MakeRecord) -> None:
    for batch in range(3):
        await settle(sessions, [make_record(f"r{batch}.{number}", cost=2**70) for number in range(600)], str(batch))
    async with sessions() as session:
        assert (await session.scalars(select(Day.cost))).all() == [2**63 - 1]


async def test_batches_that_settle_at_once_add_up(sessions: Sessions, make_record: MakeRecord) -> None:
    batches = [some(make_record, 50 * number, 100) for number in range(8)]
    await asyncio.gather(*(settle(sessions, batch, str(number)) for number, batch in enumerate(batches)))
    await check(sessions)


async def test_they_are_made_anew_while_others_settle(sessions: Sessions, make_record: MakeRecord) -> None:
    await settle(sessions, some(make_record, 0, 400), "a")
    async with sessions.begin() as session:
        await session.execute(update(HourByKey).values(cost=HourByKey.cost + 1))
        await session.execute(update(DayByModel).values(requests=0))

    async def settle_more() -> None:
        for number in range(10):
            await settle(sessions, some(make_record, 400 + 40 * number, 40), f"b{number}")

    until = NOON + 10 * DAY_US
    rebuilt, *_ = await asyncio.gather(rollups.rebuild(sessions, NOON, until), settle_more())
    assert rebuilt > 0
    await check(sessions)
    async with sessions() as session:
        assert await session.scalar(select(func.sum(Day.requests))) == 800
