"""Requests of other protocols, written for an upstream of this one."""

import msgspec
import pytest

from adapters.canonical.blocks import (
    Cache,
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
    ToolResult,
)
from adapters.canonical.context import Fetched, Upstream
from adapters.canonical.request import (
    FunctionTool,
    OpaqueTool,
    OutputFormat,
    Reasoning,
    Request,
    ServerTool,
    ToolChoice,
    Turn,
)
from adapters.errors import ClientError
from adapters.providers.makers import OPENAI_RESPONSES
from tests.adapters.protocols.responses.wire import OPENAI, foreign

RAW = msgspec.Raw
MESSAGES = Origin("messages")


def asked(*turns, **fields):
    return Request(model="m", turns=turns or (Turn("user", (Text("hi"),)),), protocol="chat", **fields)


def test_leading_system_turns_are_instructions_and_later_ones_stay():
    turns = (Turn("system", (Text("a"), Text("b"))), Turn("system", (Text("c"),)), Turn("user", (Text("d"),)))
    body, losses = foreign(asked(*turns, Turn("system", (Text("e"),)), Turn("developer", (Text("f"),))))
    assert body["instructions"] == "a\n\nb\n\nc"
    assert [(item["role"], item["content"]) for item in body["input"]] == [
        ("user", "d"),
        ("system", "e"),
        ("developer", "f"),
    ]
    losses.check(strict=True)


def test_developer_is_system_where_it_is_not_known():
    body, _ = foreign(asked(Turn("developer", (Text("a"),))), Upstream(model="x"))
    assert body["input"][0]["role"] == "system"


def test_a_conversation_with_tools():
    turns = (
        Turn("user", (Text("a"), Media("image", media_type="image/png", data="AA=="))),
        Turn(
            "assistant",
            (Text("b"), Text("c"), ToolCall("x" * 70, "f", '{"a":1}'), ToolCall("c2", "p", "text", custom=True)),
        ),
        Turn(
            "user",
            (
                ToolResult("x" * 70, (Text("1"),)),
                ToolResult("c2", (Text("2"), Media("image", url="https://x.test/a.png")), custom=True),
                Text("d"),
            ),
        ),
        Turn("assistant", (Refusal("no"),)),
    )
    body, losses = foreign(asked(*turns))
    call, result = body["input"][2], body["input"][4]
    assert body["input"][0]["content"][1] == {
        "type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,AA==",
    }  # fmt: skip
    assert body["input"][1] == {"type": "message", "role": "assistant", "content": "bc"}
    assert len(call["call_id"]) <= 64
    assert call["call_id"] == result["call_id"]
    assert result["output"] == "1"
    assert body["input"][3]["type"] == "custom_tool_call"
    assert body["input"][5]["output"][1] == {
        "type": "input_image",
        "detail": "auto",
        "image_url": "https://x.test/a.png",
    }
    assert [item.get("content") for item in body["input"][6:]] == ["d", "no"]
    losses.check(strict=True)


def test_a_picture_that_the_model_made_is_shown_to_it_again():
    body, losses = foreign(asked(Turn("assistant", (Text("a"), Media("image", media_type="image/png", data="AA==")))))
    assert [item["role"] for item in body["input"]] == ["assistant", "user"]
    assert losses.names == "messages.0"


def test_documents():
    blocks = (
        Media("file", media_type="application/pdf", data="AA=="),
        Media("file", media_type="application/pdf", data="AA==", title="T.pdf", citations=True),
        Media("file", url="https://x.test/a.pdf", name="a.pdf"),
        Media("file", text="plain", title="T", context="C"),
        Media("file", text="plain", name="a.txt", media_type="text/plain"),
        Media("image", file_id="file-1", origin=Origin("chat")),
        Media("image", url="https://x.test/b.png"),
    )
    upstream = msgspec.structs.replace(OPENAI, fetched={"https://x.test/b.png": Fetched("image/png", "BB==")})
    body, losses = foreign(asked(Turn("user", blocks)), upstream)
    pdf, titled, by_url, text, named, kept, fetched = body["input"][0]["content"]
    assert pdf == {"type": "input_file", "filename": "document.pdf", "file_data": "data:application/pdf;base64,AA=="}
    assert titled["filename"] == "T.pdf"
    assert by_url == {"type": "input_file", "file_url": "https://x.test/a.pdf"}
    assert text == {"type": "input_text", "text": "T\n\nC\n\nplain"}
    assert named["file_data"] == "data:text/plain;base64,cGxhaW4="
    assert kept["file_id"] == "file-1"
    assert fetched["image_url"] == "data:image/png;base64,BB=="
    assert losses.names == "citations"


