"""Sums of usage are exact, whatever part of the time is asked for and wherever they come from."""

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.models import Usage
from storage.records import UsageRecord
from storage.repositories import usage
from storage.repositories.usage_totals import GroupBy, UsageTotals, spans, totals
from storage.rollups.groups import DAY_US, HOUR_US
from storage.rollups.tables import ROLLUPS, answering

Sessions = async_sessionmaker[AsyncSession]
MakeRecord = Callable[..., UsageRecord]
START = 20_000 * DAY_US
RECORDS = Usage.__table__

GROUPS: dict[GroupBy | None, Callable[[UsageRecord], Any]] = {
    None: lambda _record: "",
    "key_id": lambda record: record.key_id,
    "user_id": lambda record: record.user_id,
    "organisation_id": lambda record: record.organisation_id,
    "group": lambda record: record.group,
    "channel_id": lambda record: record.channel_id,
    "provider": lambda record: record.provider,
    "model": lambda record: record.model,
    "operation": lambda record: record.operation,
    "status": lambda record: record.status,
    "end": lambda record: record.end,
    "day": lambda record: record.started_at // DAY_US * DAY_US,
    "hour": lambda record: record.started_at // HOUR_US * HOUR_US,
}


def expected(records: list[UsageRecord], group_by: GroupBy | None) -> list[UsageTotals]:
    groups: dict[Any, list[UsageRecord]] = defaultdict(list)
    for record in records:
        groups[GROUPS[group_by](record)].append(record)
    if group_by is None:
        groups[""] = records
    return [
        UsageTotals(
            group=group,
            requests=len(found),
            errors=sum(record.status >= 400 or record.end != "complete" for record in found),
            first_tokens=sum(record.first_token_us > 0 for record in found),
            **{
                name: sum(getattr(record, name) for record in found)
                for name in UsageTotals.__struct_fields__
                if name not in {"group", "bucket", "requests", "errors", "first_tokens"}
            },
        )
        for group, found in sorted(groups.items())
    ]


def some(make_record: MakeRecord, count: int) -> list[UsageRecord]:
    pick = random.Random(7)
    return [
        make_record(
            f"r{number}",
            # Many exactly at the edges of hours and days.
            started_at=START + pick.choice([pick.randrange(4 * DAY_US), pick.randrange(96) * HOUR_US]),
            key_id=pick.randrange(4),
            user_id=pick.randrange(3),
            organisation_id=pick.randrange(2),
            group=pick.choice(["", "vip"]),
            channel_id=pick.randrange(3),
            provider=pick.choice(["openai", "anthropic"]),
            model=pick.choice("abc"),
            operation=pick.choice(["chat", "embeddings"]),
            status=pick.choice([200, 200, 429, 502]),
            end=pick.choice(["complete", "complete", "client_gone"]),
            cost=pick.randrange(2**52),
            provider_cost=pick.randrange(1000),
            first_token_us=pick.choice([0, 1000]),
        )
        for number in range(count)
    ]


async def test_sums_equal_those_of_the_records(sessions: Sessions, make_record: MakeRecord) -> None:
    records = some(make_record, 400)
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
    pick = random.Random(11)
    edges = [None, START, START + HOUR_US, START + DAY_US, START + 2 * DAY_US, START + 2 * DAY_US + HOUR_US]
    async with sessions() as session:
        for _ in range(25):
            since, until = (
                pick.choice([*edges, START + pick.randrange(4 * DAY_US), START + pick.randrange(4 * DAY_US)])
                for _ in range(2)
            )
            filters: dict[str, Any] = pick.choice([{}, {"key_id": 1}, {"user_id": 2, "model": "b"}, {"group": ""}])
            matching = [
                record
                for record in records
                if (since is None or since <= record.started_at)
                and (until is None or record.started_at < until)
                and all(getattr(record, name) == value for name, value in filters.items())
            ]
            for group_by in GROUPS:
                found = await totals(session, since=since, until=until, group_by=group_by, **filters)
                assert sorted(found, key=lambda row: row.group) == expected(matching, group_by)


async def test_the_largest_come_first(sessions: Sessions, make_record: MakeRecord) -> None:
    records = [make_record(f"r{number}", model=f"m{number % 4}", cost=number) for number in range(18)]
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
    async with sessions() as session:
        by_cost = await totals(session, group_by="model", order_by="cost", limit=2)
        by_requests = await totals(session, group_by="model", order_by="requests", limit=3)
    assert [(row.group, row.cost) for row in by_cost] == [("m1", 45), ("m0", 40)]
    assert [(row.group, row.requests) for row in by_requests] == [("m0", 5), ("m1", 5), ("m2", 4)]


async def test_whole_days_are_read_from_the_rollups_alone(sessions: Sessions, make_record: MakeRecord) -> None:
    records = some(make_record, 100)
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
        await session.execute(delete(Usage))
    async with sessions() as session:
        for since, until in ((None, None), (START + DAY_US, START + 2 * DAY_US), (START + HOUR_US, None)):
            found = [
                record
                for record in records
                if (since or 0) <= record.started_at and (until is None or record.started_at < until)
            ]
            assert await totals(session, since=since, until=until) == expected(found, None)


