"""Events written as chunks: valid for the official SDK, one terminal sequence, the same in whatever portions."""

from typing import Any

import msgspec
import pytest
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage

from adapters.canonical.blocks import Citation, Media, Opaque, Origin, Refusal, Text, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.events import ArgumentsDelta, BlockStart, BlockStop, End, Event, Failed, Start, TextDelta
from adapters.canonical.fold import fold, unfold
from adapters.canonical.response import Candidate, Response
from adapters.protocols.chat.read_stream import StreamReader
from adapters.protocols.chat.write_response import write_response
from adapters.protocols.chat.write_stream import StreamWriter
from adapters.usage import Extra, Usage

USAGE = Usage(9, 4, 2, 1, 3, "upstream", Extra(audio_input=1, image_input=2, image_output=3, tools={"web_search": 1}))
CITED = Citation("url", "https://a", "A", start=0, end=1)
LOGPROBS = msgspec.Raw(
    b'[{"token":"a","bytes":[97],"logprob":-0.5,"top_logprobs":[{"token":"b","bytes":null,"logprob":-1}]}]'
)
ANSWER = Response(
    id="r1",
    model="up",
    created=5,
    usage=USAGE,
    service_tier="standard",
    fingerprint="fp",
    candidates=(
        Candidate(
            finish="tool_calls",
            logprobs=LOGPROBS,
            blocks=(
                Thinking("why", signature="sig", origin=Origin("messages")),
                Thinking(encrypted="xyz", origin=Origin("responses"), id="rs"),
                Text("so ", citations=(CITED,)),
                Text("it is 🎉", citations=(CITED, Citation("document", title="d"))),
                Refusal("no"),
                Media("image", media_type="image/png", data="QUJD"),
                Opaque(Origin("messages"), "x", msgspec.Raw(b"{}")),
                ToolCall("c1", "f", '{"a":1}'),
                ToolCall("c2", "g", "", signature="s", origin=Origin("gemini")),
            ),
        ),
        Candidate(index=1, finish="stop", blocks=(Text("b"),)),
    ),
)


def client(operation: str = "chat", *, usage: bool = True, **fields: Any) -> Client:
    raw = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in fields.items()}
    return Client(request_id="q1", created=1, model="asked", include_usage=usage, operation=operation, fields=raw)


def write(events: list[Event], to: Client) -> bytes:
    """In one portion; one by one it must be the same."""
    writer, single = StreamWriter(to), StreamWriter(to)
    out = writer.feed(events)
    assert b"".join(single.feed([event]) for event in events) == out
    return out


def chunks(data: bytes) -> list[dict[str, Any]]:
    frames = data.split(b"\n\n")
    assert frames[-2:] == [b"data: [DONE]", b""]
    return [msgspec.json.decode(frame.removeprefix(b"data: ")) for frame in frames[:-2]]


def accumulated(data: bytes, **fields: Any) -> ChatCompletion:
    """What the official SDK makes of the stream; every chunk is valid for it."""
    state = ChatCompletionStreamState(**fields)
    for chunk in chunks(data):
        state.handle_chunk(ChatCompletionChunk.model_validate(chunk, strict=True))
    return state.get_final_completion()


def called(message: ChatCompletionMessage) -> list[tuple[str, str, str]]:
    return [
        (call.id, call.function.name, call.function.arguments)
        for call in message.tool_calls or ()
        if call.type == "function"
    ]


def test_the_official_sdk_reads_the_stream_as_the_whole_answer() -> None:
    streamed = accumulated(write(unfold(ANSWER), client()))
    whole = ChatCompletion.model_validate_json(write_response(ANSWER, client()), strict=True)
    for one, other in zip(streamed.choices, whole.choices, strict=True):
        assert one.message.content == other.message.content
        assert one.message.refusal == other.message.refusal
        assert called(one.message) == called(other.message)
        assert one.finish_reason == other.finish_reason
    assert streamed.usage == whole.usage
    assert (streamed.id, streamed.model, streamed.created, streamed.service_tier) == ("r1", "up", 5, "default")
    assert whole.choices[0].logprobs is not None
    assert streamed.choices[0].logprobs == whole.choices[0].logprobs


