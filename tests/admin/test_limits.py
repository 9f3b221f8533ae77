"""Rate limits over the real API, the command and the document."""

from typing import Any

import pytest
from sqlalchemy import select

from storage.models import Limit, User
from storage.repositories import keys, revisions

PER_KEY = {"name": "each-key", "metric": "requests", "window": "minute", "amount": 60, "per": ["key"]}


async def make_key(api: Any, name: str) -> int:
    answer = await api.post("/keys", json={"name": name})
    number: int = answer.json()["id"]
    return number


async def test_set_read_and_remove(api, world, refused) -> None:
    made = await api.put("/limits", json=PER_KEY)
    assert made.status_code == 200
    limit = made.json()
    assert {name: limit[name] for name in PER_KEY} == PER_KEY
    assert (limit["match"], limit["enabled"], limit["origin"]) == ({}, True, "api")
    assert world.notified == 1
    assert (await api.put("/limits", json=PER_KEY)).json() == limit
    assert world.notified == 1
    changed = (await api.put("/limits", json={**PER_KEY, "amount": 70})).json()
    assert (changed["id"], changed["amount"]) == (limit["id"], 70)
    assert (await api.get(f"/limits/{limit['id']}")).json() == changed
    assert (await api.get("/limits")).json()["items"] == [changed]
    stale = {"if-match": made.headers["etag"]}
    refused(await api.delete("/limits/each-key", headers=stale), 412)
    refused(await api.put("/limits", json=PER_KEY, headers=stale), 412)
    assert (await api.delete("/limits/each-key")).status_code == 204
    refused(await api.get("/limits/each-key"), 404)
    async with world.sessions() as session:
        assert (await revisions.current(session))["routes"] == 3


async def test_names_are_stored_as_ids(api, world, make_channel, refused) -> None:
    await make_channel("main")
    await make_key(api, "app")
    async with world.sessions.begin() as session:
        session.add(User(name="alice"))
    match = {"key": "app", "user": "alice", "group": "pro", "model": "gpt-*", "channel": "main"}
    made = (await api.put("/limits", json={**PER_KEY, "match": match})).json()
    assert made["match"] == match
    await api.patch("/keys/app", json={"name": "renamed"})
    assert (await api.get("/limits/each-key")).json()["match"] == {**match, "key": "renamed"}
    async with world.sessions.begin() as session:
        key = await keys.find_by_name(session, "renamed")
        assert key is not None
        await keys.remove(session, key)
        number = key.id
    assert (await api.get("/limits/each-key")).json()["match"]["key"] == f"#{number}"
    unknown = {**PER_KEY, "name": "other", "match": {"user": "nobody"}}
    assert refused(await api.put("/limits", json=unknown), 422)["errors"][0]["field"] == "body.match.user"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": 10**15 + 1},
        {"amount": "5"},
        {"amount": 1.5},
        {"metric": "money"},
        {"window": "week"},
        {"window": None},
        {"metric": "concurrent"},
        {"per": ["key", "key"]},
        {"per": ["planet"]},
        {"match": {"model": "gpt-["}},
        {"match": {"planet": "x"}},
        {"name": "5"},
        {"more": 1},
    ],
)
async def test_what_is_wrong_is_refused(api, refused, wrong: dict[str, Any]) -> None:
    refused(await api.put("/limits", json={**PER_KEY, **wrong}), 422)


async def test_a_document_makes_limits_for_what_it_makes(api, world, refused) -> None:
    document = {
        "keys": [{"name": "app", "key": "sk-own-0123456789abcdef"}],
        "limits": [
            {**PER_KEY, "match": {"key": "app"}},
            {"name": "slots", "metric": "concurrent", "amount": 3},
        ],
    }
    dry = await api.post("/apply", json={"document": document, "dry_run": True})
    assert [change["kind"] for change in dry.json()["changes"]] == ["key", "limit", "limit"]
    done = (await api.post("/apply", json={"document": document})).json()["changes"]
    assert done == dry.json()["changes"]
    assert done[1]["fields"]["match"] == [None, {"key": "app"}]
    again = (await api.post("/apply", json={"document": document})).json()["changes"]
    assert {change["action"] for change in again} == {"unchanged"}
    other = {"limits": [{**PER_KEY, "amount": 9}]}
    assert refused(await api.post("/apply", json={"document": {"limits": [{**PER_KEY, "match": {"key": "x"}}]}}), 422)
    changes = (await api.post("/apply", json={"document": other, "prune": True})).json()["changes"]
    assert [(change["action"], change["name"]) for change in changes] == [("update", "each-key"), ("delete", "slots")]
    assert changes[0]["fields"] == {"amount": [60, 9], "match": [{"key": "app"}, {}]}
    async with world.sessions() as session:
        [row] = (await session.scalars(select(Limit))).all()
    assert (row.amount, row.key_id, row.origin) == (9, 0, "apply")
