"""Whole answers, read and written: what the official SDK's types take, strictly."""

from typing import Any

import msgspec
import pytest
from anthropic.types import Message, MessageTokensCount
from msgspec import Raw

from adapters.canonical.blocks import (
    Citation,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
)
from adapters.canonical.context import Client
from adapters.canonical.response import Candidate, Response
from adapters.canonical.sealed import unseal
from adapters.protocols.messages.head import parse
from adapters.protocols.messages.read_request import read_request
from adapters.protocols.messages.read_response import read_response
from adapters.protocols.messages.write_response import write_response
from adapters.usage import Extra, Usage

CLIENT = Client(request_id="r1", created=0, model="asked-for")
GEMINI = Origin("gemini", "gemini")
RAW = Raw(b'{"type":"mcp_tool_use"}')


def written(*blocks: Any, finish: Any = "stop", **more: Any) -> Any:
    candidate = Candidate(blocks=blocks, finish=finish)
    body = write_response(Response(candidates=(candidate,), **more), CLIENT)
    return Message.model_validate_json(body, strict=True)


def test_an_answer_of_another_provider() -> None:
    usage = Usage(100, 20, 30, 10, 5, "upstream", Extra(cache_write_1h=4, tools={"web_search": 2, "file_search": 1}))
    message = written(Text("Hello"), usage=usage, id="chatcmpl-1", model="gpt", service_tier="default")
    assert message.to_dict(mode="json") == {
        "id": "msg_r1",
        "type": "message",
        "role": "assistant",
        "model": "asked-for",
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 60,
            "cache_read_input_tokens": 30,
            "cache_creation_input_tokens": 10,
            "cache_creation": {"ephemeral_5m_input_tokens": 6, "ephemeral_1h_input_tokens": 4},
            "output_tokens": 20,
            "output_tokens_details": {"thinking_tokens": 5},
            "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 0},
        },
    }


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("stop_sequence", "stop_sequence"),
        ("content_filter", "refusal"),
        ("refusal", "refusal"),
        ("pause", "pause_turn"),
        ("context", "model_context_window_exceeded"),
        ("tool_calls", "end_turn"),
        ("other", "end_turn"),
        (None, "end_turn"),
    ],
)
def test_finishes(finish: str | None, reason: str) -> None:
    assert written(Text("x"), finish=finish).stop_reason == reason


def test_calls_end_in_tool_use() -> None:
    message = written(Text(""), ToolCall("a:b", "f", ""), ToolCall("c", "p", "in", custom=True))
    assert message.stop_reason == "tool_use"
    first, second = message.content
    assert (first.type, first.input, second.input) == ("tool_use", {}, {"input": "in"})
    assert ":" not in first.id


def test_blocks_in_the_forms_of_this_protocol() -> None:
    message = written(
        Text(
            "cited", citations=(Citation("url", "https://x", "T", "q"), Citation("file", title="f.txt", file_id="f1"))
        ),
        Refusal("No."),
        Media("image", media_type="image/png", data="AAAA"),
        Media("image", url="https://x/a.png"),
        Media("audio", data="AAAA", transcript="spoken"),
        Media("file", text="written"),
        Media("image"),
        ServerCall("s1", "web_search", '{"query":"q"}', Origin("responses"), RAW),
        ServerResult("s1", "web_search", Origin("responses"), RAW, sources=(Citation("url", "https://x", "T"),)),
        ServerCall("s2", "code_execution", "print(1)", Origin("gemini"), RAW),
        ServerResult("s2", "code_execution", Origin("gemini"), RAW, "1"),
        ServerCall("s4", "web_fetch", '{"url":"https://x"}', Origin("gemini"), RAW),
        ServerResult("s4", "web_fetch", Origin("gemini"), RAW, "page", (Citation("url", "https://x"),)),
        ServerCall("s3", "image_generation", "{}", Origin("responses"), RAW),
        ServerResult("s3", "file_search", Origin("responses"), RAW),
        Opaque(Origin("responses"), "x", RAW),
    )
    texts = [block.text for block in message.content if block.type == "text"]
    assert texts == [
        "cited",
        "No.",
        "![image](data:image/png;base64,AAAA)",
        "![image](https://x/a.png)",
        "spoken",
        "written",
    ]
    assert [one.type for one in message.content[0].citations or ()] == ["web_search_result_location", "char_location"]
    assert [block.type for block in message.content[6:]] == [
        "server_tool_use", "web_search_tool_result", "server_tool_use", "code_execution_tool_result",
        "server_tool_use", "web_fetch_tool_result",
    ]  # fmt: skip
    assert message.content[8].input == {"input": "print(1)"}


def test_a_call_of_the_provider_has_an_answer() -> None:
    message = written(ServerCall("s", "web_search", "{}", Origin("responses"), RAW), Text("x"))
    assert [block.type for block in message.content] == ["server_tool_use", "web_search_tool_result", "text"]


def test_a_blocked_prompt_is_a_refusal() -> None:
    body = write_response(Response(blocked="PROHIBITED_CONTENT"), CLIENT)
    message = Message.model_validate_json(body, strict=True)
    assert (message.stop_reason, message.content) == ("refusal", [])
    assert message.stop_details is not None
    assert message.stop_details.explanation == "PROHIBITED_CONTENT"


