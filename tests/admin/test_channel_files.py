"""Channels as a file: what is taken out goes in unchanged, secrets are for who may have them, nothing else is read."""

from typing import Any

import httpx
import pytest
import yaml

from tests.admin.authorization.conftest import Cast, call, cast, may, stage

__all__ = ["call", "cast", "stage"]

SECRET, LOGIN = "sk-upstream-000000000000-9876", "user:very-secret-login"
FULL: dict[str, Any] = {
    "provider": "openai-compatible", "base_url": "http://127.0.0.1:9000/v1", "models": {"fast": "llama", "m-*": ""},
    "priority": 3, "weight": 7, "enabled": False, "headers": {"x-team": "a"}, "groups": ["vip"], "tag": "east",
    "remark": "of: é #1", "test_model": "fast", "auto_disable": False, "watch_models": "notify",
    "ignored_models": ["tts-*"],
    "settings": {"price_ratio": "0.8", "idle_timeout_s": 9.5, "proxy": "http://proxy.example:3128"},
}  # fmt: skip


@pytest.fixture
async def stored(api: Any, make_channel: Any) -> None:
    await make_channel("full", **FULL, secret=SECRET, proxy_secret=LOGIN)
    await make_channel("plain")
    await make_channel("several", secret="sk-the-first-secret")
    await api.post("/channels/several/keys", json={"secrets": ["sk-the-second-one"]})


