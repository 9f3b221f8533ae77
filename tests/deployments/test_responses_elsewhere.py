"""Responses that providers keep themselves: found again on the channel that made them, by the key that asked."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.deployments import speakers
from tests.deployments.asks import events
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import Call, Upstream
from tests.deployments.test_responses_kept import about, ask, counted

Make = Callable[..., Awaitable[Gateway]]
NATIVE = {"protocols": ["responses"], "capabilities": {"stored": True}}


class Provider:
    """Keeps responses. Each has ids of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.made = 0
        self.asked: list[tuple[str, str]] = []

    async def behave(self, call: Call) -> None:
        self.asked.append((call.method, call.target))
        assert call.headers["authorization"] == f"Bearer sk-upstream-{self.name}"
        if call.method == "POST" and call.target == "/v1/responses":
            self.made += 1
            name = f"resp_{self.name}{self.made}"
            if call.json.get("stream"):
                await call.begin()
                for event in speakers.STREAMS["responses"]:
                    own, half = event.replace(b"resp_1", name.encode()), len(event) // 2
                    await call.chunk(own[:half])
                    await call.chunk(own[half:])
                await call.end()
            else:
                answer = speakers.ANSWERS["responses"] | {"id": name}
                await call.answer(200, speakers._encode(answer))
        elif call.method == "DELETE":
            await call.answer(200, b'{"id":"resp_x","object":"response","deleted":true}')
        elif "missing" in call.target:
            await call.answer(404, b'{"error":{"message":"Response not found.","type":"invalid_request_error"}}')
        elif "stream=true" in call.target:
            await call.begin()
            await call.chunk(b'event: response.created\ndata: {"type":"response.created"}\n\n')
            await call.end()
        else:
            await call.answer(200, b'{"object":"here","target":"%b"}' % call.target.encode())


@pytest.fixture
async def world(
    make_gateway: Make, make_upstream: Callable[[], Awaitable[Upstream]]
) -> tuple[Gateway, Provider, Provider]:
    """Two providers for one model."""
    gateway = await make_gateway()
    found = []
    for name in ("a", "b"):
        provider, upstream = Provider(name), await make_upstream()
        upstream.behave = provider.behave
        models = {"x": "up", f"only-{name}": "up"}
        await gateway.add_channel(name, upstream.url, models=models, settings=NATIVE, weight=1 if name == "a" else 0)
        found.append(provider)
    return gateway, found[0], found[1]


async def made(gateway: Gateway, model: str, **more: Any) -> str:
    answer = await ask(gateway, "hi", model=model, **more)
    assert answer.status == 200, answer.body
    return str(events(answer.body)[0]["response"]["id"] if more.get("stream") else answer.json["id"])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_conversation_stays_with_its_provider(world: Any, stream: bool) -> None:
    gateway, _, b = world
    name = await made(gateway, "only-b", stream=stream)
    assert name == "resp_b1"
    for turn in range(3):
        name = await made(gateway, "x", previous_response_id=name, stream=stream)
        assert name == f"resp_b{turn + 2}"
    assert b.made == 4
    refused = await ask(gateway, "hi", name, model="only-a")
    assert (refused.status, refused.json["error"]["code"]) == (400, "previous_response_elsewhere")


async def test_paths_of_a_response_go_to_its_provider(world: Any) -> None:
    gateway, a, b = world
    name = await made(gateway, "only-b")
    assert (await about(gateway, name + "?include%5B%5D=y&key=mine")).json["target"] == (
        f"/v1/responses/{name}?include%5B%5D=y"
    )
    assert (await about(gateway, f"{name}/input_items?limit=3")).json["target"] == (
        f"/v1/responses/{name}/input_items?limit=3"
    )
    assert (await about(gateway, f"{name}/cancel", "POST")).json["target"] == f"/v1/responses/{name}/cancel"
    streamed = await about(gateway, name + "?stream=true")
    assert (streamed.status, events(streamed.body)) == (200, [{"type": "response.created"}])
    endpoint = next(each for each in gateway.replica.table.channels.values() if each.name == "b").protocols["responses"]
    endpoint._paths = {"chat": "/responses?api-version=1"}
    target = (await about(gateway, f"{name}/input_items?limit=3")).json["target"]
    assert target == f"/v1/responses/{name}/input_items?api-version=1&limit=3"
    endpoint._paths = {"chat": "/responses"}
    assert a.asked == []
    assert (await about(gateway, name, "DELETE")).json["deleted"] is True
    calls = len(b.asked)
    assert (await about(gateway, name)).status == 404
    assert len(b.asked) == calls


