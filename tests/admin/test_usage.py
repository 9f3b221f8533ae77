"""Usage over the real API."""

from typing import Any

import pytest

from storage.ledger import settle
from storage.records import UsageRecord
from storage.repositories import usage

START = 1_800_000_000_000_000


@pytest.fixture
async def records(api, world, make_channel) -> None:
    """Five requests of one key on one channel, and one of a key and a channel that are gone."""
    channel = await make_channel()
    key = (await api.post("/keys", json={"name": "app"})).json()
    rows = [
        UsageRecord(
            request_id=f"r{number}",
            started_at=START + number,
            key_id=key["id"],
            channel_id=channel["id"],
            model="gpt-5-mini",
            status=200,
            end="complete",
            input_tokens=10,
            output_tokens=5,
            cost=7,
            provider_cost=5,
            price_id=1,
            group="vip",
            total_us=1000 * number,
            first_token_us=100 * (number % 2),
            client_protocol="messages",
            upstream_protocol="chat",
            plan="convert messages to chat",
            losses="top_k",
        )
        for number in range(5)
    ]
    rows.append(
        UsageRecord(request_id="other", started_at=START + 86_400_000_000, key_id=99, channel_id=98, status=502)
    )
    async with world.sessions.begin() as session:
        await usage.insert_many(session, rows)


@pytest.mark.usefixtures("records")
async def test_pages(api, refused) -> None:
    page = (await api.get("/usage", params={"limit": 4})).json()
    assert [item["request_id"] for item in page["items"]] == ["other", "r4", "r3", "r2"]
    assert (page["items"][0]["key"], page["items"][1]["key"], page["items"][1]["channel"]) == ("", "app", "main")
    converted = [page["items"][1][name] for name in ("client_protocol", "upstream_protocol", "plan", "losses")]
    assert converted == ["messages", "chat", "convert messages to chat", "top_k"]
    page = (await api.get("/usage", params={"limit": 4, "cursor": page["next"]})).json()
    assert [item["request_id"] for item in page["items"]] == ["r1", "r0"]
    assert page["next"] is None
    for bad in ("x", "1", ".", "9" * 30 + ".r", "1.\u00e9"):
        refused(await api.get("/usage", params={"cursor": bad}), 422)


@pytest.mark.usefixtures("records")
async def test_filters(api, refused) -> None:
    async def ids(**query: str) -> list[str]:
        return [item["request_id"] for item in (await api.get("/usage", params=query)).json()["items"]]

    assert len(await ids(key="app")) == 5
    assert await ids(key="99") == ["other"]
    assert len(await ids(channel="main", model="gpt-5-mini")) == 5
    assert await ids(request_id="r3") == ["r3"]
    assert len(await ids(user="0")) == 6
    refused(await api.get("/usage", params={"user": "nobody"}), 404)
    assert await ids(key="9" * 40) == []
    refused(await api.get("/usage", params={"key": "nobody"}), 404)
    assert await ids(channel="\0") == []
    refused(await api.get("/usage", params={"model": "\0"}), 422)


@pytest.mark.usefixtures("records")
async def test_totals(api, refused) -> None:
    (everything,) = (await api.get("/usage/totals")).json()["items"]
    assert (everything["requests"], everything["errors"], everything["input_tokens"], everything["cost"]) == (
        6,
        1,
        50,
        35,
    )
    by_key = (await api.get("/usage/totals", params={"group_by": "key"})).json()["items"]
    assert [(item["group"], item["id"], item["requests"]) for item in by_key] == [("app", 1, 5), ("", 99, 1)]
    assert (everything["provider_cost"], everything["mean_total_us"], everything["mean_first_token_us"]) == (
        25,
        10_000 // 6,
        100,
    )
    largest = {"group_by": "key", "order_by": "cost", "limit": "1"}
    assert [item["id"] for item in (await api.get("/usage/totals", params=largest)).json()["items"]] == [1]
    by_user = (await api.get("/usage/totals", params={"group_by": "user"})).json()["items"]
    assert [(item["group"], item["id"], item["requests"]) for item in by_user] == [("", 0, 6)]
    by_group = (await api.get("/usage/totals", params={"group_by": "group", "group": "vip"})).json()["items"]
    assert [(item["group"], item["id"], item["requests"]) for item in by_group] == [("vip", None, 5)]
    by_hour = (await api.get("/usage/totals", params={"group_by": "hour"})).json()["items"]
    assert [item["group"] for item in by_hour] == ["2027-01-15T08:00:00Z", "2027-01-16T08:00:00Z"]
    by_day = (await api.get("/usage/totals", params={"group_by": "day"})).json()["items"]
    assert [item["group"] for item in by_day] == ["2027-01-15", "2027-01-16"]
    by_model = (await api.get("/usage/totals", params={"group_by": "model", "key": "app"})).json()["items"]
    assert [item["group"] for item in by_model] == ["gpt-5-mini"]
    since = {"since": "2027-01-16T00:00:00Z", "until": "2027-01-17T00:00:00Z"}
    assert (await api.get("/usage/totals", params=since)).json()["items"][0]["requests"] == 1
    refused(await api.get("/usage/totals", params={"user": "nobody"}), 404)
    refused(await api.get("/usage/totals", params={"organisation": "nobody"}), 404)
    for bad in ({"order_by": "group_by"}, {"limit": "0"}, {"group": "\0"}):
        refused(await api.get("/usage/totals", params=bad), 422)
    for bad in ({"group_by": "client_ip"}, {"since": "yesterday"}, {"since": "1"}, {"until": "2027-01-01T00:00:00"}):
        refused(await api.get("/usage/totals", params=bad), 422)


async def test_nothing_yet(api) -> None:
    assert (await api.get("/usage")).json() == {"items": [], "next": None}
    assert (await api.get("/usage/totals")).json()["items"][0]["requests"] == 0
    assert (await api.get("/usage/totals", params={"group_by": "day"})).json() == {"items": []}


async def test_percentiles_of_any_grouping(api, world, refused) -> None:
    started = 1_763_794_000_000_000
    usual: dict[str, Any] = {"started_at": started, "status": 200, "end": "complete", "key_id": 1}
    records = [
        UsageRecord(f"p{number}", model=f"m{number % 2}", total_us=100_000 if number < 95 else 9_000_000, **usual)
        for number in range(100)
    ]
    async with world.sessions.begin() as session:
        await settle(session, records)

    async def totals(status: int = 200, **query: object) -> list[dict[str, Any]]:
        answer = await api.get("/usage/totals", params={"percentiles": True, **query})
        assert answer.status_code == status, answer.text
        return answer.json()["items"] if status == 200 else []

    (whole,) = await totals()
    assert 91_000 < whole["total_us"]["p50"] == whole["total_us"]["p95"] < 109_000
    assert 8_190_000 < whole["total_us"]["p99"] < 9_810_000
    assert whole["first_token_us"] is None
    queries: list[dict[str, str]] = [
        {"group_by": "model"},
        {"per": "hour"},
        {"group_by": "user", "per": "day"},
        {"group_by": "day"},
    ]
    for query in queries:
        rows = await totals(200, **query)
        assert rows
        assert all(row["total_us"]["p50"] for row in rows), query
    assert (await totals(key="77"))[0]["total_us"] is None
    await totals(422, key="1", model="m1", per="hour")
    file = await api.get("/usage/totals", params={"percentiles": True, "format": "csv", "group_by": "model"})
    head, *lines = file.text.splitlines()
    assert "total_us_p95" in head
    assert len(lines) == 2
