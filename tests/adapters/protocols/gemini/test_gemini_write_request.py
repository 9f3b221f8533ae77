"""The neutral form as a Gemini request: what is said, where, and what cannot be."""

from typing import Any

import msgspec
import pytest
from google.genai import types

from adapters.canonical import ids
from adapters.canonical.blocks import (
    Block,
    Cache,
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
from adapters.canonical.loss import Losses
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
from adapters.protocols.gemini.signatures import SKIP
from adapters.protocols.gemini.write_request import write_request

OWN, OTHER = Origin("gemini"), Origin("messages")
RAW = msgspec.Raw(b'{"type":"object","properties":{"a":{"type":"string"}}}')
ALL = frozenset(["json_schema", "tool_result_images", "web_search", "web_fetch", "code_execution"])
HI = Turn("user", (Text("hi"),))


def write(*turns: Turn, model: str = "gemini-3-pro", caps: frozenset[str] = ALL, **settings: Any) -> tuple[Any, Losses]:
    losses = Losses()
    fetched = {"https://a/b.png": Fetched("image/png", "QUJD")}
    upstream = Upstream(model=model, capabilities=caps, fetched=fetched)
    request = Request(model="m", turns=turns or (HI,), **settings)
    body = msgspec.json.decode(write_request(request, upstream, losses))
    for content in [*body["contents"], body.get("systemInstruction", {})]:
        types.Content.model_validate(content)
    for tool in body.get("tools", []):
        types.Tool.model_validate(tool)
    types.ToolConfig.model_validate(body.get("toolConfig", {}))
    types.GenerationConfig.model_validate(body.get("generationConfig", {}))
    return body, losses


def config(**settings: Any) -> tuple[Any, list[str]]:
    body, losses = write(**settings)
    return body.get("generationConfig", {}), [loss.field for loss in losses.knobs]


def parts(*blocks: Block, role: Any = "user", **more: Any) -> list[Any]:
    body, losses = write(Turn(role, blocks), **more)
    assert not losses.content
    return [part for content in body["contents"] for part in content["parts"]]


def test_leading_system_turns_are_the_instruction() -> None:
    body, losses = write(Turn("system", (Text("a"),)), Turn("developer", (Text("b"), Text(""))), HI)
    assert body["systemInstruction"] == {"parts": [{"text": "a"}, {"text": "b"}]}
    assert body["contents"] == [{"role": "user", "parts": [{"text": "hi"}]}]
    assert not losses.knobs


def test_a_system_turn_in_the_middle_stays_in_its_place() -> None:
    body, losses = write(HI, Turn("assistant", (Text("yo"),)), Turn("system", (Text("s"),)), HI)
    assert [(one["role"], len(one["parts"])) for one in body["contents"]] == [("user", 1), ("model", 1), ("user", 2)]
    assert [loss.field for loss in losses.knobs] == ["messages.2.role"]


def test_a_system_turn_alone_becomes_the_users() -> None:
    body, losses = write(Turn("system", (Text("a"),)), Turn("system", (Text("b"),)))
    assert body["systemInstruction"] == {"parts": [{"text": "a"}]}
    assert body["contents"] == [{"role": "user", "parts": [{"text": "b"}]}]
    assert losses.names == "messages.0.role"


def test_turns_of_one_role_become_one_and_answers_come_first_in_order() -> None:
    calls = Turn("assistant", (Text(""), ToolCall("1", "f", '{"a":1}'), ToolCall("2", "g", "")))
    body, losses = write(
        HI,
        calls,
        Turn("user", (ToolResult("2", (Text("two"),)),)),
        Turn("user", (ToolResult("1", (Text("one"),)),)),
        HI,
    )
    assert body["contents"][1:] == [
        {
            "role": "model",
            "parts": [
                {"functionCall": {"name": "f", "args": {"a": 1}, "id": "1"}, "thoughtSignature": SKIP},
                {"functionCall": {"name": "g", "args": {}, "id": "2"}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "f", "response": {"output": "one"}, "id": "1"}},
                {"functionResponse": {"name": "g", "response": {"output": "two"}, "id": "2"}},
                {"text": "hi"},
            ],
        },
    ]
    assert not losses.knobs
    assert not losses.content


