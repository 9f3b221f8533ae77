"""Whole answers, read from every dialect and written as OpenAI has them."""

from typing import Any

import msgspec
import pytest
from openai.types.chat import ChatCompletion

from adapters.canonical.blocks import Citation, Media, Origin, Refusal, Text, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.response import Candidate, Response
from adapters.protocols.chat.errors import read_error
from adapters.protocols.chat.read_response import read_response
from adapters.protocols.chat.write_response import write_response
from adapters.usage import Usage

CLIENT = Client(request_id="q1", created=1, model="asked")
NOTE = {"type": "url_citation", "url_citation": {"url": "https://a", "title": "A", "start_index": 0, "end_index": 1}}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
FULL = {
    "id": "x",
    "object": "chat.completion",
    "created": 7,
    "model": "gpt-x",
    "service_tier": "default",
    "system_fingerprint": "fp",
    "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13, "cost": 1},
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "logprobs": {"content": [], "refusal": None},
            "content_filter_results": {"hate": {"filtered": False}},
            "message": {
                "role": "assistant",
                "content": "so",
                "refusal": "no",
                "reasoning": "why",
                "reasoning_details": [
                    {"type": "reasoning.text", "text": "why", "signature": "s", "format": "anthropic-claude-v1"}
                ],
                "annotations": [NOTE],
                "audio": {"id": "au", "data": "SUQz", "expires_at": 9, "transcript": "hey"},
                "images": [{"type": "image_url", "image_url": {"url": "https://i"}}],
                "tool_calls": [CALL],
                "someones_own": 1,
            },
        }
    ],
    "prompt_filter_results": [1],
}  # fmt: skip


def read(**fields: Any) -> Response:
    return read_response(msgspec.json.encode({"id": "x", "choices": [], **fields}))


def message(**fields: Any) -> Candidate:
    return read(choices=[{"index": 0, "message": {"role": "assistant", **fields}, "finish_reason": "stop"}]).candidates[
        0
    ]


def test_everything_is_read() -> None:
    response = read_response(msgspec.json.encode(FULL))
    (one,) = response.candidates
    thought, text, refusal, audio, image, call = one.blocks
    assert isinstance(thought, Thinking)
    assert (thought.text, thought.signature, thought.origin) == ("why", "s", Origin("messages"))
    assert isinstance(text, Text)
    assert (text.text, text.citations[0].url) == ("so", "https://a")
    assert refusal == Refusal("no")
    assert isinstance(audio, Media)
    assert (audio.media_type, audio.data, audio.transcript, audio.file_id) == ("audio/mpeg", "SUQz", "hey", "au")
    assert image == Media("image", url="https://i", protocol="chat")
    assert call == ToolCall("c1", "f", '{"a":1}', protocol="chat")
    assert response.usage == Usage(9, 4, source="upstream")
    assert (response.id, response.model, response.created) == ("x", "gpt-x", 7)
    assert (response.service_tier, response.fingerprint) == ("default", "fp")
    assert (one.finish, one.raw_finish) == ("tool_calls", "tool_calls")


def test_its_own_protocol_gets_everything_back() -> None:
    back = msgspec.json.decode(write_response(read_response(msgspec.json.encode(FULL)), CLIENT))
    usage = back.pop("usage")
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (9, 4)
    assert back == {name: value for name, value in FULL.items() if name != "usage"}


@pytest.mark.parametrize(
    ("fields", "blocks"),
    [
        ({"content": None}, ()),
        ({"content": ""}, ()),
        ({"content": [{"type": "text", "text": "a"}, {"type": "reference", "reference_ids": [1]}]}, (Text("a"),)),
        ({"content": "a", "reasoning_content": "b"}, ("b", Text("a"))),
        ({"content": [{"type": "thinking", "thinking": "b"}, {"type": "text", "text": "a"}]}, ("b", Text("a"))),
        ({"content": "a", "tool_calls": None, "function_call": {"name": "", "arguments": ""}}, (Text("a"),)),
        ({"content": "a", "audio": {"id": "", "data": "", "transcript": ""}, "refusal": ""}, (Text("a"),)),
        ({"content": 5, "tool_calls": 3, "annotations": 2, "reasoning": {}, "images": 1, "audio": 2}, ()),
    ],
)
def test_dialects(fields: dict[str, Any], blocks: tuple[Any, ...]) -> None:
    found = tuple(block.text if isinstance(block, Thinking) else block for block in message(**fields).blocks)
    assert found == blocks