def test_what_other_clients_read() -> None:
    deltas = [
        choice["delta"]
        for chunk in chunks(write(unfold(ANSWER), client()))
        for choice in chunk["choices"]
        if choice["index"] == 0
    ]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert {"reasoning_content": "why"} in deltas
    details = [one for each in deltas for one in each.get("reasoning_details", ())]
    assert [(one["type"], one["format"]) for one in details] == [
        ("reasoning.text", "anthropic-claude-v1"),
        ("reasoning.encrypted", "openai-responses-v1"),
    ]
    assert details[0]["text"] == "why"
    assert {"images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}, "index": 0}]} in deltas
    notes = [one["url_citation"] for each in deltas for one in each.get("annotations", ())]
    assert [(note["start_index"], note["end_index"]) for note in notes] == [(0, 1), (3, 4)]
    calls = [each["tool_calls"][0] for each in deltas if "tool_calls" in each]
    assert calls[-1] == {"index": 1, "function": {"arguments": "{}"}}
    assert calls[2]["extra_content"] == {"google": {"thought_signature": "s"}}


def test_what_is_written_is_read_again() -> None:
    for operation in ("chat", "text_completion"):
        out = write(unfold(ANSWER), client(operation))
        reader = StreamReader()
        back = fold(reader.feed(out) + reader.finish())
        assert back.candidates[1].blocks == (Text("b"),)
        assert back.usage.output == 4
        if operation == "chat":
            assert [type(block) for block in back.candidates[0].blocks] == [
                Thinking, Thinking, Text, Refusal, Media, ToolCall, ToolCall,
            ]  # fmt: skip


def test_usage_only_for_a_client_that_asked() -> None:
    assert b'"usage"' not in write(unfold(ANSWER), client(usage=False))
    written = chunks(write(unfold(ANSWER), client()))
    assert [chunk["usage"] for chunk in written[:-1]] == [None] * (len(written) - 1)
    assert written[-1]["choices"] == []
    assert written[-1]["usage"]["prompt_tokens_details"]["cached_tokens"] == 2


def test_a_legacy_completion() -> None:
    written = chunks(write(unfold(ANSWER), client("text_completion")))
    assert "".join(choice["text"] for chunk in written for choice in chunk["choices"] if choice["index"] == 0) == (
        "so it is 🎉no"
    )
    assert [choice["finish_reason"] for chunk in written for choice in chunk["choices"]][-1] == "stop"
    assert {chunk["object"] for chunk in written} == {"text_completion"}
    whole = Completion.model_validate_json(write_response(ANSWER, client("text_completion")), strict=True)
    assert whole.choices[0].text == "so it is 🎉no"
    assert whole.choices[0].finish_reason == "stop"
    assert whole.choices[0].logprobs is not None
    assert (whole.choices[0].logprobs.tokens, whole.choices[0].logprobs.text_offset) == (["a"], [0])


CALL = Response(
    id="r", candidates=(Candidate(finish="tool_calls", blocks=(ToolCall("c", "t", '{"input":"SELECT 1"}'),)),)
)


def test_calls_have_the_form_in_which_the_client_defined_the_tool() -> None:
    custom = client(tools=[{"type": "custom", "custom": {"name": "t"}}])
    deltas = [choice["delta"] for chunk in chunks(write(unfold(CALL), custom)) for choice in chunk["choices"]]
    assert deltas[1]["tool_calls"][0]["custom"] == {"name": "t", "input": ""}
    assert deltas[2]["tool_calls"][0]["custom"] == {"input": "SELECT 1"}
    body = msgspec.json.decode(write_response(CALL, custom))
    assert body["choices"][0]["message"]["tool_calls"][0]["custom"] == {"name": "t", "input": "SELECT 1"}
    old = client(functions=[{"name": "t"}])
    message = accumulated(write(unfold(CALL), old)).choices[0]
    assert message.finish_reason == "function_call"
    assert message.message.function_call is not None
    assert (message.message.function_call.name, message.message.function_call.arguments) == (
        "t",
        '{"input":"SELECT 1"}',
    )
    body = msgspec.json.decode(write_response(CALL, old))
    assert body["choices"][0]["message"]["function_call"]["name"] == "t"
    assert body["choices"][0]["finish_reason"] == "function_call"


def test_a_stream_that_is_cut_ends_with_length() -> None:
    writer = StreamWriter(client())
    out = writer.feed([Start("r"), BlockStart(0, Text("")), TextDelta(0, "a")]) + writer.finish("length")
    assert [choice["finish_reason"] for chunk in chunks(out) for choice in chunk["choices"]] == [None, None, "length"]
    assert writer.finish("length") == b""
    assert StreamWriter(client()).finish("length").endswith(b"data: [DONE]\n\n")


def test_nothing_ends_a_stream_that_failed() -> None:
    writer = StreamWriter(client())
    assert b"[DONE]" not in writer.feed([Start("r"), BlockStart(0, Text("")), Failed("x", "y")])
    assert writer.finish() == b""


def test_ids_and_times_that_the_provider_did_not_give_are_ours() -> None:
    (first, *_) = chunks(write([Start(), End()], client()))
    assert (first["id"], first["created"], first["model"]) == ("chatcmpl-q1", 1, "asked")


def test_a_ping_is_a_comment() -> None:
    assert StreamWriter(client()).ping().startswith(b":")


def test_deltas_of_blocks_that_are_not_open_are_left_out() -> None:
    writer = StreamWriter(client())
    writer.feed([Start("r")])
    assert writer.feed([TextDelta(4, "a"), ArgumentsDelta(5, "b"), BlockStop(6)]) == b""


@pytest.mark.parametrize(
    ("finish", "word"),
    [
        ("stop", "stop"), ("stop_sequence", "stop"), ("refusal", "content_filter"), ("context", "length"),
        ("pause", "stop"), ("other", "stop"), (None, "stop"),
    ],
)  # fmt: skip
def test_finish_reasons(finish: Any, word: str) -> None:
    answer = Response(candidates=(Candidate(finish=finish, blocks=(Text("a"),)),))
    assert chunks(write(unfold(answer), client()))[-1]["choices"][0]["finish_reason"] == word
    assert msgspec.json.decode(write_response(answer, client()))["choices"][0]["finish_reason"] == word
