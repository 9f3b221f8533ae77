"""Rules of channels and suffixes of model names in the data plane: what upstreams get, what clients get back."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from tests.deployments import mock
from tests.deployments.asks import ask, events
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream

Make = Callable[[], Awaitable[Gateway]]


async def with_rules(gateway: Gateway, upstream: Upstream, protocol: str = "chat", **rules: Any) -> None:
    settings = {"protocols": [protocol], "capabilities": {"reasoning_effort": True, "stream_usage": True}, **rules}
    models = {"m": "up-model", "gpt-5": "", "claude-*": ""}
    await gateway.add_channel(f"ruled-{protocol}", upstream.url, models=models, settings=settings)


async def test_rules_change_what_the_upstream_gets(gateway: Gateway, upstream: Upstream) -> None:
    await with_rules(
        gateway, upstream,
        param_override=[
            {"mode": "set", "path": "temperature", "value": 0.2},
            {"mode": "set", "path": "top_p", "value": 1, "conditions": [{"path": "original_model", "value": "m"}]},
            {"mode": "set_header", "path": "x-odd", "value": "{api_key}"},
        ],
        header_override={"X-Session": "{client_header:x-session}"},
        system_prompt="Be brief.",
        privacy=["user"],
    )  # fmt: skip
    answer = await gateway.post({"model": "m", "user": "u"}, headers={"x-session": "s1", "x-other": "no"})
    assert (answer.status, answer.json) == (200, mock.UNARY)
    call = upstream.calls[0]
    assert call.json == {
        "model": "up-model", "temperature": 0.2, "top_p": 1,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
    }  # fmt: skip
    assert (call.headers["x-session"], call.headers["x-odd"]) == ("s1", "sk-upstream-ruled-chat")
    assert call.headers["authorization"] == "Bearer sk-upstream-ruled-chat"
    assert "x-other" not in call.headers
    plan = (await gateway.record()).plan
    assert plan.startswith("passthrough; privacy; system_prompt; header_override; set temperature")


async def test_rules_work_on_what_a_conversion_has_made(gateway: Gateway, upstream: Upstream) -> None:
    await with_rules(
        gateway, upstream, param_override=[{"mode": "append", "path": "messages.-1.content", "value": "!"}]
    )
    answer = await ask(gateway, "messages", "m")
    assert answer.status == 200, answer.body
    assert upstream.calls[0].json["messages"] == [{"role": "user", "content": "hi!"}]
    assert (await gateway.record()).plan.startswith("messages to chat; append")


async def test_a_rule_that_refuses(gateway: Gateway, upstream: Upstream) -> None:
    rule = {"mode": "return_error", "value": {"message": "Not here.", "status_code": 403, "code": "no_tools"}}
    await with_rules(gateway, upstream, param_override=[{**rule, "conditions": [{"path": "tools", "mode": "exists"}]}])
    assert (await gateway.post({"model": "m"})).status == 200
    answer = await gateway.post({"model": "m", "tools": []})
    assert (answer.status, answer.json["error"]["message"], answer.json["error"]["code"]) == (
        403,
        "Not here.",
        "no_tools",
    )
    assert len(upstream.calls) == 1


async def test_a_refusal_that_another_channel_may_answer(gateway: Gateway, upstream: Upstream) -> None:
    rule = {"mode": "return_error", "value": {"message": "Elsewhere.", "status_code": 503, "skip_retry": False}}
    await gateway.add_channel("first", upstream.url, models={"m": ""}, priority=5, settings={"param_override": [rule]})
    await gateway.add_channel("second", upstream.url, models={"m": "there"})
    assert (await gateway.post({"model": "m"})).status == 200
    assert [call.json["model"] for call in upstream.calls] == ["there"]


async def test_the_next_channel_goes_by_how_the_one_before_failed(gateway: Gateway, upstream: Upstream) -> None:
    async def busy_once(call: Call) -> None:
        if call.json["model"] == "busy":
            await call.answer(529, b'{"error":{"message":"full until noon","type":"overloaded_error"}}')
        else:
            await call.answer(200, msgspec.json.encode(mock.UNARY))

    upstream.behave = busy_once
    conditions = [
        {"path": "last_error.status_code", "value": 529},
        {"path": "last_error.message", "mode": "contains", "value": "until noon"},
    ]
    rule = {"mode": "set", "path": "service_tier", "value": "flex", "conditions": conditions, "logic": "AND"}
    await gateway.add_channel("first", upstream.url, models={"m": "busy"}, priority=5)
    await gateway.add_channel("second", upstream.url, models={"m": "free"}, settings={"param_override": [rule]})
    assert (await gateway.post({"model": "m"})).status == 200
    assert [call.json.get("service_tier") for call in upstream.calls] == [None, "flex"]


async def test_statuses_are_mapped(gateway: Gateway, upstream: Upstream) -> None:
    async def refuses(call: Call) -> None:
        await call.answer(422, b'{"error":{"message":"no","type":"invalid_request_error"}}')

    upstream.behave = refuses
    await with_rules(gateway, upstream, status_map={"422": 409})
    assert (await gateway.post({"model": "m"})).status == 409


def thinks(*pieces: str) -> Callable[[Call], Awaitable[None]]:
    """A provider that says these pieces, in whole answers together."""

    async def behave(call: Call) -> None:
        if not call.json.get("stream"):
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "".join(pieces)}}
            await call.answer(200, msgspec.json.encode({**mock.UNARY, "choices": [choice], "odd": 1}))
            return
        await call.begin()
        for piece in pieces:
            await call.chunk(mock.event(piece))
        await call.chunk(mock.event(finish="stop") + mock.USAGE + mock.DONE)
        await call.end()

    return behave


PIECES = ("<thi", "nk>\nso ", "so</th", "ink>\n", "\nHello", "!")


async def test_think_tags_become_thinking(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = thinks(*PIECES)
    await with_rules(gateway, upstream, think_tags=True)
    message = (await gateway.post({"model": "m"})).json["choices"][0]["message"]
    assert (message["reasoning_content"], message["content"]) == ("so so", "Hello!")
    stream = await gateway.post({"model": "m", "stream": True})
    deltas = [event["choices"][0]["delta"] for event in events(stream.body) if event.get("choices")]
    assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == "so so"
    assert "".join(delta.get("content") or "" for delta in deltas) == "Hello!"
    claude = await ask(gateway, "messages", "m")
    assert [(block["type"], block.get("thinking") or block.get("text")) for block in claude.json["content"]] == [
        ("thinking", "so so"),
        ("text", "Hello!"),
    ]


async def test_thinking_becomes_text(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = thinks(*PIECES)
    await with_rules(gateway, upstream, think_tags=True, thinking_to_content=True)
    message = (await gateway.post({"model": "m"})).json["choices"][0]["message"]
    assert message["content"] == "<think>\nso so\n</think>\n\nHello!"
    stream = await gateway.post({"model": "m", "stream": True})
    deltas = [event["choices"][0]["delta"] for event in events(stream.body) if event.get("choices")]
    assert "".join(delta.get("content") or "" for delta in deltas) == "<think>\nso so\n</think>\n\nHello!"


async def test_answers_without_what_only_the_provider_knows(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = thinks("Hello!")
    await with_rules(gateway, upstream, force_format=True)
    answer = (await gateway.post({"model": "m"})).json
    assert "odd" not in answer
    assert answer["choices"][0]["message"]["content"] == "Hello!"


@pytest.mark.parametrize("client", ["chat", "messages"])
async def test_suffixes_ask_for_thinking(gateway: Gateway, upstream: Upstream, client: str) -> None:
    await with_rules(gateway, upstream)
    answer = await ask(gateway, client, "gpt-5-high")
    assert answer.status == 200, answer.body
    body = upstream.calls[0].json
    assert (body["model"], body["reasoning_effort"]) == ("gpt-5", "high")
    assert "suffix high" in (await gateway.record()).plan


async def test_suffixes_in_messages(gateway: Gateway, upstream: Upstream) -> None:
    await with_rules(gateway, upstream, "messages")
    await ask(gateway, "messages", "claude-opus-5-max", max_tokens=4000)
    body = upstream.calls[0].json
    assert (body["model"], body["output_config"]) == ("claude-opus-5", {"effort": "max"})
    assert body["thinking"]["type"] == "adaptive"


async def test_names_that_a_channel_keeps_whole(gateway: Gateway, upstream: Upstream) -> None:
    await with_rules(gateway, upstream, suffixes=False)
    answer = await gateway.post({"model": "claude-opus-5-max"})
    assert answer.status == 200, answer.body
    assert upstream.calls[0].json["model"] == "claude-opus-5-max"
    await gateway.add_channel("exact", upstream.url, models={"gpt-5-high": "mine"})
    await gateway.post({"model": "gpt-5-high"})
    assert upstream.calls[-1].json["model"] == "mine"
    assert "reasoning_effort" not in upstream.calls[-1].json


@pytest.mark.parametrize("drop", [False, True])
async def test_a_search_that_a_client_always_offers(gateway: Gateway, upstream: Upstream, drop: bool) -> None:
    """Codex declares its web search in every request."""
    await with_rules(gateway, upstream, drop_server_tools=drop)
    mine = {"type": "function", "name": "mine", "parameters": {"type": "object", "properties": {}}, "strict": False}
    body = {"model": "m", "input": "hi", "store": False, "tools": [{"type": "web_search"}, mine]}
    answer = await gateway.post(msgspec.json.encode(body), "/v1/responses")
    if drop:
        assert answer.status == 200, answer.body
        assert [tool["function"]["name"] for tool in upstream.calls[0].json["tools"]] == ["mine"]
        assert answer.headers["x-gateway-losses"] == "tools.0"
        assert (await gateway.record()).losses == "tools.0"
    else:
        assert (answer.status, answer.error["code"]) == (400, "not_convertible")
        assert not upstream.calls