async def text_of(api: Any, **wanted: Any) -> str:
    answer = await api.post("/channels/export", json=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return str(answer.json()["text"])


async def put(api: Any, text: str, *, dry_run: bool = False) -> dict[str, dict[str, Any]]:
    answer = await api.post("/channels/import", json={"text": text, "dry_run": dry_run})
    assert answer.status_code == 200, answer.text
    assert "secret-" not in answer.text
    assert SECRET not in answer.text
    return {one["name"]: one for one in answer.json()["changes"]}


@pytest.mark.usefixtures("stored")
async def test_what_is_taken_out_changes_nothing_when_it_is_put_in(api: Any, world: Any) -> None:
    text = await text_of(api)
    assert "sk-" not in text
    assert LOGIN not in text
    told = world.notified
    for secrets in (False, True):
        found = await put(api, await text_of(api, secrets=secrets))
        assert {name: one["action"] for name, one in found.items()} == dict.fromkeys(
            ("full", "plain", "several"), "unchanged"
        )
    assert world.notified == told
    assert (await api.get("/channels/full")).json()["origin"] == "api"
    assert list(yaml.safe_load(await text_of(api, ids=[2]))["channels"][0]) == ["name", "provider"]
    assert [one["name"] for one in yaml.safe_load(await text_of(api, filter={"tag": "east"}))["channels"]] == ["full"]


@pytest.mark.usefixtures("stored")
async def test_another_gateway_gets_all_of_it(api: Any, world: Any) -> None:
    before = {row["name"]: row for row in (await api.get("/channels")).json()["items"]}
    text = await text_of(api, secrets=True)
    await api.post("/channels/bulk", json={"action": "delete", "filter": {}})
    planned = await put(api, text, dry_run=True)
    assert (await api.get("/channels")).json()["items"] == []
    assert planned["full"]["fields"]["secret"] == [None, "changed"]
    assert planned["several"]["fields"]["keys"] == [None, 2]
    assert await put(api, text) == planned
    after = {row["name"]: row for row in (await api.get("/channels")).json()["items"]}
    changing = {"id", "created_at", "updated_at", "state"}
    for name, row in before.items():
        assert {k: v for k, v in row.items() if k not in changing} == {
            k: v for k, v in after[name].items() if k not in changing
        }
    assert await text_of(api, secrets=True) == text
    actions = [
        (one["action"], one["object_name"])
        for one in (await api.get("/audit?limit=3&action=channels.import")).json()["items"]
    ]
    assert sorted(actions) == [("channels.import", name) for name in ("full", "plain", "several")]
    entry = (await api.get("/audit?action=channels.export")).json()["items"][-1]
    assert {"field": "secrets", "before": None, "after": True} in entry["changes"]
    assert "sk-" not in (await api.get("/audit")).text


async def test_a_file_changes_what_it_names_and_keeps_secrets(api: Any, world: Any, make_channel: Any) -> None:
    await make_channel("main", secret=SECRET, weight=5)
    await make_channel("other")
    found = await put(
        api, "keys: []\nchannels:\n- {name: main, provider: openai, models: [a], keys: [sk-another-key-here]}\n"
    )
    assert found["main"]["fields"]["weight"] == [5, 1]
    assert found["main"]["fields"]["keys"] == [1, 2]
    shown = (await api.get("/channels/main")).json()
    assert (shown["models"], shown["keys"], shown["origin"]) == ({"a": ""}, 2, "api")
    assert (await api.get("/channels/other")).status_code == 200
    again = await api.post("/channels/import", json={"text": '{"channels": [], "groups": [], "x": 1}'})
    assert again.json() == {"dry_run": False, "changes": [], "ignored": ["groups", "x"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("channels: [", "line 2"),
        ("{", "line 1"),
        ("hello", "must hold a list of channels"),
        ("channels: {}", "must hold a list of channels"),
        ("channels: &a [*a]", "refers to other places"),
        ("channels:\n- {name: a, name: b}", "is there twice"),
        ('{"channels": [{"name": "a", "weight": 1, "weight": 2}]}', "'weight' is there twice"),
        ("channels: [{name: a, provider: openai, secret: {env: KEY}}]", "names a place on another machine"),
        ("channels: [{name: a, provider: openai, secret: sk-aaaaaaaaaaa, keys: [sk-bbbbbbbbbbb]}]", "beside `keys`"),
        ("channels: [{name: a, provider: nobody}]", "body.document.channels.0.provider"),
        ("channels: [{name: a, provider: openai, weight: x}]", "body.document.channels.0.weight"),
        ("channels: [{name: a, provider: openai}, {name: a, provider: openai}]", "is there twice"),
        ("channels: [{name: a, provider: openai, tag: !!binary aGk=}]", "neither YAML nor JSON"),
        ("channels: [{name: a, provider: openai, tag: !!python/none x}]", "line 1"),
        ("[" * 5000, "nested too deeply"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ('{"a":' * 5000, "neither YAML nor JSON"),
        ("channels: [{name: a, provider: openai, tag: 2026-01-01, priority: x}]", "channels.0.priority"),
    ],
)
async def test_what_cannot_be_read_is_told(api: Any, refused: Any, text: str, told: str) -> None:
    answer = await api.post("/channels/import", json={"text": text})
    refused(answer, 422)
    assert told in answer.text
    assert (await api.get("/channels")).json()["items"] == []


async def test_who_may(call: httpx.AsyncClient, cast: Cast) -> None:
    cast.add("fresh", may("root"))
    cast.add("stale", may("root"), stepped_up_at=0)
    cast.add("without", {name: far for name, far in may("root").items() if name != "channels.secrets"})
    file = "channels: [{name: main, provider: openai, secret: sk-upstream-0000}]"
    for path, body, stati in (
        ("import", {"text": file, "dry_run": True}, (200, 200, 403)),
        ("import", {"text": file}, (200, 403, 403)),
        ("export", {}, (200, 200, 200)),
        ("export", {"secrets": True}, (200, 403, 403)),
    ):
        for who, status in zip(("fresh", "stale", "without"), stati, strict=True):
            answer = await call.post(f"/api/v1/channels/{path}", json=body, headers={"x-as": who})
            assert answer.status_code == status, (path, who, answer.text)
            assert ("sk-upstream-0000" in answer.text) == (path == "export" and bool(body) and status == 200)
