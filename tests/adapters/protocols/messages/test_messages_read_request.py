"""What a client of Messages asked for, in the neutral form; and what it is told when it cannot be read."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.canonical.blocks import Cache, Media, Opaque, ServerResult, Text, Thinking, ToolCall, ToolResult
from adapters.canonical.request import FunctionTool, OpaqueTool, Reasoning, Request, ServerTool, ToolChoice
from adapters.errors import ClientError
from adapters.protocols.messages.head import parse
from adapters.protocols.messages.read_request import read_request


def read(**more: Any) -> Request:
    body = {"model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}], **more}
    return read_request(parse("chat", msgspec.json.encode(body)))


def said(*blocks: Any, role: str = "user") -> tuple[Any, ...]:
    return read(messages=[{"role": role, "content": list(blocks)}]).turns[0].blocks


def test_a_request_of_claude_code() -> None:
    request = read(
        system=[
            {"type": "text", "text": "You are Claude Code."},
            {"type": "text", "text": "Rules.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        ],
        tools=[
            {"name": "Bash", "description": "Runs.", "input_schema": {"type": "object"}, "eager_input_streaming": True}
        ],
        metadata={"user_id": "user_1"},
        thinking={"type": "adaptive", "display": "summarized"},
        output_config={"effort": "high"},
        context_management={"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        temperature=1,
        stream=True,
    )
    assert [turn.role for turn in request.turns] == ["system", "user"]
    assert request.turns[0].blocks[1] == Text("Rules.", Cache("1h"), protocol="messages")
    assert request.turns[1].plain
    assert (request.user, request.metadata, request.max_output, request.stream) == ("user_1", None, 100, True)
    assert request.reasoning == Reasoning(enabled=True, effort="high", include=True, adaptive=True)
    assert list(request.extensions["messages"]) == ["context_management"]
    assert isinstance(request.tools[0], FunctionTool)
    assert (request.tools[0].name, list(request.tools[0].extra or {})) == ("Bash", ["eager_input_streaming"])


def test_a_long_name_of_a_user_is_made_short_the_same_every_time() -> None:
    long = "user_" + "0123456789abcdef" * 9
    user = read(metadata={"user_id": long}).user
    assert user is not None
    assert len(user) <= 64
    assert read(metadata={"user_id": long, "more": 1}).user == user
    assert read(metadata={"user_id": long + "1"}).user != user


def test_state_is_named() -> None:
    assert read(container="c").state == {"container"}
    assert not read().state


def test_documents_in_words() -> None:
    found = {"type": "search_result", "source": "https://x", "title": "T", "content": [{"type": "text", "text": "a"}]}
    made = {"type": "content", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}}
    searched, document, drawn, plain = said(
        found,
        {"type": "document", "source": made},
        {"type": "document", "source": {"type": "content", "content": [picture]}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "c"}, "title": "C"},
    )
    assert isinstance(searched, Media)
    assert (searched.text, searched.title, searched.context) == ("a", "T", "https://x")
    assert (document.text, plain.text, plain.title) == ("a\n\nb", "c", "C")
    assert isinstance(drawn, Opaque)


def test_results_of_tools() -> None:
    text = {"type": "text", "text": "x"}
    nested = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    result = {
        "type": "tool_result",
        "tool_use_id": "t1",
        "content": [text, {"type": "tool_reference", "tool_name": "f"}, nested],
    }
    one, two, three = said(
        result,
        {"type": "tool_result", "tool_use_id": "t2", "content": "done", "is_error": True},
        {"type": "tool_result", "tool_use_id": "t3"},
    )
    assert isinstance(one, ToolResult)
    words, reference, odd = one.content
    assert words == Text("x")
    assert isinstance(reference, Opaque)
    assert reference.knob
    assert isinstance(odd, Opaque)
    assert (two.plain, two.is_error, two.content, three.content) == (True, True, (Text("done"),), ())


def test_what_the_provider_ran() -> None:
    ran = {"type": "bash_code_execution_result", "stdout": "out", "stderr": "err", "return_code": 0, "content": []}
    result, summary, odd = said(
        {"type": "bash_code_execution_tool_result", "tool_use_id": "s", "content": ran},
        {"type": "compaction", "content": "so far"},
        {"type": "mcp_tool_result", "content": 7},
        role="assistant",
    )
    assert isinstance(result, ServerResult)
    assert (result.tool, result.text) == ("code_execution", "out\nerr")
    assert isinstance(summary, Text)
    assert summary.text == "so far"
    assert isinstance(odd, Opaque)


def test_thinking_and_calls() -> None:
    thought, hidden, call = said(
        {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
        {"type": "redacted_thinking", "data": "D"},
        {"type": "tool_use", "id": "t", "name": "f", "input": {"a": [1, 2.0]}, "cache_control": {"type": "ephemeral"}},
        role="assistant",
    )
    assert isinstance(thought, Thinking)
    assert thought.origin is not None
    assert (thought.text, thought.signature, thought.origin.protocol) == ("hm", "EqQB", "messages")
    assert hidden.encrypted == "D"
    assert isinstance(call, ToolCall)
    assert (call.arguments, call.cache) == ('{"a":[1,2.0]}', Cache())


def test_tools_that_models_know_by_name_are_described() -> None:
    tools = read(
        tools=[
            {"type": "bash_20250124", "name": "bash"},
            {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"},
            {"type": "text_editor_20250124", "name": "str_replace_editor"},
            {"type": "memory_20250818", "name": "memory"},
            {"type": "computer_20251124", "name": "computer"},
            {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"},
            {"type": "advisor_20260301", "name": "advisor", "model": "x"},
        ]
    ).tools
    known = [tool.parameters for tool in tools if isinstance(tool, FunctionTool)]
    fields = [set(msgspec.json.decode(schema or b"{}")["properties"]) for schema in known]
    assert fields[0] == {"command", "restart"}
    assert "insert_text" in fields[1]
    assert "insert_text" not in fields[2]
    assert {"old_path", "new_path"} <= fields[3]
    assert isinstance(tools[4], ServerTool)
    assert [tool.knob for tool in tools[5:] if isinstance(tool, OpaqueTool)] == [True, False]


def test_servers_of_tools() -> None:
    server = {"type": "url", "name": "s", "url": "https://mcp", "authorization_token": "t"}
    chosen = {"default_config": {"enabled": False}, "configs": {"a": {"enabled": True}, "b": {}}}
    tool = read(mcp_servers=[server], tools=[{"type": "mcp_toolset", "mcp_server_name": "s", **chosen}]).tools[0]
    assert isinstance(tool, ServerTool)
    assert (tool.label, tool.url, tool.token, tool.allowed_tools) == ("s", "https://mcp", "t", ("a",))
    every = read(mcp_servers=[server], tools=[{"type": "mcp_toolset", "mcp_server_name": "s"}]).tools[0]
    assert isinstance(every, ServerTool)
    assert every.allowed_tools is None
    assert isinstance(read(tools=[{"type": "mcp_toolset", "mcp_server_name": 7}]).tools[0], OpaqueTool)


def test_choices() -> None:
    search = [{"type": "web_search_20250305", "name": "web_search", "user_location": {"city": "Rome"}, "max_uses": 2}]
    choice = {"type": "tool", "name": "web_search", "disable_parallel_tool_use": True}
    request = read(tools=search, tool_choice=choice)
    assert request.tool_choice == ToolChoice("named", ("web_search",), server_tool="web_search")
    assert request.parallel_tools is False
    assert read(tool_choice={"type": "any"}).tool_choice == ToolChoice("required")


IMAGE = {"type": "image", "source": {"type": "url", "url": ""}}


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"messages": [7]}, "messages.0"),
        ({"messages": [{"content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [{"text": "x"}]}]}, "messages.0.content.0.type"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0.text"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 7}]}]}, "messages.0.content.0.text"),
        ({"messages": [{"role": "user", "content": [IMAGE]}]}, "messages.0.content.0.source.url"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "messages.0.content.0.source"),
        (
            {
                "messages": [
                    {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": []}]}
                ]
            },
            "messages.0.content.0.input",
        ),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "document", "source": {"type": "content", "content": 7}}]}
                ]
            },
            "messages.0.content.0.source.content",
        ),
        ({"system": 7}, "system"),
        ({"max_tokens": "x"}, "max_tokens"),
        ({"temperature": "hot"}, "temperature"),
        ({"stop_sequences": "x"}, "stop_sequences"),
        ({"tools": {}}, "tools"),
        ({"tools": [{"input_schema": {}}]}, "tools.0.name"),
        ({"tool_choice": {"type": "some"}}, "tool_choice.type"),
        ({"tool_choice": {"type": "tool"}}, "tool_choice.name"),
        ({"thinking": {}}, "thinking.type"),
        ({"output_config": {"format": {"type": "xml"}}}, "output_config.format"),
        ({"mcp_servers": [{}]}, "mcp_servers.0.name"),
        ({"metadata": 7}, "metadata"),
    ],
)
def test_what_is_wrong_is_named(more: dict[str, Any], param: str) -> None:
    with pytest.raises(ClientError) as raised:
        read(**more)
    assert raised.value.param == param
    assert param in raised.value.message


NAMES = st.sampled_from(["type", "text", "source", "content", "input", "id", "name", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from([
    "text", "image", "document", "search_result", "thinking", "redacted_thinking", "tool_use", "tool_result",
    "compaction", "server_tool_use", "web_search_tool_result", "mcp_tool_use",
])  # fmt: skip
FIELDS = st.sampled_from([
    "text", "source", "content", "input", "id", "name", "tool_use_id", "cache_control", "citations", "data",
    "signature", "thinking", "title", "is_error", "caller",
])  # fmt: skip
BLOCK = st.builds(lambda kind, fields: {**fields, "type": kind}, KINDS, st.dictionaries(FIELDS, JSON, max_size=5))
TOP = st.sampled_from([
    "system", "tools", "tool_choice", "thinking", "output_config", "output_format", "metadata", "mcp_servers",
    "max_tokens", "temperature", "top_k", "stop_sequences", "service_tier", "cache_control",
])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(BLOCK, max_size=3), st.dictionaries(TOP, JSON, max_size=3))
def test_anything_else_is_the_clients_error(blocks: list[Any], more: dict[str, Any]) -> None:
    with suppress(ClientError):
        read(messages=[{"role": "user", "content": blocks}], **more)


def test_depth_is_bounded() -> None:
    inside = b'{"type":"document","source":{"type":"content","content":['
    for depth in (200, 900, 20_000):
        body = b'{"model":"m","messages":[{"role":"user","content":[%b' % (inside * depth)
        body += b"]}}" * depth + b"]}]}"
        with suppress(ClientError):
            read_request(parse("chat", body))
