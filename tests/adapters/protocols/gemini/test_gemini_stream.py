"""Streams, read and written: whole, byte by byte, cut short; as events and as an array."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from google.genai import types

from adapters import sse as server_sent
from adapters.canonical import ids
from adapters.canonical.blocks import Citation, Media, Origin, Refusal, ServerCall, Text, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    End,
    Event,
    Failed,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
    UsageSeen,
)
from adapters.errors import UpstreamError
from adapters.protocols.gemini import signatures
from adapters.protocols.gemini.read_stream import StreamReader
from adapters.protocols.gemini.write_stream import StreamWriter
from adapters.usage import Extra, Usage

OWN, OTHER = Origin("gemini"), Origin("messages")
USAGE = {"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 1}


def piece(*parts: Any, reason: str = "", usage: Any = None, index: int = 0, **more: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": list(parts), "role": "model"}, "index": index, **more}
    if reason:
        candidate["finishReason"] = reason
    found: dict[str, Any] = {"candidates": [candidate], "modelVersion": "gemini-3-pro", "responseId": "r"}
    if usage is not None:
        found["usageMetadata"] = usage
    return found


def sse(*pieces: Any, end: bytes = b"\r\n\r\n") -> bytes:
    return b"".join(b"data: " + msgspec.json.encode(one) + end for one in pieces)


def array(*pieces: Any) -> bytes:
    return b"[" + b"\n,\r\n".join(msgspec.json.format(msgspec.json.encode(one)) for one in pieces) + b"\n]\n"


def chunkings(data: bytes) -> Iterator[list[bytes]]:
    yield [data]
    yield [data[at : at + 1] for at in range(len(data))]
    yield [data[at : at + 7] for at in range(0, len(data), 7)]
    yield from ([data[:cut], data[cut:]] for cut in range(1, len(data), 11))


def read(chunks: list[bytes]) -> list[Event]:
    reader = StreamReader()
    events: list[Event] = []
    for chunk in chunks:
        events += reader.feed(chunk)
    return events + reader.finish()


STREAM = [
    piece({"text": "Let me ", "thought": True}, usage={"promptTokenCount": 9}),
    piece({"text": "see 🎉", "thought": True}),
    piece({"text": 'Grü"ße {}[],\\ '}),
    piece({"text": "Welt"}, {"functionCall": {"name": "f", "args": {"a": [1, "]}"]}}, "thoughtSignature": "c2ln"}),
    piece({"functionCall": {"name": "g", "id": "x"}}),
    piece({"executableCode": {"language": "PYTHON", "code": "1"}}),
    piece({"text": "", "thoughtSignature": "bGFzdA=="}, reason="STOP", usage=USAGE),
]


def test_events_of_a_stream_however_it_is_cut() -> None:
    expected = read([sse(*STREAM)])
    first = ids.made("r", 1)
    assert expected[:12] == [
        Start("r", "gemini-3-pro"),
        BlockStart(0, Thinking(origin=OWN)),
        TextDelta(0, "Let me "),
        UsageSeen(Usage(9, source="upstream")),
        TextDelta(0, "see 🎉"),
        BlockStop(0),
        BlockStart(1, Text("", origin=OWN)),
        TextDelta(1, 'Grü"ße {}[],\\ '),
        TextDelta(1, "Welt"),
        BlockStop(1),
        BlockStart(2, ToolCall(first, "f", "", signature="c2ln", origin=OWN)),
        ArgumentsDelta(2, '{"a":[1,"]}"]}'),
    ]
    assert expected[12:16] == [
        BlockStop(2), BlockStart(3, ToolCall("x", "g", "")), ArgumentsDelta(3, "{}"), BlockStop(3),
    ]  # fmt: skip
    code = expected[16]
    assert isinstance(code, BlockStart)
    assert isinstance(code.first, ServerCall)
    assert expected[17:] == [
        BlockStop(4),
        Finished("tool_calls", 0, "STOP"),
        UsageSeen(Usage(9, 5, reasoning=1, source="upstream")),
        End(),
    ]
    for stream in (sse(*STREAM), sse(*STREAM, end=b"\n\n"), array(*STREAM), b"\xef\xbb\xbf" + sse(*STREAM)):
        for chunks in chunkings(stream):
            found = read(chunks)
            assert _plain(found) == _plain(expected)


def _plain(events: list[Event]) -> list[Any]:
    """Without the blanks that the parts of an array have."""
    return [
        (event.block, type(event.first)) if isinstance(event, BlockStart)
        else msgspec.json.decode(event.text) if isinstance(event, ArgumentsDelta) else event
        for event in events
    ]  # fmt: skip


def test_a_signature_at_the_end_belongs_to_the_text() -> None:
    stream = sse(piece({"text": "a"}), piece({"text": "", "thoughtSignature": "c2ln"}, reason="STOP"))
    assert SignatureDelta(0, "c2ln") in read([stream])
    assert not any(isinstance(event, BlockStart) for event in read([sse(piece({"text": ""}, reason="STOP"))]))


def test_a_stream_cut_short_has_no_end() -> None:
    whole = sse(*STREAM)
    for cut in range(0, len(sse(*STREAM[:-1])), 13):
        events = read([whole[:cut]])
        assert not any(isinstance(event, End | Failed) for event in events), cut
        opened = [event.block for event in events if isinstance(event, BlockStart)]
        assert opened == [event.block for event in events if isinstance(event, BlockStop)]


def test_arguments_in_pieces() -> None:
    def part(**call: Any) -> dict[str, Any]:
        return piece({"functionCall": call})

    stream = sse(
        part(name="cook", willContinue=True),
        part(partialArgs=[{"jsonPath": "$.a.list[0].name", "stringValue": "Lasa", "willContinue": True}],
             willContinue=True),
        part(partialArgs=[{"jsonPath": "$.a.list[0].name", "stringValue": "gna"}], willContinue=True),
        part(partialArgs=[{"jsonPath": "$.a.list[1]", "numberValue": 2.5}], willContinue=True),
        part(partialArgs=[{"jsonPath": "$.b", "boolValue": False}, {"jsonPath": "$['c d']", "nullValue": "NULL_VALUE"}],
             willContinue=True),
        part(partialArgs=[{"jsonPath": "$", "stringValue": "x"}, {"jsonPath": "$.b.c", "stringValue": "x"},
                          {"jsonPath": "$.far[99999999]", "stringValue": "x"}], willContinue=True),
        part(args={"e": 1}, willContinue=True),
        part(),
        piece(reason="STOP"),
    )  # fmt: skip
    (arguments,) = [event for event in read([stream]) if isinstance(event, ArgumentsDelta)]
    assert msgspec.json.decode(arguments.text) == {
        "a": {"list": [{"name": "Lasagna"}, 2.5]}, "b": False, "c d": None, "far": [], "e": 1,
    }  # fmt: skip
    cut = read([sse(part(name="cook", willContinue=True), part(partialArgs=[{"jsonPath": "$.a", "stringValue": "x"}]))])
    assert ArgumentsDelta(0, '{"a":"x"}') in cut
    assert not any(isinstance(event, BlockStart) for event in read([sse(part(willContinue=True))]))


def test_sources_at_the_end() -> None:
    grounding = {
        "groundingChunks": [{"web": {"uri": "https://a"}}],
        "groundingSupports": [{"segment": {"startIndex": 6, "endIndex": 11}, "groundingChunkIndices": [0]}],
        "webSearchQueries": ["q"],
    }
    stream = sse(
        piece({"text": "Grü"}), piece({"text": "ß dich"}, reason="STOP", usage=USAGE, groundingMetadata=grounding)
    )
    events = read([stream])
    assert CitationDelta(0, Citation("url", "https://a", start=4, end=9)) in events
    (*_, usage, _end) = events
    assert usage == UsageSeen(Usage(9, 5, reasoning=1, source="upstream", extra=Extra(tools={"web_search": 1})))


def test_several_candidates() -> None:
    stream = sse(
        piece({"text": "a"}), piece({"text": "b"}, index=1), piece({"text": "A"}, reason="STOP"),
        piece(reason="MAX_TOKENS", index=1),
    )  # fmt: skip
    events = read([stream])
    assert [event for event in events if isinstance(event, Finished)] == [
        Finished("stop", 0, "STOP"), Finished("length", 1, "MAX_TOKENS"),
    ]  # fmt: skip
    assert isinstance(events[-1], End)
    assert not any(isinstance(event, End) for event in read([stream[:-150]]))


def test_strange_counts_and_numbers_end_no_stream() -> None:
    one = piece({"text": "a"}, reason="STOP", usage={"promptTokenCount": "9", "promptTokensDetails": {}})
    one["candidates"][0]["index"] = None
    events = read([sse(one)])
    assert [type(event) for event in events] == [Start, BlockStart, TextDelta, BlockStop, Finished, End]


def test_a_refused_prompt() -> None:
    events = read([sse({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}})])
    assert [type(event) for event in events] == [Start, Finished, UsageSeen, End]
    written = pieces(StreamWriter(client()).feed(events))
    assert written[0]["promptFeedback"] == {"blockReason": "SAFETY"}


def test_its_own_stream_comes_back_whole() -> None:
    """A channel whose answers are changed on the way is converted into the same protocol."""
    known: dict[str, Any] = {
        "groundingMetadata": {"webSearchQueries": ["q"], "searchEntryPoint": {"renderedContent": "<p>"}},
        "safetyRatings": [], "avgLogprobs": -0.5, "finishMessage": "m", "urlContextMetadata": {"urlMetadata": []},
    }  # fmt: skip
    stream = sse(
        piece({"text": "a", "thoughtSignature": "c2ln"}), piece({"text": "b"}, reason="STOP", usage=USAGE, **known)
    )
    *_, signed, last = pieces(StreamWriter(client()).feed(read([stream])))
    assert signed["candidates"][0]["content"]["parts"] == [{"text": "", "thoughtSignature": "c2ln"}]
    assert {name: last["candidates"][0][name] for name in known} == known


ERROR = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (sse(piece({"text": "a"}), ERROR, piece({"text": "b"})), "UNAVAILABLE"),
        (sse(piece({"text": "a"})) + msgspec.json.format(msgspec.json.encode(ERROR)), "UNAVAILABLE"),
        (array(piece({"text": "a"}), ERROR), "UNAVAILABLE"),
        (array(ERROR), "UNAVAILABLE"),
        (sse({"error": {"code": 500}}), "500"),
        (sse(piece({"text": "a"})) + b"data: {broken\n\ndata: {}\n\n", "invalid_event"),
        (sse({"candidates": 1}), "invalid_event"),
        (sse(piece({"functionCall": {"name": "f", "args": [1]}})), "invalid_event"),
        (sse(piece({"text": 1})), "invalid_event"),
        (b"data: " + b"[" * 100_000 + b"\n\n", "invalid_event"),
    ],
)
def test_errors_end_a_stream(stream: bytes, kind: str) -> None:
    for chunks in ([stream], [stream[at : at + 50] for at in range(0, len(stream), 50)]):
        events = read(chunks)
        assert isinstance(events[-1], Failed)
        assert events[-1].kind == kind
        assert sum(isinstance(event, Failed) for event in events) == 1


def test_an_event_of_megabytes_takes_linear_time() -> None:
    data = "A" * (2 << 20)
    for stream in (sse(piece({"inlineData": {"mimeType": "image/png", "data": data}}, reason="STOP")),
                   array(piece({"inlineData": {"mimeType": "image/png", "data": data}}, reason="STOP"))):  # fmt: skip
        events = read([stream[at : at + 1000] for at in range(0, len(stream), 1000)])
        (media,) = [event.first for event in events if isinstance(event, BlockStart)]
        assert isinstance(media, Media)
        assert len(media.data) == len(data)


@pytest.mark.parametrize("begin", [b"data: {", b'[{"a":"'])
def test_an_event_without_end_is_given_up(begin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_sent, "MAX_EVENT_BYTES", 5000)
    reader = StreamReader()
    events = reader.feed(begin)
    for _ in range(100):
        events += reader.feed(b"x" * 100)
    events += reader.feed(b"\n\n") + reader.finish()
    assert [type(event) for event in events] == [Failed]


def client(**more: Any) -> Client:
    return Client(request_id="req_1", created=5, model="asked", operation="chat", **more)


EVENTS: list[Event] = [
    Start("msg_1", "claude"),
    BlockStart(0, Thinking(origin=OTHER)),
    TextDelta(0, "Hm"),
    SignatureDelta(0, "sig"),
    BlockStop(0),
    BlockStart(1, Text("")),
    TextDelta(1, 'Grüße "'),
    TextDelta(1, "\n🎉"),
    CitationDelta(1, Citation("url", "https://a", start=0, end=5)),
    BlockStop(1),
    BlockStart(2, ToolCall("toolu_1", "f", "")),
    ArgumentsDelta(2, '{"a":'),
    ArgumentsDelta(2, "1}"),
    BlockStop(2),
    BlockStart(3, Media("image", "image/png", "QUJD")),
    BlockStop(3),
    Finished("tool_calls", 0, "tool_use"),
    UsageSeen(Usage(10, 5, source="upstream")),
    End(),
]


def pieces(stream: bytes) -> list[Any]:
    found = [msgspec.json.decode(line[6:]) for line in stream.split(b"\r\n\r\n") if line]
    for one in found:
        types.GenerateContentResponse.model_validate(one)
    return found


def test_a_stream_for_a_client() -> None:
    writer = StreamWriter(client())
    out = b"".join(writer.feed([event]) for event in EVENTS)
    assert out == StreamWriter(client()).feed(EVENTS)
    assert writer.finish() == b""
    found = pieces(out)
    parts = [part for one in found for candidate in one["candidates"] for part in candidate["content"]["parts"]]
    signed = parts.pop(1)
    assert signatures.read(signed["thoughtSignature"]).signature == "sig"
    carried = signatures.read(parts[3].pop("thoughtSignature")).carried
    assert [(one.words, one.proof.signature) for one in carried] == [("Hm", "sig")]
    assert parts == [
        {"text": "Hm", "thought": True},
        {"text": 'Grüße "'},
        {"text": "\n🎉"},
        {"functionCall": {"name": "f", "args": {"a": 1}, "id": "toolu_1"}},
        {"inlineData": {"mimeType": "image/png", "data": "QUJD"}},
        {"text": ""},
    ]
    assert all((one["modelVersion"], one["responseId"]) == ("claude", "msg_1") for one in found)
    last = found[-1]
    assert last["candidates"][0]["finishReason"] == "STOP"
    assert last["usageMetadata"]["totalTokenCount"] == 15
    assert last["candidates"][0]["groundingMetadata"]["groundingSupports"][0]["segment"] == {
        "startIndex": 0, "endIndex": 7, "text": "Grüße",
    }  # fmt: skip
    assert not any("finishReason" in candidate for one in found[:-1] for candidate in one["candidates"])


def test_a_stream_as_an_array() -> None:
    writer = StreamWriter(client(array=True))
    out = writer.ping() + b"".join(writer.feed([event]) + writer.ping() for event in EVENTS)
    assert msgspec.json.decode(out) == pieces(StreamWriter(client()).feed(EVENTS))
    cut = StreamWriter(client(array=True))
    found = msgspec.json.decode(cut.feed(EVENTS[:7]) + cut.finish("length"))
    assert found[-1]["candidates"][0]["finishReason"] == "MAX_TOKENS"
    assert msgspec.json.decode(StreamWriter(client(array=True)).finish())[0]["responseId"] == "req_1"


def test_a_stream_that_fails() -> None:
    error = UpstreamError(503, "gone", klass="upstream_error")
    for begun in ([], EVENTS[:7]):
        writer = StreamWriter(client(array=True))
        found = msgspec.json.decode(writer.feed(begun) + writer.fail(error, "req_1"))
        assert found[-1]["error"]["status"] == "UNAVAILABLE"
    writer = StreamWriter(client())
    assert writer.fail(error).startswith(b'data: {"error":')
    assert writer.feed([End()]) == b""


def test_a_stream_that_is_cut() -> None:
    writer = StreamWriter(client())
    found = pieces(writer.feed(EVENTS[:12]) + writer.finish("length"))
    assert found[-1]["candidates"][0]["finishReason"] == "MAX_TOKENS"
    assert not any("functionCall" in part for one in found for part in one["candidates"][0]["content"]["parts"])
    assert writer.feed([End()]) == b""


def test_broken_arguments_and_blocks_that_never_began() -> None:
    out = StreamWriter(client()).feed(
        [
            TextDelta(7, "lost"), ArgumentsDelta(7, "x"), SignatureDelta(7, "x"), BlockStop(7),
            CitationDelta(7, Citation("url", "https://a")),
            BlockStart(0, ToolCall("1", "f", "")), ArgumentsDelta(0, "{"), BlockStop(0),
            BlockStart(1, Refusal("")), TextDelta(1, "no"), BlockStop(1),
            Finished("tool_calls"), End(),
        ]
    )  # fmt: skip
    *_, last = pieces(out)
    assert last["candidates"][0]["finishReason"] == "MALFORMED_FUNCTION_CALL"
    assert "f({)" in last["candidates"][0]["finishMessage"]
    assert "usageMetadata" not in last


def test_logprobs_and_several_candidates() -> None:
    logprobs = msgspec.Raw(b'{"content":[{"token":"a","logprob":-1}]}')
    out = StreamWriter(client()).feed(
        [
            BlockStart(0, Text("")), BlockStart(1, Text("x"), 1), TextDelta(0, "a", logprobs=logprobs),
            Finished("stop"), Finished("length", 1), UsageSeen(Usage(1, 2, source="upstream")), End(),
        ]
    )  # fmt: skip
    found = pieces(out)
    assert found[0]["candidates"][0]["content"]["parts"] == [{"text": "x"}]
    assert found[0]["candidates"][0]["index"] == 1
    assert found[1]["candidates"][0]["logprobsResult"] == {"chosenCandidates": [{"token": "a", "logProbability": -1.0}]}
    assert [one["candidates"][0]["finishReason"] for one in found[2:]] == ["STOP", "MAX_TOKENS"]
    assert ["usageMetadata" in one for one in found] == [False, False, False, True]


def test_searches_of_others_are_told() -> None:
    search = ServerCall("1", "web_search", '{"query":"q"}', OTHER, msgspec.Raw(b"{}"))
    bad = ServerCall("1", "web_search", "[]", OTHER, msgspec.Raw(b"{}"))
    out = StreamWriter(client()).feed(
        [BlockStart(0, search), BlockStop(0), BlockStart(1, bad), BlockStop(1), Finished("stop"), End()]
    )
    assert pieces(out)[-1]["candidates"][0]["groundingMetadata"] == {"webSearchQueries": ["q"]}


def test_what_is_written_reads_the_same() -> None:
    """Another vendor's stream, written for a client and read as a provider's."""
    out = StreamWriter(client()).feed(EVENTS)
    for chunks in chunkings(out):
        events = read(chunks)
        assert "".join(event.text for event in events if isinstance(event, TextDelta)) == 'HmGrüße "\n🎉'
        assert isinstance(events[-1], End)


def test_a_source_that_comes_before_its_text_stands_on_all_of_it() -> None:
    source = Citation("document", title="Grass", quoted="Grass is green.")
    events: list[Event] = [Start("x", "m"), BlockStart(0, Text("")), TextDelta(0, "Grün: "), BlockStop(0)]
    events += [BlockStart(1, Text("")), CitationDelta(1, source), TextDelta(1, "green"), TextDelta(1, "!")]
    cut = StreamWriter(client()).feed(events), StreamWriter(client())
    assert b"grounding" not in cut[0]
    writer = cut[1]
    ended = writer.feed([*events, BlockStop(1), Finished("stop"), End()])
    segment = pieces(ended)[-1]["candidates"][0]["groundingMetadata"]["groundingSupports"][0]["segment"]
    assert segment == {"startIndex": 7, "endIndex": 13, "text": "green!"}
    short = StreamWriter(client())
    last = pieces(short.feed(events) + short.finish("length"))[-1]["candidates"][0]
    assert last["groundingMetadata"]["groundingSupports"][0]["segment"] == segment
