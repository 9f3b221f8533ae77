"""New API's reading routes: its shapes, its paging, and that everybody sees what they may see and no more."""

import json
from typing import Any

import httpx
import pytest

from storage import crypto
from storage.models import AutomationToken
from storage.records import UsageRecord
from storage.repositories import usage
from tests.admin.conftest import MakeChannel, World

START = 1_800_000_000_000_000


def record(name: str, **fields: Any) -> UsageRecord:
    return UsageRecord(request_id=name, started_at=START + len(name) * 1_000_000, **fields)


@pytest.fixture
async def ann(
    api: httpx.AsyncClient, anyone: httpx.AsyncClient, make_channel: MakeChannel, world: World
) -> httpx.AsyncClient:
    """A client with a token of ann's, who has two keys and two requests; bob has one of each."""
    channel = await make_channel("main", models={"gpt-5": "", "fast": "gpt-5-nano"}, groups=["default"], tag="t")
    world.now += 3600  # prices count from the true time on
    assert (await api.put("/prices", json={"model": "gpt-5", "input": "1.25", "output": "10"})).is_success
    for name in ("ann", "bob"):
        assert (await api.post("/users", json={"name": name})).status_code == 201
    ids = {name: (await api.get(f"/users/{name}")).json()["id"] for name in ("ann", "bob")}
    budgets = [{"period": "total", "amount": "2"}]
    made = await api.post("/keys", json={"name": "first", "user": "ann", "models": ["gpt-5"], "budgets": budgets})
    assert made.status_code == 201, made.text
    await api.post("/keys", json={"name": "second", "user": "ann", "enabled": False})
    await api.post("/keys", json={"name": "bobs", "user": "bob"})
    body = {"limited": True, "balance": "3"}
    assert (await api.put("/users/ann/quota", json=body)).is_success
    common: dict[str, Any] = {
        "key_id": made.json()["id"],
        "channel_id": channel["id"],
        "model": "gpt-5",
        "group": "default",
    }
    async with world.sessions.begin() as session:
        await usage.insert_many(session, [
            record("a", user_id=ids["ann"], status=200, end="complete", cost=4_000_000, input_tokens=7, **common),
            record("bb", user_id=ids["ann"], status=502, end="error", **common),
            record("ccc", user_id=ids["bob"], status=200, end="complete", cost=2_000, **common),
        ])  # fmt: skip
    value = "gwt-" + "a" * 43
    async with world.sessions.begin() as session:
        row = AutomationToken(name="script", digest=crypto.digest(value), user_id=ids["ann"], scopes=["*"])
        session.add(row)
    anyone.headers["authorization"] = f"Bearer {value}"
    anyone.headers["new-api-user"] = "1"
    return anyone


async def data(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["success"], found["message"]) == (True, "")
    return found["data"]


async def test_oneself(ann: httpx.AsyncClient) -> None:
    me = await data(ann, "/api/user/self")
    assert (me["username"], me["role"], me["status"], me["quota"]) == ("ann", 1, 1, 1_500_000)
    page = await data(ann, "/api/token/?p=1&size=10")
    assert (page["page"], page["page_size"], page["total"]) == (1, 10, 2)
    second, first = page["items"]
    assert (second["name"], second["status"], second["unlimited_quota"]) == ("second", 2, True)
    assert (first["name"], first["status"], first["remain_quota"], first["model_limits"]) == (
        "first",
        1,
        1_000_000,
        "gpt-5",
    )
    assert "..." in first["key"] or "*" in first["key"]
    assert [item["name"] for item in (await data(ann, "/api/token/?p=2&page_size=1"))["items"]] == ["first"]


async def test_own_requests(ann: httpx.AsyncClient) -> None:
    page = await data(ann, "/api/log/self")
    assert [(item["request_id"], item["type"]) for item in page["items"]] == [("bb", 5), ("a", 2)]
    assert page["items"][1]["quota"] == 2_000
    assert page["items"][1]["channel_name"] == ""  # how it was served is for operators
    assert [item["request_id"] for item in (await data(ann, "/api/log/self?type=5"))["items"]] == ["bb"]
    assert (await data(ann, "/api/log/self?type=1"))["items"] == []
    assert (await data(ann, "/api/log/self?token_name=none"))["items"] == []


async def test_what_is_not_hers(ann: httpx.AsyncClient) -> None:
    for path in ("/api/log/", "/api/channel/", "/api/models"):
        assert (await ann.get(path)).status_code == 403, path
    del ann.headers["authorization"]
    for path in ("/api/user/self", "/api/token/", "/api/log/self", "/api/pricing", "/api/user/models"):
        assert (await ann.get(path)).status_code == 401, path


async def test_the_site(ann: httpx.AsyncClient, api: httpx.AsyncClient, world: World) -> None:
    assert (await data(ann, "/api/status"))["quota_per_unit"] == 500_000
    assert await data(ann, "/api/user/models") == ["fast", "gpt-5"]
    pricing = (await ann.get("/api/pricing")).json()
    assert pricing["group_ratio"] == {"default": 1.0}
    priced = {row["model_name"]: row for row in pricing["data"]}
    assert (priced["gpt-5"]["model_ratio"], priced["gpt-5"]["completion_ratio"]) == (0.625, 8.0)
    api.base_url = httpx.URL("http://gateway.example")
    (channel,) = (await data(api, "/api/channel/"))["items"]
    assert (channel["type"], channel["status"], channel["models"], channel["group"]) == (1, 1, "gpt-5,fast", "default")
    assert (json.loads(channel["model_mapping"]), channel["key"]) == ({"fast": "gpt-5-nano"}, "")
    assert await data(api, "/api/models") == {"1": ["gpt-5", "fast"]}
    assert [item["username"] for item in (await data(api, "/api/log/?username=bob"))["items"]] == ["bob"]
    assert (await data(api, "/api/log/"))["items"][0]["channel_name"] == "main"
    assert (await api.get("/api/log/?p=2000")).status_code == 422
    assert (await api.get("/api/user/self")).status_code == 404
