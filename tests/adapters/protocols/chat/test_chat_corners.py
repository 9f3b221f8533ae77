"""What few requests and answers have: odd values of providers, and blocks that other protocols put where they may."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.blocks import (
    Cache,
    Citation,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.context import Client, Upstream
from adapters.canonical.events import BlockStart, CitationDelta, End, Event, SignatureDelta, Start, TextDelta
from adapters.canonical.fold import fold, unfold
from adapters.canonical.loss import Losses
from adapters.canonical.request import FunctionTool, OutputFormat, Reasoning, Request, ServerTool, ToolChoice, Turn
from adapters.canonical.response import Candidate, Response
from adapters.errors import ClientError, UpstreamError
from adapters.protocols.chat import errors
from adapters.protocols.chat.details import format_of, origin_of, thoughts, write_details
from adapters.protocols.chat.head import parse
from adapters.protocols.chat.read_request import read_request
from adapters.protocols.chat.read_response import audio_type, read_response
from adapters.protocols.chat.read_stream import StreamReader
from adapters.protocols.chat.write_request import write_request
from adapters.protocols.chat.write_response import write_response
from adapters.protocols.chat.write_stream import StreamWriter

RAW = msgspec.Raw(b"{}")
USER = Turn("user", (Text("hi"),))
CLIENT = Client(request_id="q", created=1, model="m")


def write(*turns: Turn, provider: str = "x", can: str = "", **fields: Any) -> tuple[dict[str, Any], Losses]:
    losses = Losses()
    request = Request(model="m", turns=turns or (USER,), protocol="messages", **fields)
    upstream = Upstream(model="m", provider=provider, capabilities=frozenset(can.split()))
    return msgspec.json.decode(write_request(request, upstream, losses)), losses


def read(*blocks: bytes) -> list[Event]:
    reader = StreamReader()
    return [event for block in blocks for event in reader.feed(block)] + reader.finish()


@pytest.mark.parametrize(
    ("origin", "form"),
    [
        (Origin("messages"), "anthropic-claude-v1"),
        (Origin("responses", "xai"), "xai-responses-v1"),
        (Origin("gemini", "vertex"), "gateway-gemini/vertex"),
        (Origin("messages", "bedrock"), "gateway-messages/bedrock"),
        (Origin("chat", "somebodys-v9"), "somebodys-v9"),
    ],
)
def test_formats_of_reasoning(origin: Origin, form: str) -> None:
    assert format_of(origin) == form
    assert origin_of(form) == origin


def test_reasoning_without_a_maker_is_this_wires_own() -> None:
    assert format_of(None) == "gateway-chat"
    assert origin_of(None) == Origin("chat")
    assert thoughts({"reasoning_details": msgspec.Raw(b"5"), "reasoning": msgspec.Raw(b"7")}) == []
    found = thoughts(
        {
            "reasoning_content": msgspec.Raw(b'"why"'),
            "reasoning_details": msgspec.Raw(b'[{"data":"a","index":0},{"data":"b","index":0},{"data":"c","id":"d"}]'),
        }
    )
    assert [(one.text, one.encrypted, one.id) for one in found] == [
        ("why", "", ""), ("", "a", ""), ("", "b", ""), ("", "c", "d"),
    ]  # fmt: skip
    (summary,) = write_details(Thinking("s", signature="x", summary=True, id="i", origin=Origin("responses")), 0)
    assert (summary.type, summary.summary, summary.text, summary.id) == ("reasoning.summary", "s", None, "i")


def test_blocks_in_turns_of_the_wrong_speaker_are_refused() -> None:
    for turn in (
        Turn("user", (ToolCall("c", "f"),)),
        Turn("assistant", (ToolResult("c"),)),
        Turn("system", (Text("a"), Media("image", data="QUJD"))),
        Turn("assistant", (Media("image", data="QUJD"),)),
        Turn("assistant", (Opaque(Origin("messages"), "x", RAW),)),
    ):
        _, losses = write(USER, turn)
        assert [loss.field.split(".")[1] for loss in losses.content] == ["1"]


def test_what_an_assistant_leaves_out_quietly_or_aloud() -> None:
    blocks = (
        Thinking("why"),
        Media("audio", data="QUJD", transcript="hey"),
        ServerResult("s", "web_search", Origin("messages"), RAW),
        Opaque(Origin("messages"), "a mark", RAW, knob=True),
        ToolCall("c", "f", cache=Cache()),
    )
    body, losses = write(USER, Turn("assistant", blocks))
    assert body["messages"][1]["content"] == "hey"
    assert [loss.field for loss in losses.knobs] == [
        "audio", "server_tools", "messages.1.content.3", "cache_control", "thinking",
    ]  # fmt: skip
    body, _ = write(USER, Turn("assistant", (Thinking("why"),)), USER)
    assert [message["role"] for message in body["messages"]] == ["user", "user"]


def test_answers_of_tools() -> None:
    image = Media("image", media_type="image/png", data="QUJD")
    result = ToolResult("c", (Text("a"), image), cache=Cache())
    body, losses = write(USER, Turn("user", (result,)), can="tool_result_images images")
    assert [part["type"] for part in body["messages"][1]["content"]] == ["text", "image_url"]
    assert [loss.field for loss in losses.knobs] == ["cache_control"]
    body, _ = write(USER, Turn("user", (ToolResult("c", (image,)),)))
    assert body["messages"][1]["content"] == "See below."
    assert len(body["messages"]) == 3


def test_media_of_other_protocols() -> None:
    media = (
        Media("file", file_id="file-1", name="n", protocol="responses"),
        Media("file", media_type="image/png", data="QUJD"),
        Media("file", media_type="application/pdf", data="QUJD", title="T", context="c", citations=True),
        Media("video", media_type="video/mp4", data="QUJD", cache=Cache()),
        Media("image", url="https://a"),
        Media("audio", media_type="audio/x-m4a", data="QUJD"),
    )
    body, losses = write(Turn("user", media), can="images image_url pdf audio_input video_input file_id")
    parts = body["messages"][0]["content"]
    assert parts[0]["file"] == {"file_id": "file-1", "filename": "n"}
    assert [part["type"] for part in parts] == ["file", "image_url", "file", "video_url", "image_url", "input_audio"]
    assert parts[2]["file"]["filename"] == "T.pdf"
    assert parts[5]["input_audio"]["format"] == "m4a"
    assert {loss.field for loss in losses.knobs} == {
        "document.title", "document.context", "document.citations", "cache_control",
    }  # fmt: skip
    body, losses = write(Turn("user", (media[2],)), provider="mistral", can="pdf")
    assert body["messages"][0]["content"][0]["document_url"].startswith("data:application/pdf")
    for block in (Media("image", file_id="f"), Media("audio", file_id="f"), Media("audio")):
        _, losses = write(Turn("user", (block,)), can="images audio_input")
        assert [loss.why for loss in losses.content] == ["a file that was uploaded to another provider"]


def test_media_that_a_provider_does_not_take_are_refused() -> None:
    for kind, word in (("image", "images"), ("file", "documents"), ("audio", "sound"), ("video", "films")):
        _, losses = write(Turn("user", (Media(kind, data="QUJD"),)))  # type: ignore[arg-type]  # one of the four
        assert [loss.why for loss in losses.content] == [f"the provider takes no {word}"]
    _, losses = write(Turn("user", (Media("image", url="https://a"),)), can="images")
    assert [loss.why for loss in losses.content] == ["images by address, which could not be fetched"]


def test_a_document_of_words_is_said_in_words() -> None:
    words = Media("file", media_type="text/csv", data="YSxi", name="a.csv")
    body, losses = write(Turn("user", (words, Text("?"))))
    assert body["messages"][0]["content"][0] == {"type": "text", "text": "a.csv\n\na,b"}
    assert not losses.content
    for broken in ("/w==", "x"):
        _, losses = write(Turn("user", (Media("file", media_type="text/plain", data=broken),)))
        assert losses.content


def test_settings_that_are_named_otherwise() -> None:
    body, losses = write(
        reasoning=Reasoning(effort="high"), verbosity="low", service_tier="standard_only", truncation="auto",
        modalities=("TEXT", "image"), output=OutputFormat("text"), store=False, n=1, can="verbosity service_tier",
        provider="openrouter",
    )  # fmt: skip
    assert body["modalities"] == ["image", "text"]
    assert body["verbosity"] == "low"
    assert "response_format" not in body
    assert {loss.field for loss in losses.knobs} == {"service_tier", "truncation", "reasoning"}
    body, losses = write(tools=(ServerTool("web_search", "messages", RAW),), can="web_search")
    assert body["web_search_options"] == {}
    _, losses = write(tool_choice=ToolChoice("named", server_tool="web_search"))
    assert [loss.field for loss in losses.content] == ["tool_choice"]
    body, losses = write(tools=(FunctionTool("f", cache=Cache("1h"), strict=False),), can="cache_control")
    assert body["tools"] == [
        {"type": "function", "function": {"name": "f"}, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    ]
    body, _ = write(
        output=OutputFormat("json"), tool_choice=ToolChoice("named"), can="json_object tool_choice_required"
    )
    assert (body["response_format"], body["tool_choice"]) == ({"type": "json_object"}, "required")


def test_odd_values_of_requests() -> None:
    def head(**fields: Any) -> Any:
        return parse(
            "chat", msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "a"}], **fields})
        )

    assert read_request(head(max_tokens=5.0)).max_output == 5
    assert read_request(head(stream_options={"include_usage": False, "own": 1})).extensions["chat"].keys() == {
        "stream_options"
    }
    assert read_request(head(tools=[{"type": "function", "function": {"name": "f", "x": None}}])).tools[0].extra is None  # type: ignore[union-attr]
    assert read_request(head(tool_choice={"type": "none"})).tool_choice == ToolChoice("none")
    for wrong in (
        {"tools": [{"type": "function", "function": {"name": 5}}]},
        {"tool_choice": {"type": "robot"}},
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {}}]}]},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": "x"}}},
        {"extra_body": {"google": 5}},
    ):
        with pytest.raises(ClientError):
            read_request(head(**wrong))
    with pytest.raises(ClientError, match="prompt"):
        read_request(parse("text_completion", b'{"model":"m","prompt":[]}'))


def test_odd_values_of_answers() -> None:
    body = {
        "choices": [
            {
                "index": "x",
                "message": {
                    "content": [
                        {"type": "image_url", "image_url": {"url": "https://a"}},
                        {"type": "image_url"},
                        {"type": "thinking", "thinking": {"x": 1}},
                        {"type": "text"},
                    ],
                    "annotations": [{"type": "file"}, 5],
                    "tool_calls": [
                        {"id": "c", "type": "custom", "custom": {"name": "sql"}},
                        {"function": {"name": "f", "arguments": None}, "extra_content": {"google": 5}},
                    ],
                },
            }
        ],
        "citations": [5],
        "usage": "x",
        "x_groq": 3,
    }
    (one,) = read_response(msgspec.json.encode(body)).candidates
    image, custom, call = one.blocks
    assert image == Media("image", url="https://a", protocol="chat")
    assert (custom.custom, custom.arguments, call.arguments) == (True, "", "{}")  # type: ignore[union-attr]
    signed = {"message": {"content": None, "extra_content": {"google": {"thought_signature": "s"}}}}
    assert read_response(msgspec.json.encode({"choices": [signed]})).candidates[0].blocks == ()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        ("UklGRg==", "audio/wav"),
        ("ZkxhQw==", "audio/flac"),
        ("T2dnUw==", "audio/opus"),
        ("//EA", "audio/aac"),
        ("AAAA", "audio/pcm"),
        ("é", ""),
    ],
)
def test_sound_is_known_by_its_first_bytes(data: str, media_type: str) -> None:
    assert audio_type(data) == media_type


def frame(**delta: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return b"data: " + msgspec.json.encode({"id": "x", "choices": [choice]}) + b"\n\n"


def test_odd_streams() -> None:
    events = read(
        frame(audio={"data": "é"}),
        frame(reasoning_details=[{"type": "reasoning.text", "signature": "s"}]),
        frame(content=[{"type": "text"}, {"type": "thinking", "thinking": ""}]),
        frame(images=[{"type": "image_url"}]),
        frame(annotations=[{"type": "x"}]),
        frame(function_call={}),
        frame(tool_calls=[{"index": 0, "id": "c", "function": {"name": "f"}}]),
        frame(tool_calls=[{"index": 0, "extra_content": {"google": {"thought_signature": "t"}}}]),
        frame(content="a"),
        frame(content="", extra_content={"google": 5}),
        b"data: [DONE]\n\n",
    )
    signed, call, text, audio = fold(events).candidates[0].blocks
    assert signed == Thinking(signature="s", origin=Origin("chat"), protocol="chat")
    assert (call.signature, text.text) == ("t", "a")  # type: ignore[union-attr]
    assert isinstance(audio, Media)
    assert audio.data == ""


def test_a_stream_of_an_endless_event_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.sse.MAX_EVENT_BYTES", 100)
    reader = StreamReader()
    assert reader.feed(b"data: ") == []
    assert [type(event).__name__ for event in reader.feed(b"x" * 200)] == ["Failed"]
    assert reader.feed(frame(content="a")) == []
    assert reader.finish() == []


def test_what_a_writer_leaves_out() -> None:
    legacy = StreamWriter(Client(request_id="q", created=1, model="m", operation="text_completion"))
    cited = Citation("url", "https://a")
    out = legacy.feed(
        [
            Start("r"),
            BlockStart(0, Thinking(encrypted="e")),
            TextDelta(0, "hm"),
            BlockStart(1, Media("image", url="https://a")),
            BlockStart(2, Text("first ")),
            CitationDelta(2, cited),
            SignatureDelta(2, "s"),
            TextDelta(2, "then"),
            End(),
        ]
    )
    assert out.count(b"data: ") == 3
    assert b'"text":"first "' in out
    chat = StreamWriter(CLIENT)
    document = Citation("document", title="d")
    out = chat.feed(
        [
            BlockStart(0, Text(""), candidate=1),
            CitationDelta(0, document),
            SignatureDelta(0, "s", origin=Origin("messages")),
            SignatureDelta(0, "g", origin=Origin("gemini")),
            BlockStart(1, Thinking(encrypted="e", origin=Origin("messages")), candidate=1),
            BlockStart(2, ToolCall("c", "f", origin=Origin("gemini")), candidate=1),
            SignatureDelta(2, "t"),
            BlockStart(3, Media("audio", data="QUJD", transcript="hey"), candidate=1),
            BlockStart(4, Media("file", data="QUJD"), candidate=1),
        ]
    )
    deltas = [msgspec.json.decode(line[6:])["choices"][0]["delta"] for line in out.split(b"\n\n") if line]
    assert [next(iter(delta)) for delta in deltas] == [
        "role", "extra_content", "reasoning_details", "tool_calls", "tool_calls", "audio",
    ]  # fmt: skip


def test_several_calls_for_a_client_of_the_old_form() -> None:
    client = Client(request_id="q", created=1, model="m", fields={"functions": msgspec.Raw(b'[{"name":"f"}]')})
    answer = Response(candidates=(Candidate(finish="tool_calls", blocks=(ToolCall("c", "f"), ToolCall("d", "g"))),))
    out = StreamWriter(client).feed(unfold(answer))
    assert out.count(b'"function_call":{"name"') == 1
    broken = Client(request_id="q", created=1, model="m", fields={"tools": msgspec.Raw(b"5")})
    assert msgspec.json.decode(write_response(answer, broken))["choices"][0]["message"]["tool_calls"][1]["id"] == "d"


def test_whole_answers_with_everything_else() -> None:
    answer = Response(
        candidates=(
            Candidate(
                finish="stop",
                logprobs=msgspec.Raw(b'{"odd":1}'),
                blocks=(
                    Refusal("no"),
                    Media("image", data="QUJD"),
                    Media("audio", data="QUJD", protocol="chat", extra={"expires_at": msgspec.Raw(b"7")}),
                    Text(
                        "a",
                        citations=(Citation("url", "https://a", quoted="q"),),
                        signature="s",
                        origin=Origin("gemini"),
                    ),
                ),
            ),
        )
    )
    choice = msgspec.json.decode(write_response(answer, CLIENT))["choices"][0]
    assert choice["logprobs"] is None
    message = choice["message"]
    assert message["audio"]["expires_at"] == 7
    assert message["annotations"][0]["url_citation"]["content"] == "q"
    assert message["extra_content"] == {"google": {"thought_signature": "s"}}


def test_errors_are_rendered() -> None:
    refused = ClientError(404, "No such model.", code="model_not_found", param="model")
    assert msgspec.json.decode(errors.render(refused, "q"))["error"] == {
        "message": "No such model.", "type": "invalid_request_error", "param": "model", "code": "model_not_found",
        "request_id": "q",
    }  # fmt: skip
    shown = UpstreamError(400, "x", klass="upstream_invalid", body=b'{"error":1}')
    assert errors.render(shown) == b'{"error":1}'
    assert errors.render_event(refused).startswith(b'data: {"error":{')
    for operation, kind in (("chat", b"chat.completion.chunk"), ("text_completion", b"text_completion")):
        assert kind in errors.render_length(operation, "m", "q")


def test_thoughts_of_others_among_its_own_are_written_with_them() -> None:
    (one,) = read_response(b'{"choices":[{"message":{"reasoning":"a","content":"c"}}]}').candidates
    mixed = msgspec.structs.replace(one, blocks=(Thinking("b"), *one.blocks))
    for candidate, fields in ((one, {"reasoning": "a"}), (mixed, {"reasoning_content": "b\n\na"})):
        written = write_response(Response(candidates=(candidate,), protocol="chat"), CLIENT)
        message = msgspec.json.decode(written)["choices"][0]["message"]
        assert message == {"role": "assistant", "content": "c", "refusal": None, **fields}
