"""How many there are of each value of a filter."""

import pytest

from storage.models import Channel
from storage.records import UsageRecord
from storage.repositories import usage

START = 20_500 * 86_400_000_000


@pytest.fixture
async def filled(world) -> None:
    async with world.sessions.begin() as session:
        session.add_all([
            Channel(id=1, name="one", provider="openai", tag="fast"), Channel(id=2, name="two", provider="openai"),
            Channel(id=3, name="three", provider="anthropic", enabled=False, off_by="auto"),
        ])  # fmt: skip
        rows = [
            UsageRecord(f"r{number}", START + number, user_id=1, key_id=1, channel_id=1 + number % 2, model="gpt-5",
                        status=200 if number < 7 else 429, operation="chat")
            for number in range(10)
        ]  # fmt: skip
        await usage.insert_many(session, rows)


@pytest.mark.usefixtures("filled")
async def test_of_requests(api, refused) -> None:
    found = (await api.get("/usage/facets")).json()
    assert found["total"] == 10
    assert found["fields"]["status"] == [
        {"value": "200", "id": None, "count": 7}, {"value": "429", "id": None, "count": 3},
    ]  # fmt: skip
    assert [(one["value"], one["id"], one["count"]) for one in found["fields"]["channel"]] == [
        ("one", 1, 5),
        ("two", 2, 5),
    ]
    found = (await api.get("/usage/facets", params={"status": 429, "fields": "status,channel"})).json()
    assert (found["total"], len(found["fields"]["status"])) == (3, 2)
    assert sum(one["count"] for one in found["fields"]["channel"]) == 3
    refused(await api.get("/usage/facets", params={"fields": "password"}), 422)


@pytest.mark.usefixtures("filled")
async def test_too_many_to_be_read_one_by_one(api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.endpoints.facets.FEW", 5)
    query = {"user": "1", "since": "2026-02-16T00:30:00Z", "fields": "model,key"}
    found = (await api.get("/usage/facets", params=query)).json()
    assert (found["total"], set(found["fields"])) == (10, {"key"})


@pytest.mark.usefixtures("filled")
async def test_of_channels(api) -> None:
    found = (await api.get("/channel-facets")).json()
    assert found["total"] == 3
    assert [(one["value"], one["count"]) for one in found["fields"]["provider"]] == [("openai", 2), ("anthropic", 1)]
    assert [(one["value"], one["count"]) for one in found["fields"]["enabled"]] == [("true", 2), ("false", 1)]
    assert found["fields"]["off_by"][0]["count"] == 1
    assert [one["value"] for one in found["fields"]["tag"]] == ["fast"]
