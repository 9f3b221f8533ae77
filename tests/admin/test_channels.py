"""Channels over the real API."""

from typing import Any

import httpx

from storage.repositories import channels, revisions

SECRET = "sk-upstream-000000000000-9876"


async def test_life_of_a_channel(api: httpx.AsyncClient, world: Any) -> None:
    answer = await api.post(
        "/channels",
        json={
            "name": "main",
            "provider": "openai",
            "secret": SECRET,
            "models": {"fast": "gpt-5-nano", "gpt-*": None},
            "priority": 5,
            "weight": 3,
            "headers": {"OpenAI-Organization": "org"},
            "settings": {"connect_timeout_s": 2.5},
        },
    )
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"/api/v1/channels/{made['id']}"
    assert made["base_url"] == "https://api.openai.example/v1"
    assert made["models"] == {"fast": "gpt-5-nano", "gpt-*": ""}
    assert made["secret_hint"] == "...9876"
    assert made["origin"] == "api"
    assert made["created_at"].endswith("Z")
    assert SECRET not in answer.text

    assert (await api.get(f"/channels/{made['id']}")).json() == made
    assert (await api.get("/channels/main")).json() == made
    assert (await api.get("/channels")).json() == {"items": [made], "next": None}

    answer = await api.patch("/channels/main", json={"weight": 0, "enabled": False, "settings": {"idle_timeout_s": 9}})
    changed = answer.json()
    assert (changed["weight"], changed["enabled"], changed["priority"]) == (0, False, 5)
    assert changed["settings"] == {"connect_timeout_s": 2.5, "idle_timeout_s": 9}
    answer = await api.patch("/channels/main", json={"settings": {"connect_timeout_s": None}})
    assert answer.json()["settings"] == {"idle_timeout_s": 9}

    answer = await api.delete("/channels/main")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await api.get("/channels/main")).status_code == 404
    assert world.notified == 4


async def test_secret_is_sealed_for_the_name_and_survives_a_rename(api, world, make_channel) -> None:
    made = await make_channel(secret=SECRET)
    await api.patch("/channels/main", json={"name": "other one"})
    async with world.sessions() as session:
        row = await channels.get(session, made["id"])
    assert row is not None
    assert row.secret is not None
    assert SECRET.encode() not in row.secret
    assert world.box.open(row.secret, "channel:other one") == SECRET
    assert (await api.get("/channels/other one")).json()["secret_hint"] == "...9876"


async def test_secret_can_be_replaced_and_removed(api, world, make_channel) -> None:
    await make_channel(secret=SECRET)
    assert (await api.patch("/channels/main", json={"secret": "short"})).json()["secret_hint"] == "..."
    assert (await api.patch("/channels/main", json={"secret": None})).json()["secret_hint"] == ""
    async with world.sessions() as session:
        row = await channels.find_by_name(session, "main")
        assert row is not None
        assert row.secret is None


async def test_a_secret_that_no_longer_opens(api, world, make_channel, refused) -> None:
    made = await make_channel(secret=SECRET)
    async with world.sessions.begin() as session:
        row = await channels.get(session, made["id"])
        assert row is not None
        await channels.update(session, row, {"secret": b"\x01" + b"x" * 60})
    refused(await api.patch("/channels/main", json={"name": "new"}), 409)
    assert (await api.patch("/channels/main", json={"name": "new", "secret": SECRET})).status_code == 200


async def test_what_changes_nothing_is_not_announced(api, world, make_channel) -> None:
    made = await make_channel(secret=SECRET)
    async with world.sessions() as session:
        before = await revisions.current(session)
    answer = await api.patch("/channels/main", json={"name": "main", "secret": SECRET, "weight": 1, "settings": {}})
    assert answer.json() == made
    async with world.sessions() as session:
        assert await revisions.current(session) == before
    assert world.notified == 1


async def test_names_are_unique(api, make_channel, refused) -> None:
    await make_channel("a")
    await make_channel("b")
    body = refused(await api.post("/channels", json={"name": "a", "provider": "openai"}), 409)
    assert "'a'" in body["detail"]
    refused(await api.patch("/channels/b", json={"name": "a"}), 409)


async def test_the_order_is_the_order_of_trying(api, make_channel) -> None:
    for name, priority in (("low", -1), ("zero", 0), ("high", 7), ("also high", 7)):
        await make_channel(name, priority=priority)
    names = [item["name"] for item in (await api.get("/channels")).json()["items"]]
    assert names == ["also high", "high", "zero", "low"]


async def test_etags(api, make_channel, refused) -> None:
    await make_channel()
    tag = (await api.get("/channels/main")).headers["etag"]
    answer = await api.patch("/channels/main", json={"weight": 2}, headers={"if-match": tag})
    assert answer.status_code == 200
    refused(await api.patch("/channels/main", json={"weight": 3}, headers={"if-match": tag}), 412)
    refused(await api.delete("/channels/main", headers={"if-match": '"x", ' + tag}), 412)
    answer = await api.delete("/channels/main", headers={"if-match": '"x", ' + answer.headers["etag"]})
    assert answer.status_code == 204


async def test_probe(api, world, make_channel, refused) -> None:
    made = await make_channel(models=["gpt-*", "gpt-5-mini", "broken"])
    answer = await api.post("/channels/main/test")
    assert answer.json() == {
        "ok": True,
        "status": 200,
        "milliseconds": 31.4,
        "first_byte_ms": 12.1,
        "model": "gpt-5-mini",
        "error": "",
        "detail": "",
        "detail_said": None,
    }
    answer = await api.post("/channels/main/test", json={"model": "broken", "stream": True})
    assert answer.status_code == 200
    assert answer.json()["ok"] is False
    assert world.probes == [(made["id"], "gpt-5-mini", False), (made["id"], "broken", True)]
    await make_channel("globs")
    body = refused(await api.post("/channels/globs/test"), 422)
    assert body["errors"][0]["field"] == "body.model"
    refused(await api.post("/channels/nobody/test"), 404)


async def test_a_router_that_is_away_fails_no_change(api, world, make_channel) -> None:
    world.router_error = ConnectionError("away")
    await make_channel()
    assert world.notified == 1
