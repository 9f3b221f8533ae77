"""Gemini requests into the neutral form: both spellings, every kind of part, and errors that name the field."""

from typing import Any

import msgspec
import pytest

from adapters.canonical import ids
from adapters.canonical.blocks import (
    Media,
    Opaque,
    Origin,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
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
from adapters.head import Target
from adapters.protocols.gemini import signatures
from adapters.protocols.gemini.head import parse
from adapters.protocols.gemini.read_request import read_request

OWN = Origin("gemini")


def read(body: dict[str, Any], operation: str = "chat") -> Request:
    verb = {"chat": "generateContent", "count_tokens": "countTokens"}[operation]
    return read_request(parse(operation, msgspec.json.encode(body), Target(model="gemini-x", verb=verb)))


def said(*parts: dict[str, Any], role: str = "user") -> tuple[Any, ...]:
    return read({"contents": [{"role": role, "parts": list(parts)}]}).turns[0].blocks


def test_turns_in_order_and_system_first() -> None:
    request = read(
        {
            "contents": [
                {"role": "user", "parts": [{"text": "a"}]},
                {"role": "model", "parts": [{"text": "b"}]},
                {"parts": {"text": "c"}},
            ],
            "system_instruction": {"parts": [{"text": "s"}], "role": "user"},
        }
    )
    assert [(turn.role, turn.blocks) for turn in request.turns] == [
        ("system", (Text("s"),)),
        ("user", (Text("a"),)),
        ("assistant", (Text("b"),)),
        ("user", (Text("c"),)),
    ]
    assert request.protocol == "gemini"
    assert read({"contents": {"parts": []}, "systemInstruction": "plain"}).turns[0].plain


def test_pieces_of_a_stream_become_one_turn() -> None:
    signature = signatures.write("sig", origin=Origin("messages"))
    contents = [
        {"role": "user", "parts": [{"text": "q"}]},
        {"role": "model", "parts": [{"text": "Hm", "thought": True}]},
        {"role": "model", "parts": [{"text": "m.", "thought": True}]},
        {"role": "model", "parts": [{"text": "", "thought": True, "thoughtSignature": signature}]},
        {"role": "model", "parts": [{"text": "He"}]},
        {"role": "model", "parts": [{"text": "llo"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "f"}}]},
        {"role": "model", "parts": [{"text": ""}]},
    ]
    turns = read({"contents": contents}).turns
    assert len(turns) == 2
    thought, text, call = turns[1].blocks
    assert thought == Thinking("Hmm.", "sig", origin=Origin("messages"))
    assert text == Text("Hello")
    assert isinstance(call, ToolCall)


def test_thoughts_of_google_that_come_in_pieces() -> None:
    contents = [
        {"role": "model", "parts": [{"text": "a", "thought": True}]},
        {"role": "model", "parts": [{"text": "b", "thought": True}]},
        {"role": "model", "parts": [{"text": "c"}, {"text": "d"}]},
        {"role": "model", "parts": [{"text": "", "thoughtSignature": "c2ln"}]},
    ]
    (turn,) = read({"contents": contents}).turns
    assert turn.blocks == (Thinking("ab", origin=OWN), Text("c"), Text("d", signature="c2ln", origin=OWN))


def test_an_empty_answer_leaves_no_turn() -> None:
    contents = [{"parts": [{"text": "a"}]}, {"role": "model", "parts": [{"text": ""}]}, {"parts": [{"text": "b"}]}]
    assert [turn.role for turn in read({"contents": contents}).turns] == ["user", "user"]


@pytest.mark.parametrize(
    ("part", "block"),
    [
        ({"text": "a"}, Text("a")),
        ({"text": "a", "thought": True}, Thinking("a", origin=OWN)),
        ({"text": "a", "thought_signature": "c2ln"}, Text("a", signature="c2ln", origin=OWN)),
        ({"thought": True, "thoughtSignature": "c2ln"}, Thinking("", "c2ln", origin=OWN)),
        ({"inlineData": {"mimeType": "image/png", "data": "QUJD"}}, Media("image", "image/png", "QUJD")),
        ({"inline_data": {"mime_type": "audio/wav", "data": "_-8"}}, Media("audio", "audio/wav", "/+8=")),
        ({"fileData": {"fileUri": "https://a/b.mp4"}}, Media("file", url="https://a/b.mp4")),
        (
            {"fileData": {"fileUri": "gs://a/b", "mimeType": "video/mp4"}},
            Media("video", "video/mp4", file_id="gs://a/b", origin=OWN, protocol="gemini"),
        ),
        (
            {"inlineData": {"mimeType": "application/pdf", "data": "QUJD", "displayName": "x.pdf"}},
            Media("file", "application/pdf", "QUJD", name="x.pdf", protocol="gemini"),
        ),
        ({"functionCall": {"name": "f", "id": "1"}}, ToolCall("1", "f", "{}")),
        (
            {"functionCall": {"name": "f", "id": "1", "args": {"a": 1.0}}, "thoughtSignature": "c2ln"},
            ToolCall("1", "f", '{"a":1.0}', signature="c2ln", origin=OWN),
        ),
    ],
)
def test_parts(part: dict[str, Any], block: object) -> None:
    assert said(part, role="model" if "functionCall" in part else "user") == (block,)


