"""Keys with rules: endpoints, networks, rotation, budgets and limits, batches, bulk, files."""

import asyncio
from typing import Any

import pytest

from deployments import keys as keyring
from storage import crypto

Api = Any


async def test_rules_are_kept_and_checked(api: Api, refused: Any) -> None:
    made = (await api.post("/keys", json={
        "name": "app", "endpoints": ["responses", "responses", "chat_completions"], "networks": ["10.1.2.3/16", "::1"],
        "metadata": {"project": "search"}, "remark": "of the search team", "groups": ["a", "auto"],
    })).json()  # fmt: skip
    assert made["endpoints"] == ["responses", "chat_completions"]
    assert made["networks"] == ["10.1.0.0/16", "::1/128"]
    assert (made["metadata"], made["remark"], made["groups"]) == (
        {"project": "search"},
        "of the search team",
        ["a", "auto"],
    )
    changed = (await api.patch("/keys/app", json={"endpoints": None, "metadata": {}})).json()
    assert (changed["endpoints"], changed["metadata"], changed["networks"]) == (None, {}, made["networks"])
    refusals: list[dict[str, object]] = [
        {"endpoints": ["chat"]},
        {"endpoints": []},
        {"networks": ["10.0.0.0/40"]},
        {"networks": ["x" * 60]},
        {"metadata": {"a b": "c"}},
        {"remark": "x" * 256},
        {"groups": []},
    ]
    for wrong in refusals:
        refused(await api.patch("/keys/app", json=wrong), 422)


async def test_a_rotated_value_works_for_a_while(api: Api, world: Any, refused: Any) -> None:
    first = (await api.post("/keys", json={"name": "app"})).json()["key"]
    answer = await api.post("/keys/app/rotate", json={"overlap_s": 3600})
    second = answer.json()["key"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["old_until"] is not None
    old = await keyring.load(world.sessions, crypto.digest(first))
    new = await keyring.load(world.sessions, crypto.digest(second))
    assert old is not None
    assert new is not None
    assert old.expires_at > 0
    assert (old.id, new.expires_at) == (new.id, 0.0)
    keyring.check(old)
    third = (await api.post("/keys/app/rotate", json={"overlap_s": 60})).json()["key"]
    assert await keyring.load(world.sessions, crypto.digest(first)) is None
    assert await keyring.load(world.sessions, crypto.digest(second)) is not None
    refused(await api.post("/keys", json={"name": "thief", "key": second}), 409)
    assert (await api.post("/keys/app/rotate")).json()["old_until"] is None
    assert await keyring.load(world.sessions, crypto.digest(third)) is None


async def test_budgets_and_limits_of_a_key(api: Api, refused: Any) -> None:
    made = (await api.post("/keys", json={
        "name": "app",
        "budgets": [{"period": "day", "amount": "5"}, {"period": "total", "amount": "100", "alerts": [80]}],
        "limits": [{"metric": "requests", "window": "minute", "amount": 60}, {"metric": "concurrent", "amount": 2}],
    })).json()  # fmt: skip
    assert [one["period"] for one in made["budgets"]] == ["day", "total"]
    assert [one["metric"] for one in made["limits"]] == ["requests", "concurrent"]
    listed = (await api.get("/budgets", params={"scope": "key", "owner": "app"})).json()["items"]
    assert [one["amount"] for one in listed] == ["5", "100"]
    changed = (await api.patch("/keys/app", json={
        "budgets": [{"period": "day", "amount": "7"}], "limits": [{"metric": "concurrent", "amount": 3}],
    })).json()  # fmt: skip
    assert changed["budgets"] == [{"period": "day", "amount": "7", "alerts": []}]
    assert changed["limits"] == [{"metric": "concurrent", "window": None, "amount": 3}]
    twice = {"period": "day", "amount": "1"}
    refused(await api.patch("/keys/app", json={"budgets": [twice, twice]}), 422)
    refused(await api.patch("/keys/app", json={"limits": [{"metric": "requests", "amount": 1}]}), 422)
    assert (await api.delete("/keys/app")).status_code == 204
    assert (await api.get("/limits")).json()["items"] == []


async def test_many_keys_at_once(api: Api, world: Any, refused: Any) -> None:
    answer = await api.post("/keys/batch", json={"name": "class", "count": 12, "models": ["gpt-*"]})
    assert answer.status_code == 201
    items = answer.json()["items"]
    assert len({one["key"] for one in items}) == 12
    assert world.notified == 1
    refused(await api.post("/keys/batch", json={"name": "class", "count": 2}), 409)
    page = (await api.get("/keys", params={"limit": 5, "sort": "-id", "q": "CLASS-1"})).json()
    assert [one["name"] for one in page["items"]] == ["class-12", "class-11", "class-10", "class-1"]
    first = (await api.get("/keys", params={"limit": 5})).json()
    second = (await api.get("/keys", params={"limit": 100, "cursor": first["next"]})).json()
    assert len(first["items"]) + len(second["items"]) == 12
    ids = [one["id"] for one in items[:3]]
    done = (await api.post("/keys/bulk", json={"action": "disable", "ids": [*ids, 9999]})).json()
    assert (done["matched"], done["changed"], done["refused"]) == (4, 3, 1)
    told = {"problem": "There is no key '9999'.", "code": "there-is-no", "params": {"kind": "key", "ref": "9999"}}
    assert done["results"][0] == {"id": 9999, "ok": False, "status": 404, **told}
    wanted = {"action": "change", "filter": {"enabled": False}, "values": {"remark": "off"}}
    assert (await api.post("/keys/bulk", json={**wanted, "dry_run": True})).json()["changed"] == 0
    assert (await api.post("/keys/bulk", json=wanted)).json()["changed"] == 3
    refused(await api.post("/keys/bulk", json={"action": "change", "ids": ids}), 422)
    refused(await api.post("/keys/bulk", json={"action": "change", "ids": ids, "values": {"name": "x"}}), 422)
    assert (await api.post("/keys/bulk", json={"action": "delete", "filter": {"q": "class"}})).json()["changed"] == 12


async def test_keys_as_a_file(api: Api) -> None:
    await api.post("/keys", json={"name": "=1+1"})
    answer = await api.get("/keys", params={"format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "'=1+1" in answer.text
    assert "sk-gw-" in answer.text  # the hint
    lines = (await api.get("/keys", params={"format": "jsonl"})).text.splitlines()
    assert len(lines) == 1


async def test_every_change_is_recorded(api: Api) -> None:
    key = (await api.post("/keys", json={"name": "app"})).json()["key"]
    value = (await api.post("/keys/app/rotate")).json()["key"]
    await api.patch("/keys/app", json={"remark": "x"})
    await api.patch("/keys/app", json={"remark": "x"})
    await api.delete("/keys/app")
    answer = await api.get("/audit", params={"kind": "key"})
    actions = [entry["action"] for entry in answer.json()["items"]]
    assert actions[:4] == ["keys.delete", "keys.change", "keys.rotate", "keys.create"]
    assert key not in answer.text
    assert value not in answer.text


@pytest.mark.parametrize("count", [0, 1001])
async def test_how_many(api: Api, refused: Any, count: int) -> None:
    refused(await api.post("/keys/batch", json={"name": "a", "count": count}), 422)


async def test_two_rotations_at_once(api: Api, world: Any) -> None:
    await api.post("/keys", json={"name": "app"})
    answers = await asyncio.gather(*(api.post("/keys/app/rotate", json={"overlap_s": 60}) for _ in range(2)))
    values = [answer.json()["key"] for answer in answers]
    found = [await keyring.load(world.sessions, crypto.digest(value)) for value in values]
    assert all(found)