def test_a_signature_of_google_stays_and_older_models_need_none() -> None:
    signed = ToolCall("1", "f", signature="c2ln", origin=OWN)
    (call, other) = parts(signed, ToolCall("2", "g"), role="assistant")
    assert call["thoughtSignature"] == "c2ln"
    assert "thoughtSignature" not in other
    (call,) = parts(ToolCall("1", "f", signature="x", origin=OTHER), role="assistant", model="gemini-2.5-pro")
    assert "thoughtSignature" not in call


def test_ids_that_we_made_are_left_out() -> None:
    made = ids.made("r", 1)
    (call,) = parts(ToolCall(made, "f"), role="assistant", model="gemini-2.5-pro")
    assert "id" not in call["functionCall"]
    body, _ = write(Turn("assistant", (ToolCall(made, "f"),)), Turn("user", (ToolResult(made),)))
    assert body["contents"][1]["parts"] == [{"functionResponse": {"name": "f", "response": {"output": ""}}}]


@pytest.mark.parametrize(
    ("result", "response"),
    [
        (ToolResult("1", (Text("a"), Text("b"))), {"output": "ab"}),
        (ToolResult("1", (Text(' {"a":1}'),)), {"a": 1}),
        (ToolResult("1", (Text("{broken"),)), {"output": "{broken"}),
        (ToolResult("1", (Text('{"a":1}'),), is_error=True), {"error": '{"a":1}'}),
        (ToolResult("1", (Text("x"),), value='{"result":5}'), {"result": 5}),
    ],
)
def test_what_a_tool_answered(result: ToolResult, response: Any) -> None:
    body, _ = write(Turn("assistant", (ToolCall("1", "f"),)), Turn("user", (result,)))
    assert body["contents"][1]["parts"][0]["functionResponse"]["response"] == response


def test_images_of_a_tool_stand_inside_or_beside_its_answer() -> None:
    image, sound = Media("image", "image/png", "QUJD"), Media("audio", "audio/wav", "QUJD")
    turns = (Turn("assistant", (ToolCall("1", "f"),)), Turn("user", (ToolResult("1", (image, sound)),)))
    (answer, beside) = write(*turns)[0]["contents"][1]["parts"]
    assert answer["functionResponse"]["parts"] == [{"inlineData": {"mimeType": "image/png", "data": "QUJD"}}]
    assert beside["inlineData"]["mimeType"] == "audio/wav"
    written = write(*turns, model="gemini-2.5-pro")[0]["contents"][1]["parts"]
    assert [next(iter(part)) for part in written] == ["functionResponse", "inlineData", "inlineData"]


def test_a_result_without_its_call_is_refused() -> None:
    _, losses = write(Turn("user", (ToolResult("nobody", (Text("a"),)),)))
    assert [loss.field for loss in losses.content] == ["tool_result.nobody"]
    _, losses = write(Turn("assistant", (ToolCall("1", "f"), ToolResult("2"))))
    assert [loss.field for loss in losses.content] == ["tool_result"]


def test_arguments_that_are_no_object_stay_in_the_history() -> None:
    body, losses = write(Turn("assistant", (ToolCall("1", "f", '{"a": '),)))
    assert body["contents"][0]["parts"][0]["functionCall"]["args"] == {"input": '{"a": '}
    assert [loss.field for loss in losses.knobs] == ["tool_calls.1.arguments"]
    assert not losses.content


