"""Compaction and counting for clients of Responses, on channels that have neither."""

from typing import Any

import msgspec
import pytest
from openai._models import construct_type_unchecked
from openai.types.responses import CompactedResponse, ResponseCompactionItem

from adapters.canonical.compaction import HEADING, PROMPT
from tests.deployments import speakers
from tests.deployments.client import Answer
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream

SAID: list[Any] = [
    {"role": "user", "content": "Look at a.py"},
    {"type": "function_call", "call_id": "c1", "name": "read", "arguments": '{"path":"a.py"}'},
    {"type": "function_call_output", "call_id": "c1", "output": "x = 41"},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It says 41."}]},
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Make it 42"}]},
]
OTHERS = ["chat", "messages", "gemini"]


async def post(gateway: Gateway, path: str, model: str, **fields: Any) -> Answer:
    """A request to a path of Responses."""
    return await gateway.post(msgspec.json.encode({"model": model, **fields}), f"/v1/responses{path}")


@pytest.mark.parametrize("up", OTHERS)
async def test_the_model_writes_the_notes_and_reads_them_later(spoken: Gateway, upstream: Upstream, up: str) -> None:
    answer = await post(spoken, "/compact", f"x-{up}", input=SAID, instructions="Be brief.")
    assert answer.status == 200, answer.body
    compacted = construct_type_unchecked(type_=CompactedResponse, value=answer.json)  # as the SDK reads answers
    assert [item.type for item in compacted.output] == ["message", "message", "compaction"]
    ResponseCompactionItem.model_validate(answer.json["output"][-1], strict=True)
    assert compacted.usage.output_tokens == 4
    assert [item["content"][0]["text"] for item in answer.json["output"][:2]] == ["Look at a.py", "Make it 42"]
    assert answer.json["usage"]["input_tokens"] == 9
    asked = upstream.calls[-1].body.decode()
    for words in ("Be brief.", "Look at a.py", "calls read with", "x = 41", "It says 41.", "Make it 42", PROMPT[:40]):
        assert words in asked
    record = await spoken.record()
    assert (record.operation, record.plan, record.status) == ("compact", f"responses to {up}", 200)
    assert (record.input_tokens, record.output_tokens) == (9, 4)
    # The output is the next request's input, for any channel.
    follow = [*answer.json["output"], {"role": "user", "content": "Go on"}]
    for later in (*OTHERS, "responses"):
        assert (await post(spoken, "", f"x-{later}", input=follow)).status == 200
        told = upstream.calls[-1].body.decode()
        assert HEADING in told
        assert speakers.TEXT in told
        assert "Go on" in told
        assert "gw1." not in told


@pytest.mark.parametrize("up", ["chat", "responses"])
async def test_notes_that_were_cut_are_no_notes(spoken: Gateway, upstream: Upstream, up: str) -> None:
    async def cut(call: Call) -> None:
        choice = {"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": "They want"}}
        await call.answer(200, msgspec.json.encode({"id": "c", "object": "chat.completion", "choices": [choice]}))

    upstream.behave = cut
    answer = await post(spoken, "/compact", "x-chat", input="Hello", max_output_tokens=20)
    assert answer.status == 502, up


async def test_a_provider_that_compacts_is_asked_itself(spoken: Gateway, upstream: Upstream) -> None:
    async def compacts(call: Call) -> None:
        assert call.target == "/v1/responses/compact"
        await call.answer(
            200, b'{"id":"resp_1","object":"response.compaction","created_at":1,"output":[],"usage":null}'
        )

    upstream.behave = compacts
    answer = await post(spoken, "/compact", "x-responses", input="Hello")
    assert (answer.status, answer.json["id"]) == (200, "resp_1")


@pytest.mark.parametrize("up", [*OTHERS, "responses"])
async def test_tokens_are_counted(spoken: Gateway, upstream: Upstream, up: str) -> None:
    answer = await post(spoken, "/input_tokens", f"x-{up}", input=SAID, tools=[])
    assert answer.status == 200, answer.body
    assert answer.json["object"] == "response.input_tokens"
    if up in ("messages", "gemini"):
        assert answer.json["input_tokens"] == 42
        assert "x-gateway-usage" not in answer.headers
    else:  # these channels have no way to count
        assert 5 < answer.json["input_tokens"] < 500
        assert answer.headers["x-gateway-usage"] == "estimate"
        assert upstream.calls == []
    record = await spoken.record()
    assert (record.operation, record.cost) == ("count_tokens", 0)


async def test_openai_counts_for_clients_of_others(gateway: Gateway, upstream: Upstream) -> None:
    async def counts(call: Call) -> None:
        assert call.target == "/v1/responses/input_tokens"
        assert call.json.keys() <= {"model", "input", "instructions", "reasoning", "text", "tools", "tool_choice"}
        await call.answer(200, b'{"object":"response.input_tokens","input_tokens":77}')

    upstream.behave = counts
    await gateway.add_channel(
        "o", upstream.url, provider="openai", models={"m": ""}, settings={"protocols": ["responses"]}
    )
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
    answer = await gateway.post(msgspec.json.encode(body), "/v1/messages/count_tokens")
    assert (answer.status, answer.json) == (200, {"input_tokens": 77})
    assert (await post(gateway, "/input_tokens", "m", input="Hi")).json["input_tokens"] == 77
