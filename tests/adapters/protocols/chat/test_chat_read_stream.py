"""Streams of every dialect, read: the same events however the bytes are cut, and no End where there was none."""

from typing import Any

import msgspec
import pytest

from adapters.canonical.blocks import Block, Citation, Media, Origin, Refusal, Text, Thinking, ToolCall
from adapters.canonical.events import BlockStart, BlockStop, End, Event, Failed, Finished, Start, TextDelta, UsageSeen
from adapters.canonical.fold import fold
from adapters.canonical.response import Response
from adapters.protocols.chat.read_stream import StreamReader
from adapters.usage import Usage

HEAD = {"id": "x1", "object": "chat.completion.chunk", "created": 7, "model": "gpt-x"}
DONE = b"data: [DONE]\n\n"


def frame(**fields: Any) -> bytes:
    return b"data: " + msgspec.json.encode({**HEAD, **fields}) + b"\n\n"


def delta(finish: str | None = None, index: int = 0, **fields: Any) -> bytes:
    return frame(choices=[{"index": index, "delta": fields, "finish_reason": finish}])


def call(index: int | None = 0, name: str | None = None, arguments: Any = None, **fields: Any) -> bytes:
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return delta(tool_calls=[{**({} if index is None else {"index": index}), "function": function, **fields}])