@pytest.mark.parametrize(
    ("media", "part"),
    [
        (Media("image", "image/png", "QUJD"), {"inlineData": {"mimeType": "image/png", "data": "QUJD"}}),
        (Media("image", data="QUJD"), {"inlineData": {"mimeType": "image/jpeg", "data": "QUJD"}}),
        (Media("image", url="https://a/b.png"), {"inlineData": {"mimeType": "image/png", "data": "QUJD"}}),
        (
            Media("image", url="https://a/c.png?x"),
            {"fileData": {"fileUri": "https://a/c.png?x", "mimeType": "image/png"}},
        ),
        (Media("video", url="https://youtu.be/x"), {"fileData": {"fileUri": "https://youtu.be/x"}}),
        (Media("file", text="abc"), {"inlineData": {"mimeType": "text/plain", "data": "YWJj"}}),
        (
            Media("file", "application/pdf", file_id="gs://a/b", origin=OWN),
            {"fileData": {"fileUri": "gs://a/b", "mimeType": "application/pdf"}},
        ),
        (Media("audio", file_id="audio_1", transcript="said"), {"text": "said"}),
        (
            Media("file", "application/pdf", "QUJD", name="a.pdf"),
            {"inlineData": {"mimeType": "application/pdf", "data": "QUJD"}},
        ),
    ],
)  # fmt: skip
def test_media(media: Media, part: Any) -> None:
    assert parts(media) == [part]


def test_files_of_others_are_refused_and_details_lost() -> None:
    _, losses = write(Turn("user", (Media("image", file_id="file-1"),)))
    assert [loss.field for loss in losses.content] == ["image.file_id"]
    _, losses = write(Turn("user", (Media("image", "image/png", "QUJD", detail="low", title="t", citations=True),)))
    assert losses.names == "document.citations,document.title,image.detail"


def test_blocks_of_the_assistant() -> None:
    raw = msgspec.Raw(b'{"toolCall":{"id":"x","toolType":"FILE_SEARCH"}}')
    assert parts(
        Thinking("t", "c2ln", origin=OWN),
        Text("a", signature="c2ln", origin=OWN),
        Text("b", signature="x", origin=OTHER),
        Refusal("no"),
        ServerCall("x", "file_search", "{}", OWN, raw),
        Opaque(OWN, "new", msgspec.Raw(b'{"text":"new"}')),
        role="assistant",
    ) == [
        {"text": "t", "thought": True, "thoughtSignature": "c2ln"},
        {"text": "a", "thoughtSignature": "c2ln"},
        {"text": "b"},
        {"text": "no"},
        {"toolCall": {"id": "x", "toolType": "FILE_SEARCH"}},
        {"text": "new"},
    ]


def test_what_others_thought_and_ran_is_left_out_aloud() -> None:
    raw = msgspec.Raw(b"{}")
    body, losses = write(
        Turn("assistant", (
            Thinking("t", "s", origin=OTHER), ServerCall("1", "web_search", "{}", OTHER, raw),
            ServerResult("1", "web_search", OTHER, raw), Text("a", cache=Cache()),
            Opaque(OTHER, "a hint", raw, knob=True),
        )),
    )  # fmt: skip
    assert body["contents"] == [{"role": "model", "parts": [{"text": "a"}]}]
    assert losses.names == "a hint,cache_control,thinking,web_search"
    _, losses = write(Turn("user", (Opaque(OTHER, "a thing", raw),)))
    assert [loss.field for loss in losses.content] == ["a thing"]


def test_settings() -> None:
    written, lost = config(
        temperature=1.5, top_p=0.5, top_k=3, max_output=9, n=2, seed=4, stop=("a",), presence_penalty=1.0,
        frequency_penalty=0.5, logprobs=True, top_logprobs=5,
    )  # fmt: skip
    assert written == {
        "temperature": 1.5, "topP": 0.5, "topK": 3, "maxOutputTokens": 9, "candidateCount": 2, "seed": 4,
        "stopSequences": ["a"], "presencePenalty": 1.0, "frequencyPenalty": 0.5, "responseLogprobs": True,
        "logprobs": 5,
    }  # fmt: skip
    assert lost == []