@pytest.mark.parametrize(
    "block",
    [
        Media("image", file_id="file_1", origin=MESSAGES),
        Media("video", url="https://x.test/a.mp4"),
        Media("audio", media_type="audio/wav", data="AA=="),
        Opaque(MESSAGES, "a block", RAW(b"{}")),
    ],
    ids=lambda block: type(block).__name__ + getattr(block, "kind", ""),
)
def test_content_that_cannot_be_said_is_refused(block):
    _, losses = foreign(asked(Turn("user", (Text("a"), block))))
    with pytest.raises(ClientError):
        losses.check()


def test_sound_where_it_is_taken():
    sound = Media("audio", media_type="audio/mpeg", data="AA==")
    body, losses = foreign(asked(Turn("user", (sound,))), Upstream(model="m", capabilities=frozenset({"audio_input"})))
    assert body["input"][0]["content"] == [{"type": "input_audio", "input_audio": {"data": "AA==", "format": "mp3"}}]
    losses.check(strict=True)


def test_what_is_left_out_of_the_past_is_counted():
    origin = Origin("messages", "anthropic")
    blocks = (
        Thinking("a", "sig", origin=origin),
        ServerCall("s", "web_search", "{}", origin, RAW(b"{}")),
        ServerResult("s", "web_search", origin, RAW(b"{}"), "found"),
        Opaque(origin, "a mark", RAW(b"{}"), knob=True),
        Text("b", cache=Cache("1h"), citations=(Citation("url", url="u"),)),
        ToolCall("c", "f", cache=Cache()),
    )
    result = Turn("user", (ToolResult("c", (Text("e"),), is_error=True, cache=Cache()),))
    body, losses = foreign(asked(Turn("assistant", blocks), result, Turn("user", (Text("x"),), name="Ann")))
    assert [item["type"] for item in body["input"]] == ["message", "function_call", "function_call_output", "message"]
    assert not losses.content
    assert set(losses.names.split(",")) == {"thinking", "messages.0", "cache_control", "citations", "is_error", "name"}


def test_reasoning_of_this_protocol_goes_back():
    thought = Thinking("a", "", "gAAA", Origin("responses", "openai"), summary=True, id="rs_1", protocol="messages")
    body, losses = foreign(asked(Turn("assistant", (thought, Text("b")))))
    assert body["input"][0] == {
        "type": "reasoning",
        "id": "rs_1",
        "encrypted_content": "gAAA",
        "summary": [{"type": "summary_text", "text": "a"}],
    }
    losses.check(strict=True)
    _, losses = foreign(asked(Turn("assistant", (thought,))), msgspec.structs.replace(OPENAI, provider="xai"))
    assert losses.names == "thinking"


def test_tools():
    tools = (
        FunctionTool("f", "d", RAW(b'{"type":"object"}'), strict=True),
        FunctionTool("g", cache=Cache(), protocol="chat", extra={"new": RAW(b"1")}),
        FunctionTool("p", custom=True, grammar=RAW(b'{"type":"text"}')),
        ServerTool("web_search", "messages", RAW(b"{}"), allowed_domains=("a.b",), blocked_domains=("c",), max_uses=2,
                   user_location={"city": RAW(b'"Ulm"')}, search_context="low"),
        ServerTool("web_fetch", "messages", RAW(b"{}")),
        ServerTool("code_execution", "messages", RAW(b"{}")),
        ServerTool("mcp", "messages", RAW(b"{}"), label="s", url="https://x.test", token="t", allowed_tools=("f",)),
        OpaqueTool("messages", "a way to call", RAW(b"{}"), knob=True),
    )  # fmt: skip
    body, losses = foreign(asked(tools=tools, tool_choice=ToolChoice("named", ("p",))))
    f, g, p, search, code, mcp = body["tools"]
    assert f == {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True}
    assert g == {"type": "function", "name": "g", "parameters": {"type": "object", "properties": {}}, "strict": False}
    assert p == {"type": "custom", "name": "p", "format": {"type": "text"}}
    assert search["filters"] == {"allowed_domains": ["a.b"]}
    assert search["user_location"] == {"type": "approximate", "city": "Ulm"}
    assert code == {"type": "code_interpreter", "container": {"type": "auto"}}
    assert mcp["require_approval"] == "never"
    assert mcp["allowed_tools"] == ["f"]
    assert body["tool_choice"] == {"type": "custom", "name": "p"}
    losses.check()
    expected = {"cache_control", "new", "blocked_domains", "max_uses", "tools.4", "tools.7"}
    assert set(losses.names.split(",")) == expected