def test_media_may_be_signed_and_have_more_fields() -> None:
    (media,) = said(
        {
            "inlineData": {"mimeType": "video/mp4", "data": "QUJD"},
            "videoMetadata": {"fps": 2},
            "thoughtSignature": "c2ln",
        },
        role="model",
    )
    assert media.signature == "c2ln"
    assert media.extra == {"videoMetadata": msgspec.Raw(b'{"fps":2}')}


def test_what_is_not_known_is_kept() -> None:
    unknown, draft, lone = said(
        {"newKind": {"a": 1}, "thoughtSignature": "c2ln"},
        {"inlineData": {"mimeType": "image/png", "data": "QUJD"}, "thought": True},
        {"thoughtSignature": "c2ln"},
        role="model",
    )
    assert (unknown.what, unknown.knob) == ("parts.newKind", False)
    assert draft.knob
    assert lone.knob
    assert all(isinstance(block, Opaque) and block.origin == OWN for block in (unknown, draft, lone))
    (text,) = said({"text": "a", "partMetadata": {"b": 1}})
    assert text.extra == {"partMetadata": msgspec.Raw(b'{"b":1}')}


def test_calls_and_results_meet_by_id_or_by_order() -> None:
    turns = read(
        {
            "contents": [
                {"role": "model", "parts": [{"functionCall": {"name": "f"}}, {"functionCall": {"name": "f"}}]},
                {
                    "role": "function",
                    "parts": [
                        {"functionResponse": {"name": "f", "response": {"output": "one"}}},
                        {"function_response": {"name": "f", "response": {"error": "two"}}},
                    ],
                },
                {"role": "model", "parts": [{"functionCall": {"name": "g", "id": "x"}}]},
                {"parts": [{"functionResponse": {"name": "g", "response": {"result": {"a": [1]}}}}]},
            ]
        }
    ).turns
    calls = [block for block in turns[0].blocks if isinstance(block, ToolCall)]
    results = [block for block in turns[1].blocks if isinstance(block, ToolResult)]
    assert [call.id for call in calls] == [result.id for result in results]
    assert len({call.id for call in calls}) == 2
    assert all(ids.is_made(call.id) for call in calls)
    assert [(result.content, result.is_error) for result in results] == [
        ((Text("one"),), False),
        ((Text("two"),), True),
    ]
    last = turns[3].blocks[0]
    assert isinstance(last, ToolResult)
    assert (last.id, last.value, last.content) == ("x", '{"result":{"a":[1]}}', (Text('{"a":[1]}'),))


def test_a_result_in_any_shape() -> None:
    (plain, media, empty) = said(
        {"functionResponse": {"id": "1", "name": "f", "response": {"a": 1, "b": 2}, "willContinue": False}},
        {
            "functionResponse": {
                "id": "2",
                "name": "f",
                "response": {"output": ""},
                "parts": [{"inlineData": {"mimeType": "image/png", "data": "QUJD"}}, {"other": 1}],
            }
        },
        {"functionResponse": {"id": "3", "name": "f"}},
    )
    assert plain.content == (Text('{"a":1,"b":2}'),)
    assert plain.extra == {"willContinue": msgspec.Raw(b"false")}
    assert media.content[0] == Media("image", "image/png", "QUJD")
    assert isinstance(media.content[1], Opaque)
    assert (empty.content, empty.value) == ((Text(""),), "")