@pytest.mark.parametrize(
    ("settings", "written", "lost"),
    [
        ({"temperature": 3.0}, {"temperature": 2.0}, ["temperature"]),
        ({"stop": tuple("abcdef")}, {"stopSequences": list("abcde")}, ["stop"]),
        ({"top_logprobs": 50}, {"logprobs": 20, "responseLogprobs": True}, ["top_logprobs"]),
        ({"top_logprobs": 0, "logprobs": True}, {"responseLogprobs": True}, []),
        ({"logprobs": False}, {}, []),
        ({"user": "u", "min_p": 0.1, "store": True}, {}, ["min_p", "user", "store"]),
        ({"truncation": "auto"}, {}, ["truncation"]),
        ({"truncation": "disabled", "store": False, "parallel_tools": True, "service_tier": "auto"}, {}, []),
        ({"parallel_tools": False}, {}, ["parallel_tool_calls"]),
        ({"seed": (1 << 40) + 5}, {"seed": 5}, ["seed"]),
        ({"seed": -5}, {"seed": -5}, []),
        ({"max_output": 128_000}, {"maxOutputTokens": 65536}, ["max_tokens"]),
        ({"max_output": 128_000, "model": "claude-x"}, {"maxOutputTokens": 128_000}, []),
        ({"max_output": 9000, "model": "gemini-pro-latest"}, {"maxOutputTokens": 9000}, []),
        ({"max_output": 9000, "model": "gemini-2.0-flash"}, {"maxOutputTokens": 8192}, ["max_tokens"]),
        ({"service_tier": "scale"}, {}, ["service_tier"]),
        ({"modalities": ("text",)}, {}, []),
        ({"modalities": ("image", "text")}, {"responseModalities": ["TEXT", "IMAGE"]}, []),
        ({"modalities": ("audio",), "audio": msgspec.Raw(b'{"voice":"Kore"}')}, {
            "responseModalities": ["AUDIO"],
            "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}},
        }, []),
        ({"modalities": ("audio",), "audio": msgspec.Raw(b"1")}, {"responseModalities": ["AUDIO"]}, []),
    ],
)  # fmt: skip
def test_settings_at_their_bounds(settings: Any, written: Any, lost: list[str]) -> None:
    found, names = config(**settings)
    assert found == written
    assert sorted(names) == sorted(lost)


@pytest.mark.parametrize(
    ("reasoning", "model", "written"),
    [
        (Reasoning(effort="high"), "gemini-3-pro", {"thinkingLevel": "HIGH"}),
        (Reasoning(effort="none"), "gemini-2.5-flash", {"thinkingBudget": 0}),
        (Reasoning(enabled=True, budget=2000), "gemini-2.5-flash", {"thinkingBudget": 2000, "includeThoughts": True}),
        (Reasoning(effort="low", summary="auto"), "gemini-3-pro", {"thinkingLevel": "LOW", "includeThoughts": True}),
        (Reasoning(adaptive=True, enabled=True), "gemini-3-pro", {"includeThoughts": True}),
        (Reasoning(enabled=True), "gemini-2.0-flash", None),
    ],
)
def test_thinking(reasoning: Reasoning, model: str, written: Any) -> None:
    assert config(reasoning=reasoning, model=model)[0].get("thinkingConfig") == written


def test_output() -> None:
    assert config(output=OutputFormat("json"))[0] == {"responseMimeType": "application/json"}
    assert config(output=OutputFormat("text"))[0] == {}
    bound = OutputFormat("schema", RAW, name="n", strict=True)
    assert config(output=bound)[0] == {
        "responseMimeType": "application/json", "responseJsonSchema": msgspec.json.decode(RAW),
    }  # fmt: skip
    older = config(output=bound, caps=frozenset())[0]
    assert older["responseSchema"] == {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}
    hard = msgspec.Raw(b'{"type":"string","not":{"const":"a"}}')
    for schema, field in ((hard, "response_format.not"), (msgspec.Raw(b"[]"), "response_format")):
        _, losses = write(output=OutputFormat("schema", schema), caps=frozenset())
        assert [loss.field for loss in losses.content] == [field]