def test_calls_of_dialects() -> None:
    found = message(tool_calls=[{"function": {"name": "f", "arguments": {"a": 1}}}, {"function": {"name": "g"}}])
    assert found.finish == "tool_calls"
    first, second = found.blocks
    assert isinstance(first, ToolCall)
    assert isinstance(second, ToolCall)
    assert (first.arguments, second.arguments) == ('{"a":1}', "{}")
    assert first.id != second.id
    (old,) = message(function_call={"name": "f", "arguments": "{}"}).blocks
    assert isinstance(old, ToolCall)
    assert old.name == "f"
    signed = {"google": {"thought_signature": "s"}}
    (call,) = message(tool_calls=[CALL], extra_content=signed).blocks
    assert isinstance(call, ToolCall)
    assert (call.signature, call.origin) == ("s", Origin("gemini"))
    (text,) = message(content="a", extra_content=signed).blocks
    assert isinstance(text, Text)
    assert text.signature == "s"


def test_sources_of_a_search_engine() -> None:
    found = read(citations=["https://a"], choices=[{"message": {"content": "x"}}]).candidates[0].blocks[0]
    assert isinstance(found, Text)
    assert found.citations == (Citation("url", "https://a", protocol="chat"),)


def test_usage_wherever_it_is() -> None:
    counts = {"prompt_tokens": 9, "completion_tokens": 4}
    for fields in ({"usage": counts}, {"x_groq": {"usage": counts}}, {"choices": [{"message": {}, "usage": counts}]}):
        assert read(**fields).usage == Usage(9, 4, source="upstream")
    assert read().usage == Usage()


def test_a_legacy_completion() -> None:
    found = read(choices=[{"text": "a", "index": 0, "logprobs": {"tokens": ["a"]}, "finish_reason": "length"}])
    assert found.candidates[0].blocks == (Text("a"),)
    client = Client(request_id="q", created=1, model="m", operation="text_completion")
    assert msgspec.json.decode(write_response(found, client))["choices"][0]["logprobs"] == {"tokens": ["a"]}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"error":{"message":"x"}}', b'{"choices":5}', b"<html>"])
def test_what_is_no_answer(body: bytes) -> None:
    with pytest.raises((ValueError, msgspec.DecodeError)):
        read_response(body)


def test_a_prompt_that_was_refused() -> None:
    body = write_response(Response(id="g", blocked="SAFETY", protocol="gemini"), CLIENT)
    choice = ChatCompletion.model_validate_json(body, strict=True).choices[0]
    assert (choice.finish_reason, choice.message.content) == ("content_filter", "")


def test_logprobs_of_gemini() -> None:
    raw = msgspec.Raw(
        b'{"chosenCandidates":[{"token":"a","logProbability":-0.5}],'
        b'"topCandidates":[{"candidates":[{"token":"b","logProbability":-1}]}]}'
    )
    answer = Response(candidates=(Candidate(blocks=(Text("a"),), logprobs=raw, finish="stop"),))
    logprobs = ChatCompletion.model_validate_json(write_response(answer, CLIENT), strict=True).choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content is not None
    assert (logprobs.content[0].token, logprobs.content[0].top_logprobs[0].token) == ("a", "b")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error":{"message":"m","type":"t","code":"c"}}', ("t", "m")),
        (b'{"error":{"message":"m","code":404,"status":"NOT_FOUND"}}', ("NOT_FOUND", "m")),
        (b'[{"error":{"message":"m","code":404}}]', ("404", "m")),
        (b'{"error":"m"}', ("400", "m")),
        (b'{"object":"error","message":"m","type":"t"}', ("t", "m")),
        (b'{"detail":"m"}', ("400", "m")),
        (b"<html>", ("", "")),
        (b"[]", ("", "")),
    ],
)
def test_errors_of_dialects(body: bytes, kind: tuple[str, str]) -> None:
    assert read_error(400, body) == kind
