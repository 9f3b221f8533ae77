"""Models, vendors, aliases, visibility and the price list."""

from typing import Any

from admin.options.models import ModelOptions
from deployments.compiler import compile_table
from deployments.settings import Timeouts
from deployments.table import RouteTable, ready
from storage.pricing.seeding import seed


async def test_life_of_a_model(api: Any, refused: Any) -> None:
    vendor = (
        await api.post("/vendors", json={"name": "OpenAI", "icon": "openai", "link": "https://openai.com"})
    ).json()
    refused(await api.post("/vendors", json={"name": "OpenAI"}), 409)
    refused(await api.post("/vendors", json={"name": "x", "link": "javascript:alert(1)"}), 422)
    answer = await api.post("/models", json={
        "name": "gpt-5-mini", "vendor": "OpenAI", "capabilities": ["vision", "tools"], "context_tokens": 400_000,
        "aliases": ["fast", "openai/fast"],
    })  # fmt: skip
    made = answer.json()
    assert (answer.status_code, made["icon"], made["vendor"]) == (201, "openai", "OpenAI")
    assert (await api.get("/models/gpt-5-mini")).json() == made
    refused(await api.post("/models", json={"name": "fast"}), 409)
    refused(await api.post("/models", json={"name": "other", "aliases": ["gpt-5-mini"]}), 409)
    refused(await api.post("/models", json={"name": "self", "aliases": ["self"]}), 422)
    refused(await api.post("/models", json={"name": "gpt-*"}), 422)
    refused(await api.post("/models", json={"name": "other", "vendor": "nobody"}), 404)
    tag = answer.headers["etag"]
    changed = await api.patch("/models/gpt-5-mini", json={"title": "Mini"}, headers={"if-match": tag})
    assert changed.json()["title"] == "Mini"
    refused(await api.patch("/models/gpt-5-mini", json={"title": "x"}, headers={"if-match": tag}), 412)
    await api.post("/models", json={"name": "vendor/model-1"})
    assert (await api.get("/models/vendor/model-1")).json()["name"] == "vendor/model-1"
    listed = (await api.get("/models", params={"vendor": vendor["name"], "q": "MINI"})).json()["items"]
    assert [one["name"] for one in listed] == ["gpt-5-mini"]
    refused(await api.delete("/vendors/OpenAI"), 409)
    ids = [one["id"] for one in (await api.get("/models")).json()["items"]]
    done = await api.post("/models/bulk", json={"action": "change", "ids": ids, "values": {"visibility": "users"}})
    assert done.json()["changed"] == 2
    refused(await api.post("/models/bulk", json={"action": "change", "ids": ids, "values": {"aliases": []}}), 422)
    assert (await api.post("/models/bulk", json={"action": "delete", "ids": ids})).json()["changed"] == 2
    assert (await api.patch("/vendors/OpenAI", json={"remark": "x"})).json()["remark"] == "x"
    assert (await api.delete("/vendors/OpenAI")).status_code == 204


async def test_aliases_and_hidden_models_in_the_routes(api: Any, world: Any, make_channel: Any) -> None:
    await make_channel("exact", models={"gpt-5-mini": "gpt-5-mini-2026", "secret": ""}, secret="sk-some-secret-value")
    await make_channel("glob", models=["gpt-*"], priority=1)
    await api.post("/models", json={"name": "gpt-5-mini", "aliases": ["fast"]})
    await api.post("/models", json={"name": "secret", "visibility": "hidden"})
    assert (await api.get("/models/missing")).json() == {"names": [], "globs": ["gpt-*"]}
    async with world.sessions() as session:
        data = await compile_table(session, Timeouts())
    assert data is not None
    table = RouteTable(data, ready(data.channels))
    tiers = table.tiers("fast")
    assert [tier.targets[0].upstream_model for tier in tiers] == ["gpt-5-mini", "gpt-5-mini-2026"]
    assert table.names() == ["fast", "gpt-5-mini"]
    assert table.tiers("secret")


async def test_price_list(api: Any, anyone: Any, world: Any, make_channel: Any, refused: Any) -> None:
    async with world.sessions.begin() as session:
        await seed(session)
    await make_channel(models=["gpt-5-mini", "inside", "secret", "gpt-*"], settings={"price_ratio": "2"})
    await api.put("/prices", json={"provider": "openai", "model": "inside", "input": "1", "output": "3"})
    await api.post("/models", json={"name": "inside", "visibility": "users", "aliases": ["also-inside"]})
    await api.post("/models", json={"name": "secret", "visibility": "hidden"})
    refused(await anyone.get("/api/v1/public/models"), 404)
    services = world.services()
    async with services.sessions.begin() as session:
        await services.options.change(session, ModelOptions, {"public_list": True}, "test")
    answer = await anyone.get("/api/v1/public/models")
    assert answer.headers["cache-control"] == "public, max-age=30"
    found = answer.json()
    assert [one["name"] for one in found["models"]] == ["gpt-5-mini"]
    assert found["models"][0]["price"]["input"] == "0.5"
    assert found["groups"] == {"default": "1"}
    world.now += 3600  # prices count from the true time on, and seeding them takes some of it
    offered = {one["name"]: one for one in (await api.get("/models/offered")).json()["models"]}
    assert sorted(offered) == ["also-inside", "gpt-5-mini", "inside"]
    assert offered["also-inside"]["alias_of"] == "inside"
    assert offered["also-inside"]["price"]["output"] == "6"
