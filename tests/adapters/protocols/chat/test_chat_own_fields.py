"""What only this wire has comes back to it: fields of dialects, and what the neutral form does not name."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.blocks import Text
from adapters.canonical.context import Fetched, Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Reasoning, Request
from adapters.protocols.chat.head import parse
from adapters.protocols.chat.read_request import read_request
from adapters.protocols.chat.write_request import write_request

HI = {"role": "user", "content": "hi"}


def read(body: dict[str, Any]) -> Request:
    return read_request(parse("chat", msgspec.json.encode({"model": "m", **body})))


def back(messages: list[dict[str, Any]], to: str = "x", **fields: Any) -> dict[str, Any]:
    request = read({"messages": messages, **fields})
    losses = Losses()
    written = write_request(request, Upstream(model="m", provider=to), losses)
    assert not losses.knobs
    assert not losses.content
    found: dict[str, Any] = msgspec.json.decode(written)
    return found


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": "a", "cache": 1},
        {"role": "user", "content": [{"type": "text", "text": "a", "own": 1}]},
        {
            "role": "user",
            "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        },
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a", "own": 1}, "x": 2}]},
        {"role": "user", "content": [{"type": "video_url", "video_url": {"url": "data:video/mp4;base64,QUJD"}}]},
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "QUJD", "format": "ogg"}}]},
        {"role": "user", "content": [{"type": "file", "file": {"file_data": "https://a/b.pdf"}}]},
        {"role": "user", "content": [{"type": "hologram", "x": 1}]},
        {"role": "assistant", "content": "a", "prefix": True},
        {"role": "assistant", "content": "a", "reasoning_content": "b"},
        {"role": "assistant", "content": "a", "reasoning": "b", "reasoning_details": [{"type": "x", "data": "y"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "b", "closed": True}]},
        {"role": "assistant", "content": "a", "extra_content": {"google": {"thought_signature": "s"}}},
        {"role": "assistant", "content": "a", "extra_content": {"else": 1}},
        {"role": "assistant", "content": [{"type": "output_text", "text": "a"}]},
        {"role": "tool", "tool_call_id": "c", "content": "a", "name": "f"},
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "image_url", "image_url": {"url": "https://a"}}]},
        {"role": "function", "name": "f", "content": "a"},
    ],
)
def test_messages(message: dict[str, Any]) -> None:
    assert back([HI, message])["messages"][1] == message


@pytest.mark.parametrize(
    "call",
    [
        {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}, "own": 1},
        {"id": "c", "type": "robot", "robot": {}},
        {
            "id": "c",
            "type": "function",
            "function": {"name": "f", "arguments": "{}"},
            "extra_content": {"google": {"thought_signature": "s"}},
        },
    ],
)
def test_calls(call: dict[str, Any]) -> None:
    assert back([HI, {"role": "assistant", "content": None, "tool_calls": [call]}])["messages"][1]["tool_calls"] == [
        call
    ]


def test_a_signature_of_a_message_without_text_is_its_first_calls() -> None:
    signed = {"google": {"thought_signature": "s"}}
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call], "extra_content": signed}
    assert back([HI, message])["messages"][1]["tool_calls"] == [{**call, "extra_content": signed}]


@pytest.mark.parametrize(
    "fields",
    [
        {"thinking": {"type": "enabled", "clear_thinking": False}},
        {"reasoning": {"effort": "low"}},
        {"enable_thinking": False},
        {"chat_template_kwargs": {"enable_thinking": True, "own": 1}},
        {"extra_body": {"google": {"thinking_config": {"thinking_budget": 1}, "own": 1}}},
        {"reasoning_effort": "default"},
        {"tools": [{"type": "web_search", "web_search": {}}, {"type": "own:tool"}]},
        {"tools": [{"type": "function", "function": {"name": "f", "own": 1}, "cache_control": {"type": "ephemeral"}}]},
        {"functions": [{"name": "f"}], "function_call": {"name": "f"}},
        {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "any"},
        {"response_format": {"type": "grammar", "grammar": "x"}},
        {"response_format": {"type": "text"}},
        {"stop": "x", "max_tokens": 3, "random_seed": 4},
        {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}},
        {"provider": {"order": ["a"]}, "models": ["b"], "preset": "c"},
        {"temperature": None, "tools": None, "stop": None},
        {"min_p": 0.1, "top_k": 3, "repetition_penalty": 1.1, "logit_bias": {"1": 2}},
    ],
)
def test_settings(fields: dict[str, Any]) -> None:
    found = back([HI], **fields)
    assert {name: found[name] for name in fields} == fields


def test_what_stands_for_state_is_refused_elsewhere() -> None:
    request = read({"messages": [HI], "preset": "p", "provider": {}})
    assert request.state == {"preset"}
    assert request.extensions["chat"].keys() == {"preset", "provider"}


def test_a_text_between_parts_may_be_a_string() -> None:
    (turn,) = read({"messages": [{"role": "user", "content": ["a", {"type": "text", "text": "b"}]}]}).turns
    assert turn.blocks == (Text("a"), Text("b", protocol="chat"))


def test_a_file_that_was_fetched_is_sent_as_data() -> None:
    message = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a", "detail": "low"}}]}
    upstream = Upstream(model="m", fetched={"https://a": Fetched("image/png", "QUJD")})
    written = msgspec.json.decode(write_request(read({"messages": [message]}), upstream, Losses()))
    assert written["messages"][0]["content"][0]["image_url"] == {"url": "data:image/png;base64,QUJD", "detail": "low"}


def test_mistral_takes_documents_by_address() -> None:
    part = {"type": "document_url", "document_url": "https://a/b.pdf", "document_name": "b"}
    assert back([{"role": "user", "content": [part]}], "mistral")["messages"][0]["content"] == [part]


def test_what_was_changed_on_the_way_is_not_as_it_was() -> None:
    request = read({"messages": [HI], "max_tokens": 9, "thinking": {"type": "enabled"}, "stop": "x"})
    request = msgspec.structs.replace(request, max_output=5, reasoning=Reasoning(effort="low"))
    upstream = Upstream(model="m", capabilities=frozenset({"reasoning_effort"}))
    written = msgspec.json.decode(write_request(request, upstream, Losses()))
    assert written == {"model": "m", "messages": [HI], "max_tokens": 5, "reasoning_effort": "low", "stop": "x"}


def test_the_maximum_of_a_legacy_completion_is_written_as_the_provider_knows_it() -> None:
    request = read_request(parse("text_completion", b'{"model":"m","prompt":"hi","max_tokens":5,"stop":"x"}'))
    for can, name in ((frozenset({"max_completion_tokens"}), "max_completion_tokens"), (frozenset(), "max_tokens")):
        written = msgspec.json.decode(write_request(request, Upstream(model="m", capabilities=can), Losses()))
        assert written == {"model": "m", "messages": [HI], name: 5, "stop": "x"}