def test_pages_are_read_by_the_web_search():
    body, _ = foreign(asked(tools=(ServerTool("web_fetch", "messages", RAW(b"{}")),)))
    assert body["tools"] == [{"type": "web_search"}]


@pytest.mark.parametrize(
    "tool",
    [
        ServerTool("file_search", "gemini", RAW(b"{}")),
        ServerTool("mcp", "messages", RAW(b"{}")),
        OpaqueTool("messages", "memory", RAW(b"{}")),
    ],
    ids=lambda tool: getattr(tool, "tool", "opaque"),
)
def test_tools_that_are_not_to_be_had_are_refused(tool):
    _, losses = foreign(asked(tools=(tool,)))
    assert [loss.field for loss in losses.content] == ["tools.0"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (ToolChoice("auto"), "auto"),
        (ToolChoice("required"), "required"),
        (ToolChoice("named", ("f",)), {"type": "function", "name": "f"}),
        (ToolChoice("named"), "required"),
        (ToolChoice("named", server_tool="code_execution"), {"type": "code_interpreter"}),
        (
            ToolChoice("allowed", ("f",)),
            {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
        ),
        (ToolChoice("named", server_tool="mcp"), None),
    ],
)  # fmt: skip
def test_choices(choice, expected):
    assert foreign(asked(tool_choice=choice))[0].get("tool_choice") == expected


def test_settings():
    sent = asked(
        max_output=1, temperature=3.0, top_p=0.5, top_k=4, seed=1, stop=("x",), frequency_penalty=0.1,
        logit_bias=RAW(b"{}"), logprobs=True, top_logprobs=2, stream=True, user="u", service_tier="standard_only",
        cache=Cache(), verbosity="low",
        output=OutputFormat("schema", RAW(b'{"type":"object"}'), name="my schema", strict=True), modalities=("text",),
    )  # fmt: skip
    body, losses = foreign(sent, msgspec.structs.replace(OPENAI, model="gpt-4.1"))
    assert body["max_output_tokens"] == 16
    assert body["temperature"] == 2.0
    assert (body["include"], body["top_logprobs"]) == (["message.output_text.logprobs"], 2)
    assert (body["stream"], body["store"], body["user"]) == (True, False, "u")
    assert body["text"] == {
        "format": {"type": "json_schema", "name": "my_schema", "schema": {"type": "object"}, "strict": True},
        "verbosity": "low",
    }
    losses.check()
    assert set(losses.names.split(",")) == {
        "max_tokens", "temperature", "top_k", "seed", "stop", "frequency_penalty", "logit_bias", "service_tier",
        "cache_control",
    }  # fmt: skip


def test_an_endpoint_of_which_nothing_is_known():
    sent = asked(
        user="u", metadata={}, parallel_tools=True, verbosity="low", logprobs=True, cache_key="k", safety_id="s",
        reasoning=Reasoning(effort="high"), tools=(FunctionTool("f", strict=True),),
    )  # fmt: skip
    body, losses = foreign(sent, Upstream(model="x"))
    assert body.keys() == {"model", "input", "tools", "store"}
    assert body["tools"][0]["strict"] is False
    losses.check()


@pytest.mark.parametrize(
    "fields",
    [{"n": 2}, {"modalities": ("text", "audio")}, {"audio": RAW(b"{}")}, {"output": OutputFormat("json")}],
    ids=",".join,
)
def test_promises_that_cannot_be_kept_are_refused(fields):
    upstream = Upstream(model="m", capabilities=OPENAI_RESPONSES - {"json_object"})
    _, losses = foreign(asked(**fields), upstream)
    assert losses.content


def test_thinking():
    body, _ = foreign(asked(reasoning=Reasoning(enabled=True, budget=20000, include=True)))
    assert body["reasoning"] == {"effort": "high", "summary": "auto"}
    assert body["include"] == ["reasoning.encrypted_content"]
    body, losses = foreign(asked(reasoning=Reasoning(effort="high")), msgspec.structs.replace(OPENAI, model="gpt-4o"))
    assert "reasoning" not in body
    assert "include" not in body
    assert "reasoning" in losses.names


