"""Requests of other protocols, written as chat completions: what a provider's capabilities allow, and what is lost."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.blocks import (
    Cache,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerCall,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.context import Fetched, Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import (
    FunctionTool,
    OpaqueTool,
    OutputFormat,
    Request,
    ServerTool,
    ToolChoice,
    Turn,
)
from adapters.protocols.chat.write_request import write_request
from adapters.registry import PROVIDERS

RAW = msgspec.Raw(b"{}")
SCHEMA = msgspec.Raw(b'{"type":"object"}')
USER = Turn("user", (Text("hi"),))


def upstream(provider: str = "openai", **more: Any) -> Upstream:
    capabilities = PROVIDERS[provider].speaks["chat"].capabilities
    return Upstream(model="up-model", provider=provider, capabilities=capabilities, **more)


def write(*turns: Turn, to: Upstream | None = None, **fields: Any) -> tuple[dict[str, Any], Losses]:
    losses = Losses()
    request = Request(model="m", turns=turns or (USER,), protocol=fields.pop("protocol", "messages"), **fields)
    return msgspec.json.decode(write_request(request, to or upstream(), losses)), losses


def lost(losses: Losses) -> list[str]:
    return [loss.field for loss in losses.knobs]


def test_a_conversation_with_tools() -> None:
    body, losses = write(
        Turn("system", (Text("be"), Text("brief"))),
        Turn("user", (Text("hi"), Media("image", media_type="image/png", data="QUJD"))),
        Turn("assistant", (Text("let me "), ToolCall("c1", "f", '{"a":1}'), ToolCall("c2", "g", ""))),
        Turn("user", (ToolResult("c1", (Text("1"),)), ToolResult("c2", (Text("2"), Text("3"))), Text("go on"))),
        to=upstream("openai"),
    )
    assert body["messages"] == [
        {"role": "system", "content": [{"type": "text", "text": "be"}, {"type": "text", "text": "brief"}]},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "hi"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}},
            ],
        },
        {
            "role": "assistant",
            "content": "let me ",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}},
                {"id": "c2", "type": "function", "function": {"name": "g", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "1"},
        {"role": "tool", "tool_call_id": "c2", "content": "2\n3"},
        {"role": "user", "content": "go on"},
    ]
    assert not losses.knobs
    assert not losses.content


def test_one_answer_in_several_turns_is_one_message() -> None:
    body, _ = write(
        USER,
        Turn("assistant", (Thinking("hm", encrypted="x", origin=Origin("responses")),)),
        Turn("assistant", (Text("a"),)),
        Turn("assistant", (ToolCall("c1", "f"),)),
        Turn("assistant", (ToolCall("c2", "f"),)),
        Turn("user", (ToolResult("c1", (Text("1"),)),)),
        Turn("user", (ToolResult("c2", (Text("2"),)),)),
        protocol="responses",
    )
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "tool", "tool"]
    assert [call["id"] for call in body["messages"][1]["tool_calls"]] == ["c1", "c2"]


def test_a_plain_server_gets_strings_and_the_system_role() -> None:
    turns = (Turn("developer", (Text("a", cache=Cache()), Text("b"))), Turn("user", (Text("c"), Text("d"))))
    body, losses = write(*turns, to=Upstream(model="m", provider="x"))
    assert body["messages"] == [{"role": "system", "content": "a\n\nb"}, {"role": "user", "content": "c\n\nd"}]
    assert lost(losses) == ["cache_control"]
    body, losses = write(*turns, to=upstream("openrouter"))
    assert body["messages"][0]["content"][0]["cache_control"] == {"type": "ephemeral"}
    assert not losses.knobs


def test_media_of_a_tools_answer_follow_it() -> None:
    image = Media("image", media_type="image/png", data="QUJD")
    turn = Turn("user", (ToolResult("c1", (Text("see"), image), is_error=True),))
    body, losses = write(USER, Turn("assistant", (ToolCall("c1", "f"),)), turn)
    tool, shown = body["messages"][2:]
    assert tool == {"role": "tool", "tool_call_id": "c1", "content": "see"}
    assert [part["type"] for part in shown["content"]] == ["text", "image_url"]
    assert lost(losses) == ["tool_result.is_error", "tool_result.content"]


@pytest.mark.parametrize(
    ("media", "part"),
    [
        (Media("file", media_type="application/pdf", data="QUJD"), ("file", "document.pdf")),
        (Media("file", text="words", title="T"), ("text", None)),
        (Media("audio", media_type="audio/wav", data="QUJD"), ("input_audio", None)),
        (Media("file", url="https://a/b.pdf", media_type="application/pdf"), ("file", "document.pdf")),
    ],
)
def test_media(media: Media, part: tuple[str, str | None]) -> None:
    fetched = {"https://a/b.pdf": Fetched("application/pdf", "QUJD")}
    body, losses = write(Turn("user", (media, Text("?"))), to=upstream(fetched=fetched))
    written = body["messages"][0]["content"][0]
    assert written["type"] == part[0]
    assert part[1] is None or written["file"]["filename"] == part[1]
    assert not losses.content


@pytest.mark.parametrize(
    "block",
    [
        Media("file", file_id="file_011C", protocol="messages"),
        Media("file", url="https://a/b.pdf"),
        Opaque(Origin("messages"), "a block of type x", RAW),
    ],
)
def test_content_that_cannot_be_said_is_refused(block: Any) -> None:
    _, losses = write(Turn("user", (block,)))
    assert [loss.field for loss in losses.content] == ["messages.0.content.0"]


def test_earlier_reasoning_goes_where_it_is_taken() -> None:
    thought = Thinking("because", signature="sig", origin=Origin("messages"))
    turns = (USER, Turn("assistant", (thought, Text("a"))), USER)
    body, losses = write(*turns, to=upstream("openai"))
    assert body["messages"][1] == {"role": "assistant", "content": "a"}
    assert lost(losses) == ["thinking"]
    body, losses = write(*turns, to=upstream("deepseek"))
    assert body["messages"][1]["reasoning_content"] == "because"
    body, losses = write(*turns, to=upstream("openrouter"))
    assert body["messages"][1]["reasoning_details"] == [
        {"type": "reasoning.text", "text": "because", "signature": "sig", "format": "anthropic-claude-v1", "index": 0}
    ]
    assert not losses.knobs


def test_what_the_assistant_had_besides() -> None:
    blocks = (
        Refusal("no"),
        ServerCall("s", "web_search", "{}", Origin("messages"), RAW),
        ToolCall("c", "f", signature="s", origin=Origin("gemini")),
    )
    body, losses = write(USER, Turn("assistant", blocks))
    assert body["messages"][1]["refusal"] == "no"
    assert body["messages"][1]["content"] is None
    assert lost(losses) == ["server_tools", "thinking"]
    body, _ = write(USER, Turn("assistant", blocks), to=upstream("gemini"))
    assert body["messages"][1]["content"] == "no"
    assert body["messages"][1]["tool_calls"][0]["extra_content"] == {"google": {"thought_signature": "s"}}


def test_ids_fit_and_match() -> None:
    long = "call:" + "x" * 80
    turns = (USER, Turn("assistant", (ToolCall(long, "f"),)), Turn("user", (ToolResult(long, (Text("1"),)),)))
    for provider, most in (("openai", 40), ("mistral", 9)):
        body, _ = write(*turns, to=upstream(provider))
        written = body["messages"][1]["tool_calls"][0]["id"]
        assert written == body["messages"][2]["tool_call_id"]
        assert len(written) <= most


def test_a_last_turn_of_the_assistant() -> None:
    body, _ = write(USER, Turn("assistant", (Text("{"),)), to=upstream("mistral"))
    assert body["messages"][-1] == {"role": "assistant", "content": "{", "prefix": True}


TOOLS = (
    FunctionTool("f", "does f", SCHEMA, strict=True),
    FunctionTool("sql", custom=True, grammar=SCHEMA),
    FunctionTool("g"),
)


def test_tools() -> None:
    body, losses = write(tools=TOOLS)
    assert body["tools"] == [
        {
            "type": "function",
            "function": {"name": "f", "description": "does f", "parameters": {"type": "object"}, "strict": True},
        },
        {"type": "custom", "custom": {"name": "sql", "format": {"type": "object"}}},
        {"type": "function", "function": {"name": "g"}},
    ]
    assert not losses.knobs
    call = Turn("assistant", (ToolCall("c", "sql", "SELECT 1", custom=True),))
    body, losses = write(USER, call, tools=TOOLS, to=upstream("openai-compatible"))
    assert body["tools"][1]["function"]["parameters"]["required"] == ["input"]
    assert body["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"input":"SELECT 1"}'
    assert lost(losses) == ["tools.strict", "tools.format"]


def test_tools_of_the_provider() -> None:
    search = ServerTool(
        "web_search", "messages", RAW, search_context="low", user_location={"city": msgspec.Raw(b'"Rome"')}, max_uses=3
    )
    body, losses = write(tools=(search,))
    assert body["web_search_options"] == {
        "search_context_size": "low",
        "user_location": {"type": "approximate", "approximate": {"city": "Rome"}},
    }
    assert lost(losses) == ["web_search.max_uses"]
    for tool in (search, OpaqueTool("messages", "a tool of type x", RAW)):
        _, losses = write(tools=(tool,), to=upstream("openai-compatible"))
        assert [loss.field for loss in losses.content] == ["tools.0"]
    _, losses = write(tools=(OpaqueTool("messages", "a search among tools", RAW, knob=True),))
    assert not losses.content
    assert lost(losses) == ["tools.0"]


@pytest.mark.parametrize(
    ("choice", "written"),
    [
        (ToolChoice("auto"), "auto"),
        (ToolChoice("required"), "required"),
        (ToolChoice("named", ("f",)), {"type": "function", "function": {"name": "f"}}),
        (ToolChoice("named", ("sql",)), {"type": "custom", "custom": {"name": "sql"}}),
        (
            ToolChoice("allowed", ("f",), required=True),
            {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}]},
            },
        ),
    ],
)
def test_the_choice_among_tools(choice: ToolChoice, written: Any) -> None:
    body, losses = write(tools=TOOLS, tool_choice=choice)
    assert body["tool_choice"] == written
    assert not losses.knobs


def test_a_choice_among_some_is_said_with_the_tools_where_it_must() -> None:
    body, losses = write(tools=TOOLS, tool_choice=ToolChoice("allowed", ("f",)), to=upstream("openrouter"))
    assert [tool["function"]["name"] for tool in body["tools"]] == ["f"]
    assert body["tool_choice"] == "auto"
    assert not losses.content
    poor = Upstream(model="m", provider="x")
    _, losses = write(tools=TOOLS, tool_choice=ToolChoice("required"), to=poor)
    assert [loss.field for loss in losses.content] == ["tool_choice"]


def test_settings() -> None:
    body, losses = write(
        stream=True, max_output=9, temperature=0.0, top_k=5, stop=("a", "b", "c", "d", "e"), seed=1, user="u", n=2,
        metadata={"a": RAW}, parallel_tools=False, output=OutputFormat("schema", SCHEMA, "n", strict=True), store=True,
        extensions={"messages": {"container": RAW}}, cache=Cache(), service_tier="flex",
    )  # fmt: skip
    assert body["max_completion_tokens"] == 9
    assert body["stream_options"] == {"include_usage": True}
    assert (body["temperature"], body["seed"], body["n"], body["store"]) == (0.0, 1, 2, True)
    assert body["response_format"]["json_schema"] == {"name": "n", "schema": {"type": "object"}, "strict": True}
    assert body["stop"] == ["a", "b", "c", "d"]
    assert sorted(lost(losses)) == ["cache_control", "container", "stop", "top_k"]
    body, losses = write(max_output=9, seed=1, to=upstream("mistral"))
    assert (body["max_tokens"], body["random_seed"]) == (9, 1)


def test_promises_that_a_plain_server_cannot_keep() -> None:
    poor = Upstream(model="m", provider="x")
    _, losses = write(
        n=2, output=OutputFormat("schema", SCHEMA), modalities=("text", "audio"), seed=1, parallel_tools=False,
        tools=(TOOLS[0],), metadata={"a": RAW}, store=True, prediction=RAW, temperature=3.0, to=poor,
    )  # fmt: skip
    assert [loss.field for loss in losses.content] == ["n", "response_format", "modalities"]
    assert set(lost(losses)) == {
        "seed", "metadata", "store", "prediction", "temperature", "tools.strict", "parallel_tool_calls",
    }  # fmt: skip
    _, losses = write(output=OutputFormat("json"), to=poor)
    assert [loss.field for loss in losses.content] == ["response_format"]


def test_mistral_wants_the_assistant_between_a_tool_and_the_user() -> None:
    turns = (USER, Turn("assistant", (ToolCall("c", "f"),)), Turn("user", (ToolResult("c", (Text("1"),)), Text("go"))))
    body, losses = write(*turns, to=upstream("mistral"))
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "tool", "assistant", "user"]
    assert lost(losses) == ["messages"]


def test_a_model_that_thinks_takes_no_sampling() -> None:
    to = msgspec.structs.replace(upstream("openai"), model="gpt-5-mini")
    body, losses = write(temperature=0.5, top_p=1.0, logprobs=False, presence_penalty=0.1, to=to)
    assert body.keys() == {"model", "messages"}
    assert lost(losses) == ["temperature", "presence_penalty"]


def test_answers_of_tools_follow_their_calls() -> None:
    calls = Turn("assistant", (ToolCall("a", "f"), ToolCall("b", "f")))
    note = Turn("developer", (Text("note"),))
    first, second = (Turn("user", (ToolResult(call, (Text(call),)),)) for call in "ab")
    body, _ = write(USER, calls, first, note, second, USER)
    assert [message["role"] for message in body["messages"]] == [
        "user",
        "assistant",
        "tool",
        "tool",
        "developer",
        "user",
    ]
    unanswered, _ = write(USER, calls, first, USER, Turn("assistant", (Text("x"),)))
    assert [message["role"] for message in unanswered["messages"]] == ["user", "assistant", "tool", "user", "assistant"]


def test_reasoning_that_must_be_there_is_empty_where_there_was_none() -> None:
    for provider, said in (("deepseek", {"reasoning_content": ""}), ("openai", {})):
        body, _ = write(USER, Turn("assistant", (Text("a"),)), USER, to=upstream(provider))
        assert body["messages"][1] == {"role": "assistant", "content": "a", **said}