def test_functions() -> None:
    tools = (
        FunctionTool("f", "d", RAW),
        FunctionTool("g", parameters=msgspec.Raw(b"{}")),
        FunctionTool("h", custom=True, grammar=msgspec.Raw(b"{}"), cache=Cache()),
    )
    body, losses = write(tools=tools)
    f, g, h = body["tools"][0]["functionDeclarations"]
    assert f == {"name": "f", "description": "d", "parametersJsonSchema": msgspec.json.decode(RAW)}
    assert g == {"name": "g"}
    assert h["parametersJsonSchema"]["required"] == ["input"]
    assert losses.names == "cache_control,tools.format"
    bare = FunctionTool("e", parameters=msgspec.Raw(b'{"type":"object"}'))
    older, losses = write(tools=(*tools[:2], bare), caps=frozenset())
    f, _, e = older["tools"][0]["functionDeclarations"]
    assert f["parameters"] == {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}
    assert e == {"name": "e"}
    _, losses = write(tools=(FunctionTool("f", parameters=msgspec.Raw(b"1")),), caps=frozenset())
    assert losses.content


def test_tools_of_others() -> None:
    raw = msgspec.Raw(b"{}")
    search = ServerTool("web_search", "responses", raw, max_uses=3, search_context="high")
    body, losses = write(tools=(search, ServerTool("code_execution", "messages", raw), FunctionTool("f")))
    assert body["tools"][1:] == [{"googleSearch": {}}, {"codeExecution": {}}]
    assert body["toolConfig"] == {"includeServerSideToolInvocations": True}
    assert losses.names == "tools.web_search.max_uses,tools.web_search.search_context"
    body, _ = write(tools=(search, FunctionTool("f")), model="gemini-2.5-pro")
    assert "toolConfig" not in body
    for tool in (
        ServerTool("image_generation", "responses", raw),
        ServerTool("mcp", "messages", raw, url="https://m"),
        OpaqueTool("messages", "a memory tool", raw),
    ):
        assert write(tools=(tool,))[1].content
    assert write(tools=(OpaqueTool("messages", "a hint", raw, knob=True),))[1].names == "a hint"
    mcp = ServerTool("mcp", "messages", raw, label="m", url="https://m", token="t", allowed_tools=("x",))
    body, losses = write(tools=(mcp,), caps=frozenset({"mcp"}))
    assert body["tools"][0]["mcpServers"][0]["streamableHttpTransport"]["headers"] == {"Authorization": "Bearer t"}
    assert [loss.field for loss in losses.content] == ["tools.mcp.allowed_tools"]


@pytest.mark.parametrize(
    ("choice", "written"),
    [
        (ToolChoice("auto"), {"mode": "AUTO"}),
        (ToolChoice("none"), {"mode": "NONE"}),
        (ToolChoice("required"), {"mode": "ANY"}),
        (ToolChoice("named", ("f",)), {"mode": "ANY", "allowedFunctionNames": ["f"]}),
        (ToolChoice("allowed", ("f", "g"), required=True), {"mode": "ANY", "allowedFunctionNames": ["f", "g"]}),
        (ToolChoice("allowed", ("f",)), {"mode": "VALIDATED", "allowedFunctionNames": ["f"]}),
        (ToolChoice("named", server_tool="web_search"), {"mode": "AUTO"}),
    ],
)
def test_choice(choice: ToolChoice, written: Any) -> None:
    body, losses = write(tools=(FunctionTool("f"),), tool_choice=choice)
    assert body["toolConfig"]["functionCallingConfig"] == written
    assert bool(losses.knobs) == bool(choice.server_tool)
    assert "toolConfig" not in write(tool_choice=choice)[0]


def test_strict_functions_are_validated() -> None:
    body, _ = write(tools=(FunctionTool("f", strict=True),))
    assert body["toolConfig"]["functionCallingConfig"] == {"mode": "VALIDATED"}
    body, _ = write(tools=(FunctionTool("f", strict=True),), tool_choice=ToolChoice("required"))
    assert body["toolConfig"]["functionCallingConfig"] == {"mode": "ANY"}


def test_counting_and_extensions_of_others() -> None:
    losses = Losses()
    request = Request(model="m", turns=(HI,), protocol="chat", extensions={"chat": {"x": msgspec.Raw(b"1")}})
    body = msgspec.json.decode(write_request(request, Upstream(model="g", operation="count_tokens"), losses))
    assert body == {
        "generateContentRequest": {"model": "models/g", "contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    }
    assert losses.names == "x"
    assert write(service_tier="default")[0]["serviceTier"] == "standard"