def test_another_providers_signatures_come_back_with_the_next_request() -> None:
    thought = Thinking("Hm.", "c2ln", origin=GEMINI)
    item = Thinking("Sum", encrypted="enc", origin=Origin("responses", "openai"), id="rs_1")
    hidden = Thinking("", encrypted="more", origin=Origin("responses"), id="rs_2")
    plain = Thinking("aloud", origin=Origin("chat", "deepseek"))
    call = ToolCall("t1", "f", "{}", signature="Y2FsbA", origin=GEMINI)
    said = Text("Hi", signature="dGV4dA", origin=GEMINI)
    message = written(thought, item, hidden, plain, Thinking(""), said, call)
    assert [block.type for block in message.content] == [
        "thinking", "thinking", "redacted_thinking", "thinking", "text", "redacted_thinking", "redacted_thinking",
        "tool_use",
    ]  # fmt: skip
    turns = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": message.to_dict(mode="json")["content"]},
    ]
    body = msgspec.json.encode({"model": "m", "max_tokens": 1, "messages": turns})
    blocks = read_request(parse("chat", body)).turns[1].blocks
    assert blocks[:4] == (thought, item, hidden, plain)
    assert isinstance(blocks[4], Text)
    assert (blocks[4].signature, blocks[4].origin) == ("dGV4dA", GEMINI)
    assert isinstance(blocks[5], ToolCall)
    assert (blocks[5].id, blocks[5].signature, blocks[5].origin) == ("t1", "Y2FsbA", GEMINI)
    assert len(blocks) == 6


def test_own_signatures_stay_as_they_are() -> None:
    own = Origin("messages")
    message = written(Thinking("a", "EqQB", origin=own), Thinking(encrypted="data", origin=own))
    assert [block.to_dict() for block in message.content] == [
        {"type": "thinking", "thinking": "a", "signature": "EqQB"},
        {"type": "redacted_thinking", "data": "data"},
    ]
    assert unseal("EqQB") is None


ANSWER: dict[str, Any] = {
    "id": "msg_01",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": [
        {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
        {"type": "redacted_thinking", "data": "ABC"},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
        {
            "type": "web_search_tool_result",
            "tool_use_id": "srvtoolu_1",
            "content": [{"type": "web_search_result", "url": "https://x", "title": "T", "encrypted_content": "E"}],
        },
        {
            "type": "text",
            "text": "cited",
            "citations": [
                {
                    "type": "web_search_result_location",
                    "url": "https://x",
                    "title": "T",
                    "cited_text": "q",
                    "encrypted_index": "E",
                }
            ],
        },
        {"type": "container_upload", "file_id": "f"},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 5, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 2, "output_tokens": 7},
    "context_management": {"applied_edits": []},
}


def test_an_answer_read_and_written_is_the_same() -> None:
    response = read_response(msgspec.json.encode(ANSWER))
    client = Client(request_id="r1", created=0, model="claude-x")
    assert msgspec.json.decode(write_response(response, client)) == ANSWER
    thinking, _, call, result, text, upload, _ = response.candidates[0].blocks
    assert thinking == Thinking("hm", "EqQB", origin=Origin("messages"))
    assert isinstance(call, ServerCall)
    assert (call.tool, call.input) == ("web_search", '{"query":"q"}')
    assert isinstance(result, ServerResult)
    assert result.sources[0].url == "https://x"
    assert isinstance(text, Text)
    assert (text.citations[0].kind, text.citations[0].quoted) == ("url", "q")
    assert isinstance(upload, Opaque)
    assert upload.knob
    assert response.usage == Usage(7, 7, 2, source="upstream")
    assert (response.id, response.candidates[0].raw_finish) == ("msg_01", "tool_use")


def test_a_refusal_is_said_in_words() -> None:
    refused = {
        **ANSWER,
        "content": [],
        "stop_reason": "refusal",
        "stop_details": {"type": "refusal", "explanation": "No."},
    }
    candidate = read_response(msgspec.json.encode(refused)).candidates[0]
    assert (candidate.blocks, candidate.finish) == ((Refusal("No."),), "refusal")


def test_counts() -> None:
    response = read_response(b'{"input_tokens":14}')
    assert response.usage == Usage(14, source="upstream")
    body = write_response(response, Client(request_id="r", created=0, model="m", operation="count_tokens"))
    assert MessageTokensCount.model_validate_json(body, strict=True).input_tokens == 14


def test_what_is_counted_apart_is_booked() -> None:
    apart = {"type": "compaction", "input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 5}
    usage = {**ANSWER["usage"], "iterations": [apart, {"type": "message", "input_tokens": 5, "output_tokens": 7}]}
    response = read_response(msgspec.json.encode({**ANSWER, "usage": usage}))
    assert response.usage == Usage(112, 17, 7, source="upstream")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"type":"error","error":{}}', b'{"content":[{"text":"x"}]}', b'{"content":[7]}']
)
def test_what_is_no_answer(body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, ValueError)):
        read_response(body)