def test_json_and_text():
    assert foreign(asked(output=OutputFormat("json")))[0]["text"] == {"format": {"type": "json_object"}}
    assert foreign(asked(output=OutputFormat("text")))[0]["text"] == {"format": {"type": "text"}}
    assert foreign(asked(output=OutputFormat("schema")))[0]["text"]["format"]["name"] == "response"


def test_models_that_think_are_not_sampled():
    sent = asked(temperature=0.5, top_p=1.0, logprobs=True, reasoning=Reasoning(effort="high"))
    body, losses = foreign(sent)
    assert not {"temperature", "top_p", "top_logprobs"} & body.keys()
    assert body["include"] == ["reasoning.encrypted_content"]
    assert set(losses.names.split(",")) == {"temperature", "top_logprobs"}
    body, losses = foreign(msgspec.structs.replace(sent, reasoning=Reasoning(effort="none")))
    assert (body["temperature"], body["top_p"], body["top_logprobs"]) == (0.5, 1.0, 0)
    assert body["include"] == ["message.output_text.logprobs"]


def test_what_only_another_protocol_knows_is_counted():
    extra = {"new": RAW(b"1")}
    turns = (
        Turn("user", (Text("a", protocol="chat", extra=extra), Opaque(MESSAGES, "a mark", RAW(b"{}"), knob=True))),
        Turn(
            "user", (Media("file", media_type="application/pdf", data="AA==", context="c"),), extra={"more": RAW(b"1")}
        ),
        Turn("user", ()),
        Turn("assistant", (Opaque(MESSAGES, "an item", RAW(b"{}")),)),
    )
    body, losses = foreign(asked(*turns))
    assert len(body["input"]) == 2
    assert set(losses.names.split(",")) == {"new", "messages.0", "more", "context"}
    assert [loss.field for loss in losses.content] == ["messages.3"]


def test_a_message_of_which_nothing_is_left():
    body, losses = foreign(asked(Turn("user", (Media("video", url="u"),)), Turn("user", (Text("b"),))))
    assert [item["content"] for item in body["input"]] == ["b"]
    assert losses.content


def test_a_refusal_in_a_message_of_the_user_and_details_of_files():
    blocks = (Refusal("no"), Media("file", file_id="file-1", detail="low", name="a.pdf", origin=Origin("responses")))
    body, _ = foreign(asked(Turn("user", blocks)))
    assert body["input"][0]["content"] == [
        {"type": "refusal", "refusal": "no"},
        {"type": "input_file", "filename": "a.pdf", "detail": "low", "file_id": "file-1"},
    ]


def test_reasoning_without_words_or_id():
    thought = Thinking(encrypted="g", origin=Origin("responses"), parts=("a", "b"))
    body, _ = foreign(asked(Turn("assistant", (thought, Thinking(encrypted="h", origin=Origin("responses"))))))
    assert [len(item["summary"]) for item in body["input"]] == [2, 0]
    assert "id" not in body["input"][0]


def test_plain_tools_of_other_providers():
    tools = (
        ServerTool("web_search", "messages", RAW(b"{}")),
        ServerTool("mcp", "messages", RAW(b"{}"), url="https://x.test"),
        ServerTool("image_generation", "gemini", RAW(b"{}")),
        FunctionTool("p", custom=True),
    )
    body, losses = foreign(asked(tools=tools))
    assert body["tools"] == [
        {"type": "web_search"},
        {"type": "mcp", "server_label": "mcp", "server_url": "https://x.test", "require_approval": "never"},
        {"type": "image_generation"},
        {"type": "custom", "name": "p"},
    ]
    losses.check(strict=True)


def test_parts_of_results_that_only_another_protocol_knows():
    parts = (
        Text("a", cache=Cache()),
        Opaque(MESSAGES, "a mark", RAW(b"{}"), knob=True),
        Opaque(Origin("responses"), "a part", RAW(b'{"type":"input_new"}')),
        Media("video", url="u"),
    )
    body, losses = foreign(
        asked(Turn("user", (ToolResult("c", parts), ToolResult("d", (Opaque(MESSAGES, "x", RAW(b"{}")),)))))
    )
    assert body["input"][0]["output"] == [{"type": "input_text", "text": "a"}, {"type": "input_new"}]
    assert set(losses.names.split(",")) == {"cache_control", "messages.0"}
    assert [loss.why for loss in losses.content] == ["a film", "x"]
