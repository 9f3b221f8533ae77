"""Every client protocol on a channel of every upstream protocol, whole and as a stream: what is said and booked."""

from typing import Any

import msgspec
import pytest

from adapters.protocols.table import WIRES
from tests.deployments import asks, speakers
from tests.deployments.asks import PROTOCOLS, ask, events, said, tokens
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream

CELLS = [(client, upstream) for client in PROTOCOLS for upstream in PROTOCOLS]
IDS = [f"{client}-{upstream}" for client, upstream in CELLS]


@pytest.mark.parametrize("tools", [False, True])
@pytest.mark.parametrize(("client", "up"), CELLS, ids=IDS)
async def test_whole(spoken: Gateway, upstream: Upstream, client: str, up: str, tools: bool) -> None:
    answer = await ask(spoken, client, f"x-{up}", tools=tools)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"].startswith("application/json")
    text, calls, finish = said(client, answer.json)
    assert text == ("" if tools else speakers.TEXT)
    assert calls == ([("weather", {"city": "Paris"})] if tools else [])
    assert finish == asks.FINISH[client][tools]
    assert tokens(client, answer.json) == (9, 4)
    record = await spoken.record()
    assert (record.client_protocol, record.upstream_protocol) == (client, up)
    assert record.plan == ("passthrough" if client == up else f"{client} to {up}")
    assert (record.operation, record.status, record.end, record.losses) == ("chat", 200, "complete", "")
    assert (record.input_tokens, record.output_tokens, record.cached_tokens) == (9, 4, 2)
    assert (record.usage_source, record.response_model) == ("upstream", speakers.MODEL)
    if client == up:
        assert answer.json == (speakers.TOOL_ANSWERS if tools else speakers.ANSWERS)[up]
    assert speakers.protocol_of(upstream.calls[0]) == up


@pytest.mark.parametrize("tools", [False, True])
@pytest.mark.parametrize(("client", "up"), CELLS, ids=IDS)
async def test_stream(spoken: Gateway, upstream: Upstream, client: str, up: str, tools: bool) -> None:
    more: dict[str, Any] = {"stream_options": {"include_usage": True}} if client == "chat" else {}
    answer = await ask(spoken, client, f"x-{up}", stream=True, tools=tools, **more)
    assert answer.status == 200, answer.body
    assert answer.whole
    assert answer.headers["content-type"].startswith("text/event-stream")
    if client == up:
        assert answer.body == b"".join((speakers.TOOL_STREAMS if tools else speakers.STREAMS)[up])
    text, calls, finish, counted = _gathered(client, answer.body)
    assert text == ("" if tools else speakers.TEXT)
    assert calls == ([("weather", {"city": "Paris"})] if tools else [])
    assert finish == asks.FINISH[client][tools]
    assert counted == (9, 4)
    record = await spoken.record()
    assert (record.client_protocol, record.upstream_protocol, record.stream) == (client, up, True)
    assert (record.status, record.end, record.usage_source) == (200, "complete", "upstream")
    assert (record.input_tokens, record.output_tokens, record.cached_tokens) == (9, 4, 2)
    assert 0 < record.queue_us <= record.first_byte_us <= record.first_token_us <= record.total_us


@pytest.mark.parametrize(("client", "up"), CELLS, ids=IDS)
async def test_usage_that_a_chat_client_did_not_ask_for_is_booked_and_not_shown(
    spoken: Gateway, client: str, up: str
) -> None:
    answer = await ask(spoken, client, f"x-{up}", stream=True)
    if client == "chat":
        assert b'"usage":{' not in answer.body
        assert answer.body.endswith(b"data: [DONE]\n\n")
    assert (await spoken.record()).usage_source == "upstream"


def _gathered(protocol: str, body: bytes) -> tuple[str, list[Any], str, tuple[int, int]]:
    """What a client has heard at the end of a stream."""
    heard = events(body)
    if protocol == "responses":
        answer = heard[-1]["response"]
        deltas = "".join(event["delta"] for event in heard if event["type"] == "response.output_text.delta")
        text, calls, finish = said(protocol, answer)
        assert text == deltas
        assert [event["sequence_number"] for event in heard] == list(range(len(heard)))
        return text, calls, finish, tokens(protocol, answer)
    if protocol == "chat":
        return _chat(heard)
    if protocol == "messages":
        return _messages(heard)
    parts = [part for event in heard for part in event["candidates"][0]["content"].get("parts", [])]
    whole = {**heard[-1], "candidates": [{**heard[-1]["candidates"][0], "content": {"parts": parts}}]}
    return *said(protocol, whole), tokens(protocol, whole)


def _chat(heard: list[Any]) -> tuple[str, list[Any], str, tuple[int, int]]:
    choices = [event["choices"][0] for event in heard if event["choices"]]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    calls: dict[int, dict[str, str]] = {}
    for choice in choices:
        for piece in choice["delta"].get("tool_calls", []):
            call = calls.setdefault(piece["index"], {"name": "", "arguments": ""})
            for name in call:
                call[name] += piece["function"].get(name) or ""
    found = [(call["name"], msgspec.json.decode(call["arguments"])) for call in calls.values()]
    return text, found, next(c["finish_reason"] for c in choices if c["finish_reason"]), tokens("chat", heard[-1])


def _messages(heard: list[Any]) -> tuple[str, list[Any], str, tuple[int, int]]:
    assert [heard[0]["type"], heard[-2]["type"], heard[-1]["type"]] == [
        "message_start",
        "message_delta",
        "message_stop",
    ]
    blocks = [event["content_block"] for event in heard if event["type"] == "content_block_start"]
    deltas = [event["delta"] for event in heard if event["type"] == "content_block_delta"]
    text = "".join(delta.get("text", "") for delta in deltas)
    arguments = "".join(delta.get("partial_json", "") for delta in deltas)
    calls = [(block["name"], msgspec.json.decode(arguments)) for block in blocks if block["type"] == "tool_use"]
    usage = heard[0]["message"]["usage"] | heard[-2]["usage"]
    return text, calls, heard[-2]["delta"]["stop_reason"], tokens("messages", {"usage": usage})


def test_all_four_are_in_the_table() -> None:
    assert tuple(WIRES) == PROTOCOLS
    assert all(wire.conversion is not None and wire.read_error is not None for wire in WIRES.values())
