"""The overview: sums of whole hours and days from roll-ups, for whoever asks as far as they reach."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin.dashboard import period
from storage.models import Channel, Key, Organisation, User
from storage.models.base import now
from storage.records import UsageRecord
from storage.repositories import channel_states, organisations, usage
from storage.rollups.groups import DAY_US, HOUR_US

NOW = 1_800_000_900
"""A quarter past an hour."""


@pytest.fixture
async def filled(world) -> None:
    """Two users, one of them in an organisation; requests of this hour, of yesterday and of the day before."""
    world.now = NOW
    async with world.sessions.begin() as session:
        home = await organisations.create(session, Organisation(name="acme"))
        session.add_all([
            User(id=1, name="ann", organisation_id=home.id), User(id=2, name="bob"),
            Key(id=1, name="app", digest=b"1" * 32, user_id=1), Key(id=2, name="job", digest=b"2" * 32, user_id=2),
            Channel(id=1, name="main", provider="openai", models={}),
            Channel(id=2, name="off", provider="openai", enabled=False, off_by="auto", off_reason="HTTP 401"),
        ])  # fmt: skip
        await channel_states.note(session, 1, tested_at=now(), test_ok=False, test_error="HTTP 500")

        def record(number: int, hours_ago: int, user: int, **more: Any) -> UsageRecord:
            common: dict[str, Any] = {
                "key_id": user, "user_id": user, "organisation_id": home.id if user == 1 else 0, "channel_id": 1,
                "model": "gpt-5" if user == 1 else "o3", "status": 200, "end": "complete", "input_tokens": 100,
                "cached_tokens": 25, "output_tokens": 50, "cost": 10 * user, "provider_cost": 4, "total_us": 500_000,
                "first_token_us": 100_000,
            }  # fmt: skip
            at = (NOW - 60 - hours_ago * 3600) * 1_000_000 + number
            return UsageRecord(f"r{number}", at, **(common | more))

        rows = [record(1, 0, 1), record(2, 0, 2, status=502, end="error"), record(3, 5, 2), record(4, 30, 1)]
        await usage.insert_many(session, rows)


@pytest.mark.usefixtures("filled")
async def test_the_last_day(api) -> None:
    found = (await api.get("/dashboard")).json()
    assert (found["scope"], found["per"]) == ("all", "hour")
    assert (found["now"]["requests"], found["now"]["errors"], found["now"]["error_share"]) == (3, 1, 0.3333)
    assert (found["now"]["cost"], found["now"]["provider_cost"], found["now"]["cache_share"]) == (50, 12, 0.25)
    assert (found["now"]["mean_total_us"], found["now"]["mean_first_token_us"]) == (500_000, 100_000)
    assert found["now"]["tokens_per_second"] == 100.0
    assert (found["before"]["requests"], found["before"]["cost"]) == (1, 10)
    assert [part["requests"] for part in found["series"]] == [1, 2]
    assert [(one["id"], one["name"], one["cost"]) for one in found["top_users"]] == [(2, "bob", 40), (1, "ann", 10)]
    assert [(one["id"], one["name"]) for one in found["top_models"]] == [(None, "o3"), (None, "gpt-5")]
    assert [(one["id"], one["name"], one["requests"]) for one in found["top_channels"]] == [(1, "main", 3)]
    assert found["top_keys"] == []
    health = found["health"]
    assert (health["channels"], health["enabled"], health["off_by_failures"]) == (2, 1, 1)
    assert [(one["name"], one["reason"]) for one in health["failing"]] == [("off", "HTTP 401"), ("main", "HTTP 500")]
    by_requests = (await api.get("/dashboard", params={"order": "requests"})).json()
    assert by_requests["top_users"][0]["name"] == "bob"


@pytest.mark.usefixtures("filled")
async def test_a_month_is_by_day(api) -> None:
    since = datetime.fromtimestamp(NOW, UTC) - timedelta(days=30)
    found = (await api.get("/dashboard", params={"since": since.isoformat()})).json()
    assert (found["per"], found["now"]["requests"], found["before"]["requests"]) == ("day", 4, 0)
    assert sum(part["requests"] for part in found["series"]) == 4


@pytest.mark.usefixtures("filled")
async def test_periods_that_make_no_sense(api, refused) -> None:
    for bad in ({"since": "2027-01-15T00:00:00Z", "until": "2027-01-14T00:00:00Z"}, {"since": "2001-01-01T00:00:00Z"}):
        refused(await api.get("/dashboard", params=bad), 422)
    refused(await api.get("/dashboard", params={"scope": "own"}), 422)  # an operator's token is nobody's
    refused(await api.get("/dashboard", params={"scope": "organisation"}), 422)


def test_whole_hours_and_days() -> None:
    now = NOW * 1_000_000
    asked = period(now - DAY_US, now, now)
    assert (asked.since % HOUR_US, asked.until, asked.per) == (0, None, "hour")
    assert 0 <= (asked.since - asked.before) - (now - asked.since) + HOUR_US // 2 <= HOUR_US
    asked = period(now - 30 * DAY_US, now - 10 * DAY_US, now)
    assert asked.until is not None
    assert (asked.since % DAY_US, asked.until % HOUR_US, asked.before % HOUR_US, asked.per) == (0, 0, 0, "day")