async def test_nothing_matches(sessions: Sessions) -> None:
    async with sessions() as session:
        for since, until in ((None, None), (5, 5), (9, 3), (5 * DAY_US, None)):
            (none,) = await totals(session, since=since, until=until)
            assert none == expected([], None)[0]
            assert await totals(session, since=since, until=until, group_by="end") == []


D, H = DAY_US, HOUR_US
R, DAYS, HOURS = RECORDS, ROLLUPS[-1].table, ROLLUPS[0].table


@pytest.mark.parametrize(
    ("since", "until", "both", "hours"),
    [
        (None, None, [(DAYS, None, None)], [(HOURS, None, None)]),
        (D, 3 * D, [(DAYS, D, 3 * D)], [(HOURS, D, 3 * D)]),
        (5, 9, [(R, 5, 9)], [(R, 5, 9)]),
        (H - 1, H + 1, [(R, H - 1, H + 1)], [(R, H - 1, H + 1)]),
        (H, 2 * H, [(HOURS, H, 2 * H)], [(HOURS, H, 2 * H)]),
        (D + H, None, [(HOURS, D + H, 2 * D), (DAYS, 2 * D, None)], [(HOURS, D + H, None)]),
        (
            D - H - 1,
            2 * D + H + 1,
            [(R, D - H - 1, D - H), (HOURS, D - H, D), (DAYS, D, 2 * D), (HOURS, 2 * D, 2 * D + H),
             (R, 2 * D + H, 2 * D + H + 1)],
            [(R, D - H - 1, D - H), (HOURS, D - H, 2 * D + H), (R, 2 * D + H, 2 * D + H + 1)],
        ),
        (None, D + 1, [(DAYS, None, D), (R, D, D + 1)], [(HOURS, None, D), (R, D, D + 1)]),
        (9, 9, [], []),
    ],
)  # fmt: skip
def test_the_largest_whole_units_are_read(since: int, until: int, both: list[Any], hours: list[Any]) -> None:
    assert spans(since, until, HOURS, DAYS) == both
    assert spans(since, until, HOURS, None) == hours
    assert spans(since, until, None, None) == ([(R, since, until)] if since != 9 else [])


def test_the_smallest_rollup_answers() -> None:
    def of(unit: int, *dimensions: str) -> str | None:
        table = answering(unit, dimensions)
        return None if table is None else table.name

    assert (of(H), of(D)) == ("usage_hourly_models", "usage_daily_models")
    assert (of(H, "key_id"), of(D, "user_id", "key_id")) == ("usage_hourly_keys", "usage_daily_keys")
    assert (of(H, "model", "status"), of(D, "group")) == ("usage_hourly_models", "usage_daily_models")
    assert (of(H, "model", "key_id"), of(D, "model", "key_id")) == (None, "usage_daily")


async def test_parts_of_a_day_come_from_the_records_where_both_matter(
    sessions: Sessions, make_record: MakeRecord
) -> None:
    records = [make_record(f"r{number}", started_at=START + number * HOUR_US // 2) for number in range(200)]
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
    since, until = START + 5 * HOUR_US, START + 3 * DAY_US + HOUR_US
    async with sessions() as session:
        found = await totals(session, since=since, until=until, group_by="key_id", model="gpt-4o-mini")
        hours = await totals(session, since=since, until=until, group_by="hour", model="gpt-4o-mini", key_id=12)
    matching = [record for record in records if since <= record.started_at < until]
    assert found == expected(matching, "key_id")
    assert hours == expected(matching, "hour")


async def test_sums_by_time_and_group(sessions: Sessions, make_record: MakeRecord) -> None:
    """The same as adding up by hand, from roll-ups and from records alike."""
    pick = random.Random(9)
    records = [
        make_record(
            f"t{number}",
            started_at=20_000 * DAY_US + pick.randrange(50) * HOUR_US + pick.randrange(HOUR_US),
            key_id=pick.choice([1, 2]),
            user_id=pick.choice([5, 6]),
            model=pick.choice("ab"),
            status=pick.choice([200, 500]),
        )
        for number in range(150)
    ]
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
    since, until = 20_000 * DAY_US + HOUR_US // 2, 20_002 * DAY_US
    async with sessions() as session:
        for per, unit in (("hour", HOUR_US), ("day", DAY_US)):
            for group_by in (None, "model", "key_id", "status"):
                for user_id in (None, 5):
                    expected: dict[tuple[int, Any], int] = {}
                    for record in records:
                        if since <= record.started_at < until and user_id in (None, record.user_id):
                            at = record.started_at - record.started_at % unit
                            group = getattr(record, group_by) if group_by else ""
                            expected[at, group] = expected.get((at, group), 0) + 1
                    rows = await totals(
                        session,
                        since=since,
                        until=until,
                        group_by=group_by,
                        per=per,  # type: ignore[arg-type]  # one of both, as the loop says
                        user_id=user_id,
                    )
                    assert [((row.bucket, row.group), row.requests) for row in rows] == sorted(expected.items())