USAGE = frame(choices=[], usage={"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13})


def events(data: bytes) -> list[Event]:
    """Of the whole, of single bytes and of every cut in two: always the same."""
    reader = StreamReader()
    whole = reader.feed(data) + reader.finish()
    reader = StreamReader()
    single = [event for i in range(len(data)) for event in reader.feed(data[i : i + 1])] + reader.finish()
    assert single == whole
    for cut in range(0, len(data), 7):
        reader = StreamReader()
        assert reader.feed(data[:cut]) + reader.feed(data[cut:]) + reader.finish() == whole
    return whole


def answer(*frames: bytes) -> Response:
    seen = events(b"".join(frames) + DONE)
    assert isinstance(seen[-1], End)
    well_formed(seen)
    return fold(seen, "chat")


def well_formed(seen: list[Event]) -> None:
    """Start, blocks that begin, go on and end once each, a finish after the last of its blocks."""
    assert isinstance(seen[0], Start)
    begun: set[int] = set()
    ended: set[int] = set()
    for event in seen:
        if isinstance(event, BlockStart):
            assert event.block == len(begun)
            begun.add(event.block)
        elif isinstance(event, BlockStop):
            assert event.block in begun - ended
            ended.add(event.block)
        elif hasattr(event, "block"):
            assert event.block in begun - ended
    assert begun == ended


def said(*frames: bytes) -> tuple[Block, ...]:
    return answer(*frames, delta("stop")).candidates[0].blocks


def test_text() -> None:
    seen = events(
        delta(role="assistant", content="")
        + delta(content="Grüße")
        + delta(content=" 🎉")
        + delta("stop")
        + USAGE
        + DONE
    )
    assert seen == [
        Start("x1", "gpt-x", 7),
        BlockStart(0, Text("")),
        TextDelta(0, "Grüße"),
        TextDelta(0, " 🎉"),
        BlockStop(0),
        Finished("stop", 0, "stop"),
        UsageSeen(Usage(9, 4, source="upstream")),
        End(),
    ]


def test_reasoning_text_and_calls_are_blocks_of_their_own() -> None:
    found = answer(
        delta(role="assistant", content=None, reasoning_content=""),
        delta(reasoning_content="hm "),
        delta(reasoning="hm"),
        delta(content="so"),
        call(0, "f", "", id="c1", type="function"),
        call(0, arguments='{"a":'),
        call(0, arguments="1}"),
        call(1, "g", "{}", id="c2", type="function"),
        delta("tool_calls"),
    )
    assert found.candidates[0].finish == "tool_calls"
    assert found.candidates[0].blocks == (
        Thinking("hm hm", origin=Origin("chat")),
        Text("so"),
        ToolCall("c1", "f", '{"a":1}', protocol="chat"),
        ToolCall("c2", "g", "{}", protocol="chat"),
    )


@pytest.mark.parametrize(
    "frames",
    [
        # without numbers
        (call(None, "f", '{"a":1}', id="c1"), call(None, "g", '{"b":2}', id="c2")),
        # every call numbered 0
        (call(0, "f", '{"a":1}', id="c1"), call(0, "g", '{"b":2}', id="c2")),
        # the id once more with every piece
        (call(0, "f", '{"a"', id="c1"), call(0, None, ":1}", id="c1"), call(1, "g", '{"b":2}', id="c2")),
        # another id with every piece
        (call(0, "f", '{"a"', id="c1"), call(0, None, ":1}", id="zz"), call(1, "g", '{"b":2}', id="c2")),
        # the object in place of its text
        (call(0, "f", {"a": 1}, id="c1"), call(1, "g", {"b": 2}, id="c2")),
        # pieces of both in turn
        (
            call(0, "f", "", id="c1"),
            call(1, "g", "", id="c2"),
            call(0, arguments='{"a":'),
            call(1, arguments='{"b":'),
            call(0, arguments="1}"),
            call(1, arguments="2}"),
        ),
        # an index that is no number
        (
            call(0, "f", '{"a":1}', id="c1"),
            frame(choices=[{"index": "0", "delta": {}}]),
            call(1, "g", '{"b":2}', id="c2"),
        ),
    ],
)
def test_calls_of_every_dialect(frames: tuple[bytes, ...]) -> None:
    found = answer(*frames, delta("stop")).candidates[0]
    assert found.finish == "tool_calls"
    calls = [(block.id, block.name, block.arguments) for block in found.blocks if isinstance(block, ToolCall)]
    assert calls == [("c1", "f", '{"a":1}'), ("c2", "g", '{"b":2}')]


def test_calls_without_ids_get_one_that_stays() -> None:
    frames = (call(0, "f", "{}"), call(1, "f", "{}"))
    first, second = said(*frames)
    assert isinstance(first, ToolCall)
    assert isinstance(second, ToolCall)
    assert len({first.id, second.id, ""}) == 3
    assert said(*frames) == (first, second)


def test_a_custom_tool_and_the_old_form() -> None:
    (custom,) = said(
        delta(tool_calls=[{"index": 0, "id": "c", "type": "custom", "custom": {"name": "sql", "input": "SELECT"}}]),
        delta(tool_calls=[{"index": 0, "custom": {"input": " 1"}}]),
    )
    assert custom == ToolCall("c", "sql", "SELECT 1", custom=True, protocol="chat")
    (old,) = said(delta(function_call={"name": "f", "arguments": ""}), delta(function_call={"arguments": '{"a":1}'}))
    assert isinstance(old, ToolCall)
    assert (old.name, old.arguments) == ("f", '{"a":1}')


def test_signed_and_encrypted_reasoning() -> None:
    text = {"type": "reasoning.text", "format": "anthropic-claude-v1", "index": 0}
    found = said(
        delta(reasoning="why", reasoning_details=[{**text, "text": "why"}]),
        delta(reasoning_details=[{**text, "signature": "sig"}]),
        delta(
            reasoning_details=[
                {"type": "reasoning.encrypted", "data": "xyz", "format": "openai-responses-v1", "id": "rs"}
            ]
        ),
        delta(content="so"),
    )
    assert found == (
        Thinking("why", signature="sig", origin=Origin("messages"), protocol="chat"),
        Thinking(encrypted="xyz", origin=Origin("responses"), id="rs", protocol="chat"),
        Text("so"),
    )


def test_googles_signatures() -> None:
    signed = {"google": {"thought_signature": "s"}}
    (found,) = said(call(0, "f", "{}", id="c", extra_content=signed))
    assert found == ToolCall("c", "f", "{}", signature="s", origin=Origin("gemini"), protocol="chat")
    (text,) = said(delta(content="a"), delta(content="", extra_content=signed))
    assert text == Text("a", signature="s", origin=Origin("gemini"))


def test_mistrals_lists() -> None:
    found = said(
        delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
        delta(content=[{"type": "text", "text": "so"}]),
        delta(content=" it is"),
    )
    assert found == (Thinking("hm", origin=Origin("chat")), Text("so it is"))


def test_refusals_logprobs_and_citations() -> None:
    note = {
        "type": "url_citation",
        "url_citation": {"url": "https://a", "title": "A", "start_index": 0, "end_index": 1},
    }
    found = answer(
        frame(choices=[{"index": 0, "delta": {"content": "a"}, "logprobs": {"content": [{"token": "a"}]}}]),
        frame(choices=[{"index": 0, "delta": {"content": "b"}, "logprobs": {"content": [{"token": "b"}]}}]),
        delta(annotations=[note, {"type": "file"}]),
        delta(refusal="no"),
        delta("stop"),
    ).candidates[0]
    text, refusal = found.blocks
    assert isinstance(text, Text)
    assert [(one.url, one.title, one.end) for one in text.citations] == [("https://a", "A", 1)]
    assert refusal == Refusal("no")
    assert found.logprobs == msgspec.Raw(b'{"content":[{"token":"a"},{"token":"b"}]}')


def test_sources_of_a_search_engine() -> None:
    (text,) = said(
        frame(
            citations=["https://a"],
            search_results=[{"url": "https://a", "title": "A"}],
            choices=[{"index": 0, "delta": {"content": "a [1]"}, "finish_reason": "stop"}],
        ),
    )
    assert isinstance(text, Text)
    assert text.citations == (Citation("url", "https://a", "A", protocol="chat"),)


def test_sound_and_images() -> None:
    found = said(
        delta(audio={"id": "au", "transcript": "he"}),
        delta(audio={"data": "SUQz", "transcript": "y"}),
        delta(audio={"data": "AA==", "expires_at": 9}),
        delta(images=[{"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}}]),
    )
    assert found == (
        Media("image", media_type="image/png", data="QUJD", protocol="chat"),
        Media("audio", media_type="audio/mpeg", data="SUQzAA==", file_id="au", transcript="hey", protocol="chat"),
    )


@pytest.mark.parametrize(
    "last",
    [
        frame(choices=[], x_groq={"usage": {"prompt_tokens": 9, "completion_tokens": 4}}),
        frame(choices=[{"index": 0, "delta": {}, "usage": {"prompt_tokens": 9, "completion_tokens": 4}}]),
        USAGE,
    ],
)
def test_usage_wherever_it_is(last: bytes) -> None:
    assert answer(delta(content="a"), delta("stop"), last).usage == Usage(9, 4, source="upstream")


def test_several_answers() -> None:
    found = answer(delta(content="a"), delta(content="b", index=1), delta("length", index=1), delta("stop"))
    assert [(one.index, one.blocks, one.finish) for one in found.candidates] == [
        (0, (Text("a"),), "stop"),
        (1, (Text("b"),), "length"),
    ]


def test_a_legacy_completion() -> None:
    found = answer(
        frame(choices=[{"index": 0, "text": "a", "logprobs": None, "finish_reason": None}]),
        frame(choices=[{"index": 0, "text": "b", "finish_reason": "length"}]),
    )
    assert found.candidates[0].blocks == (Text("ab"),)
    assert found.candidates[0].finish == "length"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (b'data: {"error":{"message":"m","type":"server_error"}}\n\n', "server_error"),
        (b'event: error\ndata: {"error":{"message":"m","code":503}}\n\n', "503"),
        (b'data: {"error":"overloaded"}\n\n', "error"),
        (b'data: {"object":"error","message":"m","code":400}\n\n', "error"),
        (b"data: {broken\n\n", "invalid_event"),
        (b'data: {"a":1} {"b":2}\n\n', "invalid_event"),
    ],
)
def test_an_error_is_the_last(error: bytes, kind: str) -> None:
    seen = events(delta(content="a") + error + delta(content="b") + DONE)
    assert isinstance(seen[-1], Failed)
    assert seen[-1].kind == kind
    assert TextDelta(0, "b") not in seen


def test_an_error_after_the_end_is_none() -> None:
    late = frame(error={"code": 400, "message": "limit"}, choices=[{"index": 0, "delta": {"content": ""}}])
    assert isinstance(events(delta(content="a") + delta("length") + late + DONE)[-1], End)


def test_a_stream_cut_short_has_no_end() -> None:
    whole = delta(content="a") + delta(content="b")
    for cut in range(1, len(whole)):
        seen = events(whole[:cut])
        assert not any(isinstance(event, End | Failed) for event in seen)
    assert isinstance(events(whole + delta("stop"))[-1], End)  # not every server says [DONE]


def test_fields_of_wrong_types_are_read_over() -> None:
    odd = frame(
        created="now",
        system_fingerprint=5,
        usage="none",
        choices=[{"index": 0, "delta": {"content": "a", "reasoning": {"x": 1}, "tool_calls": {}}, "finish_reason": 3}],
    )
    assert said(odd, frame(choices=3), frame(choices=[[]]))[0] == Text("a")
