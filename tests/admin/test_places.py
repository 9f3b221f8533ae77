"""Where a channel is and what it speaks: a type and a key are enough, the rest follows the catalogue or is refused."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from adapters.providers.row import Provider
from adapters.registry import PROVIDERS
from tests.admin.services import application


@pytest.fixture
def catalogue() -> dict[str, Provider]:
    """The real one, in place of the short one of the other tests."""
    return dict(PROVIDERS)


@pytest.fixture
def app(world: Any, catalogue: dict[str, Provider]) -> FastAPI:
    return application(replace(world.services(), providers=catalogue))


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_channel_of_every_provider(make_channel, provider: str) -> None:
    """What a row needs besides its key is asked for by name; nothing else is."""
    row = PROVIDERS[provider]
    more: dict[str, Any] = {} if row.regions else {"base_url": "http://10.0.0.5:9000"}
    if row.needs and provider in {"azure", "cloudflare"}:
        more = {"settings": {"parameters": dict.fromkeys(row.needs, "mine-1")}}
    made = await make_channel(provider=provider, secret="s" * 20, **more)
    assert made["provider"] == provider
    assert made["base_url"] == next(iter(made["protocols"].values()))
    assert "{" not in made["base_url"]


@pytest.mark.parametrize("named", [17, "17"])
async def test_new_apis_numbers_name_providers(make_channel, named: object) -> None:
    made = await make_channel(provider=named)
    assert (made["provider"], made["base_url"]) == ("dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1")


async def test_a_region_and_a_workspace(api, make_channel) -> None:
    made = await make_channel(provider="dashscope", settings={"region": "singapore"})
    assert made["base_url"] == "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"
    answer = await api.patch("/channels/main", json={"settings": {"parameters": {"workspace_id": "ws-1"}}})
    assert answer.json()["protocols"] == {
        "chat": "https://ws-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1",
        "responses": "https://ws-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1",
        "messages": "https://ws-1.ap-southeast-1.maas.aliyuncs.com/apps/anthropic/v1",
    }


async def test_protocols_and_their_addresses(make_channel) -> None:
    made = await make_channel(
        provider="deepseek",
        settings={
            "protocols": ["messages", "chat"],
            "base_urls": {"messages": "https://stand-in.example/anthropic/"},
            "capabilities": {"images": True},
        },
    )
    assert made["protocols"] == {
        "messages": "https://stand-in.example/anthropic",
        "chat": "https://api.deepseek.com/v1",
    }
    assert made["base_url"] == "https://stand-in.example/anthropic"


async def test_an_address_of_ones_own_and_back(api, make_channel) -> None:
    await make_channel(provider="deepseek", base_url="http://10.0.0.5:9000")
    shown = (await api.get("/channels/main")).json()
    assert shown["protocols"]["messages"] == "http://10.0.0.5:9000/anthropic/v1"
    changed = (await api.patch("/channels/main", json={"base_url": None})).json()
    assert changed["base_url"] == "https://api.deepseek.com/v1"


async def test_another_provider_brings_its_own_address(api, make_channel, refused) -> None:
    await make_channel(provider="deepseek")
    changed = (await api.patch("/channels/main", json={"provider": "25"})).json()
    assert (changed["provider"], changed["base_url"]) == ("moonshot", "https://api.moonshot.cn/v1")
    body = refused(await api.patch("/channels/main", json={"provider": "openai-compatible"}), 422)
    assert body["errors"][0]["field"] == "body.base_url"
    await api.patch("/channels/main", json={"settings": {"region": "global"}})
    body = refused(await api.patch("/channels/main", json={"provider": "mistral", "settings": {"region": "mars"}}), 422)
    assert body["errors"][0]["field"] == "body.settings.region"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"provider": "azure"}, "body.settings.parameters.resource"),
        ({"provider": "dashscope", "settings": {"region": "mars"}}, "body.settings.region"),
        ({"provider": "dashscope", "settings": {"region": "tokyo"}}, "body.settings.parameters.workspace_id"),
        ({"provider": "openai", "settings": {"parameters": {"x": "1"}}}, "body.settings.parameters.x"),
        ({"provider": "openai", "settings": {"base_urls": {"gemini": "https://h"}}}, "body.settings.base_urls.gemini"),
        ({"provider": "openai", "settings": {"protocols": ["messages"]}}, "body.settings.protocols"),
        ({"provider": "openai", "settings": {"protocols": {"gpt-*": ["gemini"]}}}, "body.settings.protocols"),
        ({"provider": "vllm"}, "body.base_url"),
        ({"provider": "999"}, "body.provider"),
    ],
)
async def test_what_the_catalogue_refuses(api, refused, body: dict[str, Any], field: str) -> None:
    answer = refused(await api.post("/channels", json={"name": "main", **body}), 422)
    assert field in [error["field"] for error in answer["errors"]]


@pytest.mark.parametrize(
    "settings",
    [
        {"region": "Mars!"},
        {"parameters": {"workspace_id": "a.b/c"}},
        {"parameters": {"workspace_id": "x@evil.example"}},
        {"parameters": {"A": "b"}},
        {"protocols": []},
        {"protocols": ["chat", "chat"]},
        {"protocols": ["soap"]},
        {"protocols": {"gpt-*": []}},
        {"base_urls": {"chat": "file:///etc"}},
        {"base_urls": {"soap": "https://h"}},
        {"capabilities": {"imagez": True}},
        {"capabilities": {"images": "yes"}},
        {"protocols": {"gpt-*": ["chat", "chat"]}},
    ],
)
async def test_what_is_badly_written(api, refused, settings: dict[str, Any]) -> None:
    refused(await api.post("/channels", json={"name": "main", "provider": "openai", "settings": settings}), 422)


async def test_a_channel_whose_provider_is_gone_can_be_mended(api, make_channel, catalogue) -> None:
    """After a downgrade: it is shown, and changed in what says nothing of its place."""
    await make_channel(provider="deepseek")
    del catalogue["deepseek"]
    shown = (await api.get("/channels/main")).json()
    assert (shown["base_url"], shown["protocols"]) == ("", {})
    assert (await api.patch("/channels/main", json={"weight": 3})).status_code == 200


async def test_the_catalogue_is_shown(api, refused) -> None:
    listed = (await api.get("/providers")).json()["items"]
    assert [row["id"] for row in listed] == sorted(PROVIDERS)
    one = (await api.get("/providers/17")).json()
    assert one == next(row for row in listed if row["id"] == "dashscope")
    assert one["regions"]["singapore"][0] == "https://{workspace_id}.ap-southeast-1.maas.aliyuncs.com"
    assert {each["protocol"] for each in one["speaks"]} == {"chat", "responses", "messages"}
    refused(await api.get("/providers/nobody"), 404)


async def test_a_document_may_say_it_too(api) -> None:
    settings = {"protocols": {"deepseek-v4*": ["messages"]}}
    channel = {"name": "a", "provider": 43, "secret": "s" * 20, "settings": settings}
    answer = await api.post("/apply", json={"document": {"channels": [channel]}})
    assert answer.status_code == 200, answer.text
    answer = await api.post("/apply", json={"document": {"channels": [channel]}})
    assert [change["action"] for change in answer.json()["changes"]] == ["unchanged"]
    shown = (await api.get("/channels/a")).json()
    assert shown["protocols"] == {
        "chat": "https://api.deepseek.com/v1",
        "messages": "https://api.deepseek.com/anthropic/v1",
        "responses": "https://api.deepseek.com",
    }
