"""Searching usage: whatever is asked, the answer is what a scan of everything would give, in pages without gaps."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.records import UsageRecord
from storage.repositories import captures, failed_requests, usage, usage_search
from storage.repositories.captures import CaptureData
from storage.repositories.usage_search import Sort, TooManyError, Wanted, search
from storage.retention import Retention, maintain
from storage.rollups.groups import DAY_US, HOUR_US

Sessions = async_sessionmaker[AsyncSession]
MakeRecord = Callable[..., UsageRecord]
START = 20_000 * DAY_US


def world(make_record: MakeRecord) -> list[UsageRecord]:
    pick = random.Random(5)
    found = []
    for number in range(300):
        status, end = pick.choice([(200, "complete")] * 4 + [(429, "rejected"), (200, "client_gone")])
        text = f"Channel {number % 3} said 100% no_thing." if status != 200 else ""
        found.append(
            make_record(
                f"r{number:03}",
                started_at=START
                + pick.choice([0, 1, 2, 30]) * DAY_US
                + pick.randrange(4) * HOUR_US
                + pick.randrange(9),
                key_id=pick.choice([1, 1, 2]),
                user_id=pick.choice([5, 6]),
                organisation_id=pick.choice([7, 8]),
                group=pick.choice(["default", "vip"]),
                model=pick.choice("aaab"),
                channel_id=pick.choice([1, 2]),
                status=status,
                end=end,
                error="rate_limit" if text else "",
                error_text=text,
                cost=pick.randrange(50),
                client_ip=pick.choice(["10.0.0.1", "10.0.0.2"]),
                stream=pick.choice([True, False]),
            )
        )
    return found


def matches(record: UsageRecord, wanted: dict[str, Any]) -> bool:
    well = record.status < 400 and record.end == "complete"
    for name, value in wanted.items():
        if name == "since":
            found = record.started_at >= value
        elif name == "until":
            found = record.started_at < value
        elif name == "failed":
            found = well is not value
        elif name == "text":
            found = not well and value.lower() in f"{record.error_text}\n{record.error}".lower()
        else:
            found = getattr(record, name) == value
        if not found:
            return False
    return True


QUESTIONS: list[dict[str, Any]] = [
    {},
    {"key_id": 1},
    {"organisation_id": 7},
    {"group": "vip"},
    {"group": "gone"},
    {"key_id": 1, "model": "b"},
    {"key_id": 2, "model": "b", "failed": False},
    {"channel_id": 2, "group": "vip", "failed": False},
    {"since": START + DAY_US + HOUR_US + 3, "until": START + 2 * DAY_US + 2 * HOUR_US + 4},
    {"since": START + DAY_US + HOUR_US + 3, "until": START + 2 * DAY_US + HOUR_US, "model": "a", "channel_id": 1},
    {"failed": True},
    {"failed": True, "user_id": 6},
    {"failed": True, "client_ip": "10.0.0.2"},
    {"status": 429},
    {"status": 200, "key_id": 2},
    {"end": "client_gone", "organisation_id": 8},
    {"text": "CHANNEL 2"},
    {"text": "rate_lim", "since": START + 2 * DAY_US},
    {"text": "100% no_"},
    {"text": "100%no"},
    {"text": "channel 1", "stream": False},
    {"client_ip": "10.0.0.1"},
    {"client_ip": "10.0.0.1", "model": "b", "group": "vip"},
    {"stream": False, "since": START + 30 * DAY_US},
]


async def test_every_question_in_every_order(sessions: Sessions, make_record: MakeRecord) -> None:
    records = world(make_record)
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
    async with sessions() as session:
        for number, wanted in enumerate(QUESTIONS):
            orders: list[tuple[Sort, bool]] = [("started_at", True), ("started_at", False), ("cost", number % 2 == 0)]
            for sort, descending in orders:
                expected = sorted(
                    ((getattr(record, sort), record.request_id) for record in records if matches(record, wanted)),
                    reverse=descending,
                )
                limit = (300, 7, 60)[number % 3]
                seen: list[tuple[int, str]] = []
                behind = None
                while page := await search(
                    session,
                    Wanted(**wanted),
                    limit=limit,
                    sort=sort,
                    descending=descending,
                    behind=behind,
                ):
                    seen += [(getattr(row, sort), row.request_id) for row in page]
                    behind = seen[-1]
                assert seen == expected, (wanted, sort, descending)


async def test_what_no_index_helps_with_is_bounded(
    sessions: Sessions, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sessions.begin() as session:
        await usage.insert_many(session, [make_record(f"r{number}", started_at=START + number) for number in range(9)])
    monkeypatch.setattr(usage_search, "MOST_LOOKED_THROUGH", 8)
    async with sessions() as session:
        for wanted, sort in (
            (Wanted(client_ip="x"), "started_at"),
            (Wanted(), "cost"),
            (Wanted(failed=True), "total_us"),
        ):
            with pytest.raises(TooManyError) as caught:
                await search(session, wanted, limit=5, sort=sort)  # type: ignore[arg-type]
            assert caught.value.requests == 9
        assert await search(session, Wanted(client_ip="x", since=START + DAY_US), limit=5) == []
        assert len(await search(session, Wanted(key_id=12), limit=5)) == 5


async def test_an_entry_among_the_failures_may_outlive_its_row(sessions: Sessions, make_record: MakeRecord) -> None:
    record = make_record("r1", status=502, started_at=START)
    async with sessions.begin() as session:
        await failed_requests.add(session, [record])
        assert await search(session, Wanted(failed=True), limit=5) == []
    async with sessions.begin() as session:  # and does not keep the row from coming again
        await usage.insert_many(session, [record])
    async with sessions() as session:
        assert [row.request_id for row in await search(session, Wanted(failed=True), limit=5)] == ["r1"]


async def test_failures_and_captures_end_with_their_time(sessions: Sessions, make_record: MakeRecord) -> None:
    now = START // 1_000_000
    records = [make_record(f"r{day}", status=500, started_at=START - day * DAY_US) for day in range(4)]
    rows = [
        CaptureData(
            request_id=f"r{number}", started_at=START, key_id=1, user_id=0, organisation_id=0, rule_id=1,
            request_bytes=1, response_bytes=2, size=3, expires_at=now + number - 1, sealed=b"x" * 100_000,
        )
        for number in range(4)
    ]  # fmt: skip
    async with sessions.begin() as session:
        await usage.insert_many(session, records)
        await captures.insert(session, rows)
        await captures.insert(session, rows[:1])
        assert await captures.among(session, ["r0", "r2", "r9"], now) == {"r2"}
        assert await captures.get(session, "r1", now) is None
        found = await captures.get(session, "r2", now)
        assert found is not None
        assert len(found.sealed) == 100_000
    done = await maintain(sessions, Retention(usage_days=2), float(now))
    assert (done.failures_deleted, done.captures_deleted) == (1, 2)
    async with sessions() as session:
        assert len(await search(session, Wanted(failed=True), limit=9)) == 3
        assert await captures.among(session, ["r0", "r1", "r2", "r3"], 0) == {"r2", "r3"}
