"""Requests of chat completions, read: what each part becomes, and what a wrong one is told."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.blocks import Cache, Media, Opaque, Origin, Refusal, Text, Thinking, ToolCall, ToolResult
from adapters.canonical.request import (
    FunctionTool,
    OpaqueTool,
    OutputFormat,
    Reasoning,
    Request,
    ServerTool,
    ToolChoice,
)
from adapters.errors import ClientError
from adapters.protocols.chat.head import parse
from adapters.protocols.chat.read_request import read_request


def read(operation: str = "chat", **fields: Any) -> Request:
    fields = {"model": "m", **fields}
    if operation == "chat":
        fields.setdefault("messages", [{"role": "user", "content": "hi"}])
    return read_request(parse(operation, msgspec.json.encode(fields)))


def blocks(*messages: dict[str, Any]) -> list[Any]:
    return [block for turn in read(messages=list(messages)).turns for block in turn.blocks]


def user(part: dict[str, Any]) -> Any:
    return blocks({"role": "user", "content": [part]})[0]


def test_each_message_is_a_turn() -> None:
    turns = read(
        messages=[
            {"role": "developer", "content": "be brief"},
            {"role": "system", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "name": "n"},
            {"role": "user", "content": "hi", "extra_field": 1},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
            {"role": "assistant", "content": "it is 42"},
        ]
    ).turns
    assert [turn.role for turn in turns] == ["developer", "system", "user", "assistant", "user", "assistant"]
    assert turns[0].plain
    assert turns[1].name == "n"
    assert not turns[1].plain
    assert len(turns[1].blocks) == 2
    assert turns[2].extra == {"extra_field": msgspec.Raw(b"1")}
    assert turns[3].blocks == (ToolCall("c1", "add", '{"a":1}', protocol="chat"),)
    assert turns[4].blocks == (ToolResult("c1", (Text("42"),), plain=True, protocol="chat"),)


CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}


@pytest.mark.parametrize(
    ("part", "block"),
    [
        ({"type": "text", "text": "t"}, Text("t", protocol="chat")),
        (
            {"type": "text", "text": "t", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
            Text("t", cache=Cache("1h"), protocol="chat"),
        ),
        (
            {"type": "text", "text": "t", "prompt_cache_breakpoint": {"mode": "explicit"}},
            Text("t", cache=Cache(), protocol="chat"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "https://a/b.png", "detail": "low"}},
            Media("image", url="https://a/b.png", detail="low", protocol="chat"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}},
            Media("image", media_type="image/png", data="QUJD", protocol="chat"),
        ),
        ({"type": "image_url", "image_url": "https://a/b.png"}, Media("image", url="https://a/b.png", protocol="chat")),
        (
            {"type": "input_audio", "input_audio": {"data": "QUJD", "format": "mp3"}},
            Media("audio", media_type="audio/mpeg", data="QUJD", protocol="chat"),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "https://a/b.wav"}},
            Media("audio", url="https://a/b.wav", protocol="chat"),
        ),
        (
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,QUJD"}},
            Media("file", media_type="application/pdf", data="QUJD", name="a.pdf", protocol="chat"),
        ),
        (
            {"type": "file", "file": {"filename": "a.csv", "file_data": "QUJD"}},
            Media("file", media_type="text/csv", data="QUJD", name="a.csv", protocol="chat"),
        ),
        ({"type": "file", "file": {"file_id": "file-1"}}, Media("file", file_id="file-1", protocol="chat")),
        (
            {"type": "video_url", "video_url": {"url": "https://a/b"}},
            Media("video", url="https://a/b", protocol="chat"),
        ),
        (
            {"type": "document_url", "document_url": "https://a/b.pdf", "document_name": "b"},
            Media("file", url="https://a/b.pdf", name="b", protocol="chat"),
        ),
    ],
)
def test_parts(part: dict[str, Any], block: Any) -> None:
    assert user(part) == block


def test_an_unknown_part_is_kept_for_its_own_protocol() -> None:
    part = user({"type": "hologram", "x": [1]})
    assert isinstance(part, Opaque)
    assert part.origin == Origin("chat")
    assert "hologram" in part.what
    assert msgspec.json.decode(part.raw) == {"type": "hologram", "x": [1]}


def test_the_assistant() -> None:
    found = blocks(
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "t"}, {"type": "refusal", "refusal": "r"}],
            "audio": {"id": "audio_1"},
            "tool_calls": [
                {"id": "c", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}},
                {"function": {"name": "f", "arguments": {"a": 1}}},
            ],
        }
    )
    assert found[:3] == [Text("t", protocol="chat"), Refusal("r"), Media("audio", file_id="audio_1", protocol="chat")]
    assert (found[3].custom, found[3].arguments) == (True, "SELECT 1")
    assert found[4].arguments == '{"a":1}'
    assert found[4].id


def test_reasoning_of_earlier_turns() -> None:
    details = [
        {"type": "reasoning.text", "text": "why", "signature": "sig", "format": "anthropic-claude-v1", "index": 0},
        {"type": "reasoning.encrypted", "data": "xyz", "format": "anthropic-claude-v1", "index": 1},
    ]
    found = blocks({"role": "assistant", "content": "t", "reasoning": "why", "reasoning_details": details})
    assert [type(block) for block in found] == [Thinking, Thinking, Text]
    assert (found[0].text, found[0].signature, found[0].origin) == ("why", "sig", Origin("messages"))
    assert (found[1].encrypted, found[1].origin) == ("xyz", Origin("messages"))
    plain = blocks({"role": "assistant", "content": "t", "reasoning_content": "because"})
    assert (plain[0].text, plain[0].origin) == ("because", Origin("chat"))
    mistral = blocks(
        {"role": "assistant", "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "x"}]}]}
    )
    assert mistral[0].text == "x"


def test_openais_summary_and_encrypted_content_are_one_thought() -> None:
    details = [
        {"type": "reasoning.summary", "summary": "s", "format": "openai-responses-v1", "index": 0},
        {"type": "reasoning.encrypted", "data": "e", "id": "rs_1", "format": "openai-responses-v1", "index": 0},
    ]
    (thought,) = blocks({"role": "assistant", "reasoning_details": details})
    assert (thought.text, thought.summary, thought.encrypted, thought.id) == ("s", True, "e", "rs_1")
    assert thought.origin == Origin("responses")


def test_signatures_of_googles_compatible_address() -> None:
    signed = {"google": {"thought_signature": "abc"}}
    (call,) = blocks({"role": "assistant", "tool_calls": [{**CALL, "extra_content": signed}]})
    assert (call.signature, call.origin) == ("abc", Origin("gemini"))
    (text,) = blocks({"role": "assistant", "content": "t", "extra_content": signed})
    assert (text.signature, text.origin) == ("abc", Origin("gemini"))


def test_functions_of_the_old_form() -> None:
    request = read(
        messages=[
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "1"},
        ],
        functions=[{"name": "f", "parameters": {"type": "object"}}],
        function_call={"name": "f"},
    )
    call, result = request.turns[1].blocks[0], request.turns[2].blocks[0]
    assert isinstance(call, ToolCall)
    assert isinstance(result, ToolResult)
    assert call.id == result.id
    assert result.name == "f"
    assert request.tools[0].name == "f"  # type: ignore[union-attr]
    assert request.tool_choice == ToolChoice("named", ("f",))


def test_tools() -> None:
    tools = read(
        tools=[
            {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"a": 1}, "strict": True}},
            {"type": "custom", "custom": {"name": "c", "format": {"type": "text"}}},
            {"type": "browser_search"},
            {"type": "openrouter:advisor", "parameters": {}},
            {"type": "function", "function": {"name": "googleSearch"}},
        ],
        web_search_options={
            "search_context_size": "low",
            "user_location": {"type": "approximate", "approximate": {"city": "Rome"}},
        },
    ).tools
    function, custom, search, advisor, google, options = tools
    assert isinstance(function, FunctionTool)
    assert isinstance(custom, FunctionTool)
    assert isinstance(options, ServerTool)
    assert (function.strict, function.parameters, custom.custom) == (True, msgspec.Raw(b'{"a":1}'), True)
    assert isinstance(search, ServerTool)
    assert search.tool == "web_search"
    assert isinstance(advisor, OpaqueTool)
    assert isinstance(google, ServerTool)
    assert google.tool == "web_search"
    assert (options.search_context, options.user_location) == ("low", {"city": msgspec.Raw(b'"Rome"')})


@pytest.mark.parametrize(
    ("choice", "read_as"),
    [
        ("auto", ToolChoice("auto")),
        ("any", ToolChoice("required")),
        ({"type": "function", "function": {"name": "f"}}, ToolChoice("named", ("f",))),
        ({"type": "custom", "custom": {"name": "f"}}, ToolChoice("named", ("f",))),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}]},
            },
            ToolChoice("allowed", ("f",), required=True),
        ),
    ],
)
def test_the_choice_among_tools(choice: Any, read_as: ToolChoice) -> None:
    assert read(tool_choice=choice).tool_choice == read_as


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"reasoning_effort": "low"}, Reasoning(effort="low")),
        ({"reasoning": {"max_tokens": 2000, "exclude": True}}, Reasoning(budget=2000, include=False)),
        ({"reasoning": {"effort": "high"}}, Reasoning(effort="high")),
        ({"thinking": {"type": "disabled"}}, Reasoning(enabled=False)),
        ({"enable_thinking": True, "thinking_budget": 512}, Reasoning(enabled=True, budget=512)),
        ({"chat_template_kwargs": {"enable_thinking": False}}, Reasoning(enabled=False)),
        (
            {"extra_body": {"google": {"thinking_config": {"thinking_budget": 9, "include_thoughts": True}}}},
            Reasoning(budget=9, include=True),
        ),
        ({"reasoning_effort": None}, None),
    ],
)
def test_how_much_to_think(fields: dict[str, Any], wanted: Reasoning | None) -> None:
    request = read(**fields)
    assert request.reasoning == wanted
    assert not request.extensions


def test_settings() -> None:
    request = read(
        max_tokens=5, max_completion_tokens=7, temperature=0, top_p=0.5, stop="x", n=2, seed=3, logprobs=True,
        top_logprobs=4, logit_bias={"1": 2}, user="u", metadata={"a": "b"}, store=False, stream=True,
        stream_options={"include_usage": True}, parallel_tool_calls=False, response_format={"type": "json_object"},
        prompt_cache_key="k", service_tier="flex", verbosity="low", top_k=None, someones_own=[1],
    )  # fmt: skip
    assert (request.max_output, request.temperature, request.stop, request.n) == (7, 0, ("x",), 2)
    assert (request.stream, request.include_usage, request.parallel_tools, request.store) == (True, True, False, False)
    assert request.output == OutputFormat("json")
    assert request.extensions == {"chat": {"someones_own": msgspec.Raw(b"[1]")}}
    assert "top_k" in request.exact


def test_a_schema_for_the_output() -> None:
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": True}}
    output = read(response_format=form).output
    assert output == OutputFormat("schema", msgspec.Raw(b'{"type":"object"}'), "n", strict=True)


def test_a_legacy_completion() -> None:
    request = read("text_completion", prompt=["say hi"], logprobs=0, max_tokens=3)
    assert request.turns[0].role == "user"
    assert request.turns[0].blocks == (Text("say hi"),)
    assert (request.logprobs, request.top_logprobs, request.max_output) == (True, None, 3)


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": ["a", "b"]},
        {"prompt": [1, 2]},
        {"prompt": "a", "suffix": "b"},
        {"prompt": "a", "echo": True},
        {"prompt": "a", "best_of": 3},
    ],
)
def test_a_legacy_completion_that_no_conversation_can_say(fields: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as raised:
        read("text_completion", **fields)
    assert raised.value.code == "not_convertible"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": ["x"]}, "messages"),
        ({"messages": [{"content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": 1}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0.text"),
        ({"messages": [{"role": "user", "content": [{"text": "a"}]}]}, "messages.0.content.0.type"),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages.0.tool_call_id"),
        ({"messages": [{"role": "assistant", "tool_calls": [{"id": "a"}]}]}, "messages.0.tool_calls.0.function"),
        ({"temperature": "hot"}, "temperature"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"seed": 1 << 80}, "seed"),
        ({"temperature": float("1e300")}, "temperature"),
        ({"stop": [1]}, "stop"),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": "x"}}]},
            "tools.0.function.parameters",
        ),
        ({"tool_choice": "sometimes"}, "tool_choice"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    ],
)
def test_a_wrong_request_names_the_field(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(ClientError) as raised:
        read(**fields)
    assert raised.value.param == param
    assert raised.value.status == 400