def test_code_and_tools_of_google() -> None:
    code, output, call, answer = said(
        {"executableCode": {"code": "print(1)", "language": "PYTHON"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n"}},
        {"toolCall": {"id": "t", "toolType": "GOOGLE_SEARCH_WEB", "args": {"queries": ["a"]}}},
        {"toolResponse": {"id": "t", "toolType": "GOOGLE_SEARCH_WEB"}},
        role="model",
    )
    assert isinstance(code, ServerCall)
    assert isinstance(output, ServerResult)
    assert (code.tool, code.input, output.text) == ("code_execution", '{"code":"print(1)","language":"python"}', "1\n")
    assert code.id == output.id != ""
    assert (call.tool, call.id, call.input) == ("web_search", "t", '{"queries":["a"]}')
    assert (answer.tool, answer.id) == ("web_search", "t")
    assert msgspec.json.decode(answer.raw) == {"toolResponse": {"id": "t", "toolType": "GOOGLE_SEARCH_WEB"}}


def test_settings_in_both_spellings() -> None:
    config = {
        "temperature": 0.5, "topP": 0.9, "topK": 40.0, "candidateCount": 2, "maxOutputTokens": "100", "seed": 7,
        "stopSequences": ["x"], "presencePenalty": 1, "frequencyPenalty": -1, "responseLogprobs": True, "logprobs": 3,
        "responseModalities": ["TEXT", "IMAGE"], "speechConfig": {"a": 1},
    }  # fmt: skip
    request = read({"contents": [], "generationConfig": config})
    assert (request.temperature, request.top_p, request.top_k, request.n, request.max_output) == (0.5, 0.9, 40, 2, 100)
    assert (request.seed, request.stop, request.presence_penalty, request.frequency_penalty) == (7, ("x",), 1, -1)
    assert (request.logprobs, request.top_logprobs, request.modalities) == (True, 3, ("text", "image"))
    assert request.extensions == {"gemini": {"generationConfig.speechConfig": msgspec.Raw(b'{"a":1}')}}
    snake = read({"contents": [], "generation_config": {"max_output_tokens": 5, "top_p": 0.1, "seed": None}})
    assert (snake.max_output, snake.top_p, snake.seed) == (5, 0.1, None)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"thinkingBudget": 0}, Reasoning(enabled=False, budget=0)),
        ({"thinkingBudget": -1, "includeThoughts": True}, Reasoning(enabled=True, budget=-1, include=True)),
        ({"thinking_level": "HIGH"}, Reasoning(effort="high")),
        ({"thinkingLevel": "THINKING_LEVEL_UNSPECIFIED"}, None),
        ({}, None),
    ],
)
def test_thinking(config: dict[str, Any], expected: Reasoning | None) -> None:
    assert read({"contents": [], "generationConfig": {"thinkingConfig": config}}).reasoning == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"responseMimeType": "application/json"}, OutputFormat("json", media_type="application/json")),
        ({"responseMimeType": "text/plain"}, OutputFormat("text", media_type="text/plain")),
        (
            {"responseMimeType": "application/json", "responseJsonSchema": {"type": "object"}},
            OutputFormat("schema", msgspec.Raw(b'{"type":"object"}'), media_type="application/json"),
        ),
        (
            {"responseMimeType": "application/json", "response_schema": {"type": "OBJECT", "nullable": True}},
            OutputFormat("schema", msgspec.Raw(b'{"type":["object","null"]}'), media_type="application/json"),
        ),
    ],
)
def test_output(config: dict[str, Any], expected: OutputFormat) -> None:
    assert read({"contents": [], "generationConfig": config}).output == expected


def test_tools() -> None:
    request = read(
        {
            "contents": [],
            "tools": [
                {
                    "function_declarations": [
                        {"name": "f", "description": "d", "parameters": {"type": "OBJECT"}},
                        {"name": "g", "parametersJsonSchema": {"type": "object"}, "behavior": "BLOCKING"},
                    ]
                },
                {"googleSearch": {"excludeDomains": ["a.b"]}, "urlContext": {}},
                {"mcpServers": [{"name": "m", "streamableHttpTransport": {
                    "url": "https://m", "headers": {"Authorization": "Bearer t"}}}]},
                {"googleMaps": {}},
            ],
        }
    )  # fmt: skip
    first, second, search, fetch, mcp, maps = request.tools
    assert first == FunctionTool("f", "d", msgspec.Raw(b'{"type":"object"}'))
    assert isinstance(second, FunctionTool)
    assert second.extra == {"behavior": msgspec.Raw(b'"BLOCKING"')}
    assert isinstance(search, ServerTool)
    assert isinstance(fetch, ServerTool)
    assert isinstance(mcp, ServerTool)
    assert (search.tool, search.blocked_domains, fetch.tool) == ("web_search", ("a.b",), "web_fetch")
    assert (mcp.tool, mcp.label, mcp.url, mcp.token) == ("mcp", "m", "https://m", "t")
    assert isinstance(maps, OpaqueTool)
    assert maps.what == "tools.googleMaps"
    assert request.exact == {"tools.f.parameters": msgspec.Raw(b'{"type":"OBJECT"}')}


