"""Rules, suffixes, media that are fetched, repeats and retries, in every protocol."""

import base64
from typing import Any

import msgspec
import pytest

from tests.deployments import asks, speakers
from tests.deployments.asks import PROTOCOLS, ask, events, said
from tests.deployments.gateway import Gateway
from tests.deployments.idempotent import Replicas, settled
from tests.deployments.mock import Call, Upstream, answers, streams
from tests.deployments.test_protocol_paths import shaped

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def chunk(content: str, finish: str | None = None) -> bytes:
    """An event of a chat stream."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish}
    document = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + msgspec.json.encode(document) + b"\n\n"


async def ruled(gateway: Gateway, upstream: Upstream, protocol: str, **settings: Any) -> None:
    """A channel of that protocol with these settings, which serves "ruled" and gpt-5."""
    await gateway.add_channel(
        "ruled", upstream.url, models={"ruled": "", "gpt-5": ""}, settings={"protocols": [protocol], **settings}
    )


@pytest.mark.parametrize("client", PROTOCOLS)
@pytest.mark.parametrize("up", PROTOCOLS)
async def test_rules_change_what_goes_out(gateway: Gateway, upstream: Upstream, client: str, up: str) -> None:
    upstream.behave = speakers.speaks
    rules = {"operations": [{"path": "added", "mode": "set", "value": {"x": 1}}]}
    await ruled(gateway, upstream, up, param_override=rules, header_override={"x-team": "blue {model}"})
    answer = await ask(gateway, client, "ruled", stream=True)
    assert answer.status == 200, answer.body
    assert upstream.calls[0].json["added"] == {"x": 1}
    assert upstream.calls[0].headers["x-team"] == "blue ruled"
    plan = (await gateway.record()).plan
    assert plan.startswith("passthrough; " if client == up else f"{client} to {up}; ")


async def test_refusals_and_statuses_are_in_the_clients_shape(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = answers(404, b'{"error":{"message":"no"}}')
    await ruled(gateway, upstream, "chat", status_map={"404": 429})
    rules = {"operations": [{"mode": "return_error", "value": {"message": "not here", "status_code": 403}}]}
    await gateway.add_channel("refusing", upstream.url, models={"refused": ""}, settings={"param_override": rules})
    for client in PROTOCOLS:
        answer = await ask(gateway, client, "ruled")
        assert answer.status == 429
        assert shaped(client, answer)
        calls = len(upstream.calls)
        answer = await ask(gateway, client, "refused")
        assert answer.status == 403
        assert shaped(client, answer) == "not here"
        assert len(upstream.calls) == calls


@pytest.mark.parametrize("client", PROTOCOLS)
@pytest.mark.parametrize("stream", [False, True])
async def test_thoughts_in_the_text_become_thinking(
    gateway: Gateway, upstream: Upstream, client: str, stream: bool
) -> None:
    await ruled(gateway, upstream, "chat", think_tags=True)
    text = "<think>hmhm</think>xHello"
    if stream:
        cut = [text[at : at + 3] for at in range(0, len(text) - 5, 3)] + ["Hello"]
        upstream.behave = streams(*map(chunk, cut), chunk("", "stop"), b"data: [DONE]\n\n")
    else:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        upstream.behave = answers(200, msgspec.json.encode(body))
    answer = await ask(gateway, client, "ruled", stream=stream)
    assert answer.status == 200
    assert b"<think>" not in answer.body
    if stream:
        assert b"Hello" in msgspec.json.encode(events(answer.body))
    else:
        assert said(client, answer.json)[0].endswith("Hello")
    assert b"hm" in answer.body
    record = await gateway.record()
    assert (record.end, record.plan) == ("complete", "chat to chat" if client == "chat" else f"{client} to chat")


@pytest.mark.parametrize("client", PROTOCOLS)
async def test_a_suffix_of_the_name_asks_for_thinking(gateway: Gateway, upstream: Upstream, client: str) -> None:
    upstream.behave = speakers.speaks
    await ruled(gateway, upstream, "chat", capabilities={"reasoning_effort": True})
    answer = await ask(gateway, client, "gpt-5-high")
    assert answer.status == 200, answer.body
    assert (upstream.calls[0].json["model"], upstream.calls[0].json["reasoning_effort"]) == ("gpt-5", "high")
    record = await gateway.record()
    assert (record.model, record.upstream_model) == ("gpt-5-high", "gpt-5")
    only = await gateway.add_key("only", models=["gpt-5"])
    assert (await ask(gateway, client, "gpt-5-low", key=only)).status == 200
    assert (await ask(gateway, client, "ruled", key=only)).status == 403
    assert (await ask(gateway, client, "gpt-6-high")).status == 404


@pytest.mark.parametrize("client", ["chat", "responses", "messages"])
async def test_media_are_fetched_where_the_provider_takes_no_address(
    make_gateway: Any, make_upstream: Any, upstream: Upstream, client: str
) -> None:
    gateway = await make_gateway(fetch={"allow": ["127.0.0.0/8"]})
    pictures: Upstream = await make_upstream()
    pictures.behave = answers(200, PIXEL, "image/png")
    upstream.behave = speakers.speaks
    await ruled(gateway, upstream, "gemini", capabilities={"images": True})
    url = pictures.url.removesuffix("/v1") + "/pixel.png"
    content: dict[str, Any] = {
        "chat": {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]},
        "responses": {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": url}]}]},
        "messages": {
            "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": url}}]}]
        },
    }[client]
    answer = await ask(gateway, client, "ruled", **content)
    assert answer.status == 200, answer.body
    part = upstream.calls[0].json["contents"][0]["parts"][0]["inlineData"]
    assert (part["mimeType"], base64.b64decode(part["data"])) == ("image/png", PIXEL)
    closed = await make_gateway()
    await ruled(closed, upstream, "gemini", capabilities={"images": True})
    answer = await ask(closed, client, "ruled", **content)
    assert answer.status == 400
    assert shaped(client, answer)
    assert len(pictures.calls) == 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("client", "up"), [("messages", "gemini"), ("responses", "chat"), ("gemini", "messages")])
async def test_a_repeat_gets_the_same_answer(
    gateway: Gateway, upstream: Upstream, client: str, up: str, stream: bool
) -> None:
    upstream.behave = speakers.speaks
    await ruled(gateway, upstream, up)
    replicas = Replicas()
    try:
        part = await replicas.guard(gateway)
        body = msgspec.json.encode(asks.body(client, "ruled", stream=stream))
        headers = {"authorization": "", **asks.headers(client, gateway.key), "idempotency-key": "one"}
        path = asks.path(client, "ruled", stream=stream)
        first = await gateway.post(body, path, headers=headers)
        await settled(part)
        second = await gateway.post(body, path, headers=headers)
        assert (first.status, second.status) == (200, 200)
        assert first.body == second.body
        assert second.headers["idempotent-replayed"] == "true"
        assert len(upstream.calls) == 1
        other = await gateway.post(body + b" ", path, headers=headers)
        assert other.status == 422
        assert shaped(client, other)
    finally:
        await replicas.stop()


async def test_a_channel_whose_rules_cannot_be_followed_is_not_used(gateway: Gateway, upstream: Upstream) -> None:
    await ruled(gateway, upstream, "chat", privacy="everything")
    assert (await ask(gateway, "messages", "ruled")).status == 404
    assert (await ask(gateway, "chat", "gpt-x")).status == 200


async def test_a_retry_on_a_channel_of_another_protocol(gateway: Gateway, upstream: Upstream) -> None:
    async def behave(call: Call) -> None:
        await (speakers.speaks(call) if "/messages" in call.target else call.answer(500, b"{}"))

    upstream.behave = behave
    for name, up, priority in (("broken", "chat", 2), ("whole", "messages", 1)):
        await gateway.add_channel(
            name, upstream.url, models={"two": ""}, priority=priority, settings={"protocols": [up]}
        )
    for client in PROTOCOLS:
        answer = await ask(gateway, client, "two", stream=True)
        assert answer.status == 200
    assert {(record.attempts, record.upstream_protocol) for record in await gateway.records(4)} == {(2, "messages")}