async def test_another_key_reaches_no_provider(world: Any) -> None:
    gateway, a, b = world
    other = await gateway.add_key("other")
    name = await made(gateway, "only-b")
    calls = len(a.asked) + len(b.asked)
    assert (await ask(gateway, "hi", name, key=other)).status == 400
    for method, path in (("GET", name), ("DELETE", name), ("POST", f"{name}/cancel"), ("GET", f"{name}/input_items")):
        assert (await about(gateway, path, method, key=other)).status == 404
    assert len(a.asked) + len(b.asked) == calls


async def test_what_the_gateway_does_not_know_may_be_another_keys(world: Any) -> None:
    gateway, a, b = world
    answer = await ask(gateway, "hi", "resp_from_before")
    assert (answer.status, answer.json["error"]["code"]) == (400, "previous_response_not_found")
    assert a.asked == b.asked == []


async def test_or_the_providers_to_judge_where_the_operator_says_so(
    make_gateway: Make, make_upstream: Callable[[], Awaitable[Upstream]]
) -> None:
    gateway, provider, upstream = (
        await make_gateway(responses={"unknown": "pass"}),
        Provider("a"),
        await make_upstream(),
    )
    upstream.behave = provider.behave
    await gateway.add_channel("a", upstream.url, models={"x": "up"}, settings=NATIVE)
    assert (await ask(gateway, "hi", "resp_from_before")).status == 200
    assert provider.made == 1
    assert (await about(gateway, "resp_from_before")).status == 404


@pytest.mark.parametrize("protocol", ["chat", "messages", "gemini"])
async def test_an_item_that_is_only_named(gateway: Gateway, upstream: Upstream, protocol: str) -> None:
    await gateway.add_channel("c", upstream.url, models={"x": "up"}, settings={"protocols": [protocol]})
    answer = await ask(gateway, [{"type": "item_reference", "id": "msg_1"}, {"role": "user", "content": "hi"}])
    assert (answer.status, answer.json["error"]["code"]) == (400, "not_convertible")
    assert "item_reference" in answer.json["error"]["message"]
    assert "send the item" in answer.json["error"]["message"]
    assert upstream.calls == []


async def test_unsaid_and_said_store(world: Any) -> None:
    gateway, a, _ = world
    name = await made(gateway, "only-a", store=False)
    assert (await about(gateway, name)).status == 404
    name = await made(gateway, "only-a", store=None)
    assert (await about(gateway, name)).status == 200
    assert a.asked[-1] == ("GET", f"/v1/responses/{name}")
    await until(lambda: counted(gateway, "kept") == 1)


async def test_errors_of_a_provider_are_shown(world: Any, make_upstream: Any) -> None:
    gateway, _, b = world
    name = await made(gateway, "only-b")

    async def refuse(call: Call) -> None:
        await call.answer(404, b'{"error":{"message":"Response not found.","type":"invalid_request_error"}}')

    other = await make_upstream()
    other.behave = refuse
    channel = next(each for each in gateway.replica.table.channels.values() if each.name == "b")
    channel.protocols["responses"].base_url = other.url
    answer = await about(gateway, name)
    assert (answer.status, answer.json["error"]["message"]) == (404, "Response not found.")
    await other.stop()
    assert (await about(gateway, name)).status == 502
    assert b.made == 1


async def test_answers_that_are_written_anew_keep_their_id(world: Any, make_upstream: Any) -> None:
    gateway, _, _ = world
    provider, upstream = Provider("c"), await make_upstream()
    upstream.behave = provider.behave
    settings = {**NATIVE, "think_tags": True}
    await gateway.add_channel("c", upstream.url, models={"only-c": "up", "x": "up"}, settings=settings)
    for stream in (False, True):
        name = await made(gateway, "only-c", stream=stream)
        assert name == f"resp_c{provider.made}"
        assert (await about(gateway, name)).json["target"] == f"/v1/responses/{name}"
        again = await made(gateway, "x", previous_response_id=name, stream=stream)
        assert again == f"resp_c{provider.made}"
