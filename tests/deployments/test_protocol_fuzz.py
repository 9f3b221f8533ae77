"""Random damage to good requests and good answers of every protocol: never a 5xx for bad input, never an exception."""

import contextlib
import copy
import random
from typing import Any

import msgspec
import pytest

from tests.deployments import asks, speakers
from tests.deployments.asks import PROTOCOLS
from tests.deployments.client import Client
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream
from tests.deployments.test_fuzz import damage

ROUNDS = 1500
JUNK: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, 2**70, "", "x", "\x00", "\ud7ff", "text", "user", "assistant", "tool",
    "system", "image", [], [[]], [None], {}, {"type": "text"}, {"type": None}, {"": ""}, [{"type": "text", "text": 1}],
    "data:,",
    "data:image/png;base64,AAAA", "http://[", "x" * 300, {"type": "object"}, {"$ref": "#"}, [{}], -(2**63),
]  # fmt: skip
PICTURE = "data:image/png;base64,iVBORw0KGgo="

RICH: dict[str, dict[str, Any]] = {
    "chat": {
        "messages": [
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": [
                {"type": "text", "text": "hi"}, {"type": "image_url", "image_url": {"url": PICTURE, "detail": "low"}}]},
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rome"}'}}]},
            {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "sunny"}]},
            {"role": "user", "content": "go on"},
        ],
        "tools": asks.TOOLS["chat"], "tool_choice": {"type": "function", "function": {"name": "weather"}},
        "temperature": 0.5, "stop": ["a"], "max_tokens": 9, "reasoning_effort": "low", "parallel_tool_calls": True,
        "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": asks.SCHEMA}},
    },
    "responses": {
        "input": [
            {"role": "developer", "content": "be brief"},
            {"type": "message", "role": "user", "content": [
                {"type": "input_text", "text": "hi"}, {"type": "input_image", "image_url": PICTURE, "detail": "auto"}]},
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "hm"}]},
            {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
            {"role": "user", "content": "go on"},
        ],
        "instructions": "i", "tools": asks.TOOLS["responses"], "tool_choice": "required",
        "reasoning": {"effort": "low"},
        "text": {"format": {"type": "json_schema", "name": "s", "schema": asks.SCHEMA}}, "max_output_tokens": 99,
        "metadata": {"a": "b"}, "include": ["reasoning.encrypted_content"],
    },
    "messages": {
        "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "hi"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Rome"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "sunny"}]},
                {"type": "text", "text": "go on"}]},
        ],
        "tools": asks.TOOLS["messages"], "tool_choice": {"type": "any"}, "top_k": 3, "stop_sequences": ["x"],
        "thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000, "metadata": {"user_id": "u"},
    },
    "gemini": {
        "systemInstruction": {"parts": [{"text": "be brief"}]},
        "contents": [
            {"role": "user", "parts": [
                {"text": "hi"}, {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}]},
            {"role": "model", "parts": [
                {"functionCall": {"name": "weather", "args": {"city": "Rome"}}, "thoughtSignature": "c2ln"}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "weather", "response": {"result": "sunny"}}}]},
        ],
        "tools": asks.TOOLS["gemini"],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}},
        "generationConfig": {
            "temperature": 0.5, "topK": 3, "stopSequences": ["x"], "maxOutputTokens": 99,
            "responseMimeType": "application/json", "responseSchema": {"type": "OBJECT"},
            "thinkingConfig": {"thinkingBudget": 100, "includeThoughts": True},
        },
        "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    },
}  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [at] if at else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        found += places(each, (*at, key))
    return found


def mutated(document: dict[str, Any], dice: random.Random) -> bytes:
    """The document with some values replaced, taken away, doubled or put under another name."""
    whole = copy.deepcopy(document)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        where = dice.choice(places(whole) or [("",)])
        holder: Any = whole
        if where == ("",):
            break
        for key in where[:-1]:
            holder = holder[key]
        match dice.randrange(5):
            case 0:
                del holder[where[-1]]
            case 1 if isinstance(holder, list):
                holder.insert(0, copy.deepcopy(holder[where[-1]]))
            case 2 if isinstance(holder, dict):
                holder[dice.choice(["type", "role", "content", "name", "x", "id"])] = holder.pop(where[-1])
            case _:
                holder[where[-1]] = copy.deepcopy(dice.choice(JUNK))
    return msgspec.json.encode(whole)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("client", PROTOCOLS)
async def test_damaged_requests(spoken: Gateway, upstream: Upstream, client: str) -> None:
    dice = random.Random(client)
    rich = RICH[client]
    statuses: dict[int, int] = {}
    async with Client(spoken.port) as connection:
        for number in range(ROUNDS):
            up = PROTOCOLS[number % 4]
            stream = dice.random() < 0.5
            good = {**asks.body(client, f"x-{up}", stream=stream), **rich}
            body = mutated(good, dice) if dice.random() < 0.8 else damage(msgspec.json.encode(good), dice)
            headers = {"authorization": "", **asks.headers(client, spoken.key)}
            connection.send(spoken.raw(body, asks.path(client, f"x-{up}", stream=stream), headers=headers))
            answer = await connection.answer()
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            assert answer.status in (200, 400, 404), (up, body, answer.body)
            assert answer.whole
    assert statuses[200] > ROUNDS // 10
    assert statuses[400] > ROUNDS // 10
    for call in upstream.calls:
        msgspec.json.decode(call.body)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("up", PROTOCOLS)
async def test_damaged_answers(spoken: Gateway, upstream: Upstream, up: str) -> None:
    dice = random.Random(up)
    wholes = [(speakers.TOOL_ANSWERS if tools else speakers.ANSWERS)[up] for tools in (False, True)]
    parts = [(speakers.TOOL_STREAMS if tools else speakers.STREAMS)[up] for tools in (False, True)]

    async def behave(call: Call) -> None:
        if not (call.json.get("stream") or ":stream" in call.target):
            good = dice.choice(wholes)
            body = mutated(good, dice) if dice.random() < 0.7 else damage(msgspec.json.encode(good), dice)
            await call.answer(200, body)
            return
        frames = list(dice.choice(parts))
        for _ in range(dice.choice([1, 1, 2])):
            at = dice.randrange(len(frames))
            match dice.randrange(4):
                case 0:
                    frames[at] = damage(frames[at], dice)
                case 1:
                    del frames[at]
                case 2:
                    frames.insert(dice.randrange(len(frames) + 1), frames[at])
                case _:
                    head, _, data = frames[at].partition(b"data: ")
                    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                        frames[at] = head + b"data: " + mutated(msgspec.json.decode(data), dice) + b"\n\n"
            if not frames:
                break
        await call.begin()
        for frame in frames:
            if frame:
                await call.chunk(frame)
        await call.end()

    upstream.behave = behave
    statuses: dict[int, int] = {}
    async with Client(spoken.port) as connection:
        for number in range(ROUNDS):
            spoken.replica.breakers.succeeded(1 + PROTOCOLS.index(up))
            client = PROTOCOLS[number % 4]
            stream = dice.random() < 0.6
            body = msgspec.json.encode(asks.body(client, f"x-{up}", stream=stream))
            headers = {"authorization": "", **asks.headers(client, spoken.key)}
            connection.send(spoken.raw(body, asks.path(client, f"x-{up}", stream=stream), headers=headers))
            answer = await connection.answer()
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            assert answer.status in (200, 502), (client, answer.body)
            assert answer.whole
    assert statuses[200] > ROUNDS // 3
    assert spoken.journal.appended == ROUNDS
