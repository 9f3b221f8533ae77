"""How well models work, for everybody: uptime and speed, nothing of channels, nothing of few requests."""

from typing import Any

import pytest

from admin import service_levels
from admin.service_levels import level_of
from storage.records import UsageRecord
from storage.repositories import usage
from storage.repositories.service_levels import Level
from storage.rollups.groups import HOUR_US

NOW = 500_000 * HOUR_US + 5


def level(hours_ago: int, requests: int, faults: int = 0) -> Level:
    hour = NOW - NOW % HOUR_US - hours_ago * HOUR_US
    return Level("m", hour, requests, faults, 50 * requests, 500_000 * requests, requests, 120_000 * requests)


def test_of_one_model() -> None:
    found = level_of([level(100, 1000, 500), level(5, 100, 0), level(0, 100, 50)], NOW)
    assert (found.state, found.uptime_day, found.uptime_week) == ("down", 0.75, 0.5417)
    assert (found.first_token_ms, found.tokens_per_second) == (120, 100.0)
    assert [one.uptime for one in found.hours if one.uptime is not None] == [1.0, 0.5]
    assert len(found.hours) == 24
    assert level_of([level(0, 1000, 20)], NOW).state == "degraded"
    assert level_of([level(0, 1000, 1)], NOW).state == "ok"


def test_few_requests_say_nothing() -> None:
    found = level_of([level(0, service_levels.LEAST - 1, 1)], NOW)
    assert (found.state, found.uptime_day, found.first_token_ms, found.tokens_per_second) == (
        "unknown",
        None,
        None,
        None,
    )


@pytest.fixture
async def asked(world, api, make_channel) -> None:
    await make_channel("secret-channel", models={"gpt-5": "", "hidden-1": "", "quiet": ""})
    await api.post("/models", json={"name": "hidden-1", "visibility": "hidden"})
    await api.post("/models", json={"name": "gpt-5", "visibility": "public", "aliases": ["five"]})
    common: dict[str, Any] = {
        "model": "gpt-5",
        "channel_id": 1,
        "provider": "openai",
        "output_tokens": 10,
        "total_us": 10**5,
    }
    rows = [
        UsageRecord(f"r{number}", world.now * 1_000_000 - number, status=200, end="complete", **common)
        for number in range(19)
    ]
    rows.append(UsageRecord("bad", world.now * 1_000_000, status=502, end="upstream_error", **common))
    rows += [
        UsageRecord(f"own{number}", world.now * 1_000_000, status=400, end="rejected", **common) for number in range(20)
    ]
    async with world.sessions.begin() as session:
        await usage.insert_many(session, rows)


@pytest.mark.usefixtures("asked")
async def test_for_everybody(anyone, api, refused) -> None:
    refused(await anyone.get("/api/v1/public/status"), 404)
    await api.patch("/settings/console", json={"public_status": True})
    answer = await anyone.get("/api/v1/public/status")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    models = {one["name"]: one for one in found["models"]}
    assert set(models) == {"gpt-5", "quiet"}
    # The client's own errors are nobody's fault here.
    assert (models["gpt-5"]["uptime_day"], models["gpt-5"]["tokens_per_second"]) == (0.975, 100.0)
    assert (found["state"], models["quiet"]["state"]) == ("degraded", "unknown")
    for word in ("secret-channel", "openai", "requests"):
        assert word not in answer.text


@pytest.mark.usefixtures("asked")
async def test_beside_the_prices(anyone, api) -> None:
    await api.patch("/settings/models", json={"public_list": True})
    found = (await anyone.get("/api/v1/public/models")).json()["models"]
    assert {one["level"] for one in found} == {None}
    await api.patch("/settings/console", json={"public_status": True})
    found = {one["name"]: one for one in (await anyone.get("/api/v1/public/models")).json()["models"]}
    assert found["five"]["level"] == found["gpt-5"]["level"]
    assert found["gpt-5"]["level"]["uptime_day"] == 0.975
    offered = (await api.get("/models/offered")).json()["models"]
    assert any(one["level"] for one in offered)