@pytest.mark.parametrize(
    ("config", "choice"),
    [
        ({"mode": "AUTO"}, ToolChoice("auto")),
        ({"mode": "any"}, ToolChoice("required")),
        ({"mode": "NONE"}, ToolChoice("none")),
        ({"mode": "ANY", "allowedFunctionNames": ["a"]}, ToolChoice("named", ("a",))),
        ({"mode": "ANY", "allowedFunctionNames": ["a", "b"]}, ToolChoice("allowed", ("a", "b"), required=True)),
        ({"mode": "VALIDATED", "allowedFunctionNames": ["a"]}, ToolChoice("allowed", ("a",))),
        ({"mode": "VALIDATED"}, ToolChoice("auto")),
        ({"mode": "MODE_UNSPECIFIED"}, None),
        ({}, None),
    ],
)
def test_choice(config: dict[str, Any], choice: ToolChoice | None) -> None:
    request = read({"contents": [], "toolConfig": {"functionCallingConfig": config}})
    assert request.tool_choice == choice
    assert bool(request.extensions) == (config == {"mode": "VALIDATED"})


def test_the_rest_of_the_top() -> None:
    request = read(
        {
            "contents": [], "safetySettings": [], "cachedContent": "cachedContents/a", "serviceTier": "standard",
            "store": False, "labels": None,
            "toolConfig": {"retrievalConfig": {"languageCode": "de"}, "includeServerSideToolInvocations": True},
        }
    )  # fmt: skip
    assert request.state == {"cachedContent"}
    assert (request.service_tier, request.store) == ("default", False)
    assert request.extensions["gemini"].keys() == {"safetySettings", "cachedContent", "toolConfig.retrievalConfig"}
    assert request.exact.keys() == {"toolConfig.includeServerSideToolInvocations"}


def test_counting_reads_what_is_counted() -> None:
    nested = {"generateContentRequest": {"model": "models/x", "contents": [{"parts": [{"text": "a"}]}]}}
    assert read(nested, "count_tokens").turns == (Turn("user", (Text("a"),), protocol="gemini"),)
    assert read({"contents": [{"parts": [{"text": "a"}]}]}, "count_tokens").turns[0].role == "user"
    with pytest.raises(ClientError):
        read({"generateContentRequest": {}}, "count_tokens")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"contents": [1]}, "contents[0]"),
        ({"contents": [{"role": "system", "parts": []}]}, "contents[0].role"),
        ({"contents": [{"parts": [{"text": 1}]}]}, "contents[0].parts[0]"),
        ({"contents": [{"parts": "a"}]}, "contents[0].parts"),
        ({"contents": [{"parts": [{"functionCall": {}}]}]}, "contents[0].parts[0]"),
        ({"contents": [{"parts": [{"functionCall": {"name": "f", "args": [1]}}]}]}, "contents[0].parts[0]"),
        ({"contents": [], "generationConfig": {"temperature": []}}, "generationConfig"),
        ({"contents": [], "generationConfig": {"topK": 1.5}}, "generationConfig"),
        ({"contents": [], "generationConfig": {"seed": "a"}}, "generationConfig"),
        ({"contents": [], "generationConfig": {"thinkingConfig": {"thinkingBudget": -5}}}, "generationConfig"),
        ({"contents": [], "generationConfig": {"responseSchema": []}}, "generationConfig"),
        ({"contents": [], "tools": [{"functionDeclarations": [{}]}]}, "tools"),
        ({"contents": [], "toolConfig": {"functionCallingConfig": {"mode": "SOME"}}}, "toolConfig"),
        ({"contents": [], "systemInstruction": 1}, "systemInstruction"),
        ({"contents": [], "serviceTier": 1}, "serviceTier"),
    ],
)
def test_errors_name_the_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(ClientError) as caught:
        read(body)
    assert (caught.value.status, caught.value.param) == (400, field)
    assert field in caught.value.message
