"""Streams of Responses events into the neutral form: whole, cut anywhere, broken off and broken."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.canonical.blocks import Origin, Refusal, ServerCall, ServerResult, Text, Thinking, ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    End,
    Failed,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
    UsageSeen,
)
from adapters.sse import MAX_EVENT_BYTES
from tests.adapters.protocols.responses.wire import read, stream

ORIGIN = Origin("responses")
RESPONSE = {"id": "resp_1", "model": "gpt-5", "created_at": 7, "status": "in_progress", "service_tier": "default"}
CREATED = {"type": "response.created", "response": RESPONSE}
USAGE = {"input_tokens": 5, "output_tokens": 3}
COMPLETED: dict[str, Any] = {
    "type": "response.completed",
    "response": {**RESPONSE, "status": "completed", "output": [], "usage": USAGE},
}


def place(kind, output=0, content=0, **fields):
    return {"type": f"response.{kind}", "item_id": "i", "output_index": output, "content_index": content, **fields}


def added(output, **item):
    return {"type": "response.output_item.added", "output_index": output, "item": item}


def done(output, **item):
    return {"type": "response.output_item.done", "output_index": output, "item": item}


MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "content": []}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": ""}
SEEN = [
    CREATED,
    {"type": "response.in_progress", "response": RESPONSE},
    added(0, type="reasoning", id="rs_1", summary=[]),
    place("reasoning_summary_part.added", 0, summary_index=0),
    place("reasoning_summary_text.delta", 0, summary_index=0, delta="Thin"),
    place("reasoning_summary_text.delta", 0, summary_index=1, delta="king"),
    place("reasoning_summary_text.done", 0, summary_index=1, text="king"),
    done(0, type="reasoning", id="rs_1", summary=[], encrypted_content="gAAA"),
    added(1, **MESSAGE),
    place("content_part.added", 1, part={"type": "output_text"}),
    place("output_text.delta", 1, delta="Hé"),
    place("output_text.delta", 1, delta="llo", logprobs=[{"token": "llo", "logprob": -1}]),
    place("output_text.annotation.added", 1, annotation={"type": "url_citation", "url": "u"}),
    place("output_text.done", 1, text="Héllo"),
    place("content_part.done", 1, part={}),
    done(1, **MESSAGE),
    added(2, **CALL),
    place("function_call_arguments.delta", 2, delta='{"a"'),
    place("function_call_arguments.delta", 2, delta=":1}"),
    place("function_call_arguments.done", 2, arguments='{"a":1}'),
    done(2, **{**CALL, "arguments": '{"a":1}'}),
    COMPLETED,
]


def test_a_whole_stream():
    events = read(stream(*SEEN))
    assert events[0] == Start("resp_1", "gpt-5", 7, "default")
    assert events[1:6] == [
        BlockStart(0, Thinking(origin=ORIGIN, summary=True, id="rs_1", protocol="responses")),
        TextDelta(0, "Thin", 0),
        TextDelta(0, "king", 1),
        SignatureDelta(0, encrypted="gAAA"),
        BlockStop(0),
    ]
    assert events[6:8] == [BlockStart(1, Text("", protocol="responses")), TextDelta(1, "Hé")]
    assert isinstance(events[8], TextDelta)
    assert events[8].logprobs is not None
    assert isinstance(events[9], CitationDelta)
    assert events[9].citation.url == "u"
    call = ToolCall("c1", "f", "", item_id="fc_1", protocol="responses")
    assert events[10:] == [
        BlockStop(1), BlockStart(2, call), ArgumentsDelta(2, '{"a"'), ArgumentsDelta(2, ":1}"), BlockStop(2),
        UsageSeen(events[-3].usage), Finished("tool_calls", raw_finish="completed"), End(),
    ]  # fmt: skip
    assert (events[-3].usage.input, events[-3].usage.output) == (5, 3)


@pytest.mark.parametrize("size", [1, 2, 3, 17, 1000])
def test_cut_anywhere_it_is_the_same(size):
    assert read(stream(*SEEN), size) == read(stream(*SEEN))


@given(st.integers(0, len(stream(*SEEN))))
@settings(max_examples=60, deadline=None)
def test_broken_off_it_is_a_beginning(end):
    whole, seen = read(stream(*SEEN)), read(stream(*SEEN)[:end])
    assert seen == whole[: len(seen)]
    assert (End() in seen) == (end >= len(stream(*SEEN)) - 2)


def said(*events):
    return [
        event for event in read(stream(CREATED, *events, COMPLETED)) if not isinstance(event, Start | UsageSeen | End)
    ]


def test_servers_that_send_no_deltas():
    call = {**CALL, "arguments": '{"a":1}'}
    events = said(
        added(0, type="reasoning"),
        place("reasoning_text.done", 0, text="why"),
        done(0, type="reasoning"),
        place("output_text.done", 1, text="a"),
        place("refusal.done", 2, refusal="no"),
        added(3, **call),
        done(3, **call),
        added(4, type="custom_tool_call", call_id="c2", name="p", input=""),
        place("custom_tool_call_input.done", 4, input="x"),
        done(4, type="custom_tool_call", call_id="c2", name="p", input="x"),
        done(5, type="function_call", call_id="c3", name="g", arguments={"b": 2}),
    )
    assert [event.text for event in events if isinstance(event, TextDelta | ArgumentsDelta)] == [
        "why", "a", "no", '{"a":1}', "x", '{"b":2}',
    ]  # fmt: skip
    starts: list[Any] = [event.first for event in events if isinstance(event, BlockStart)]
    assert [type(first) for first in starts] == [Thinking, Text, Refusal, ToolCall, ToolCall, ToolCall]
    assert starts[4].custom
    assert len([event for event in events if isinstance(event, BlockStop)]) == 6


def test_servers_that_send_items_only_when_done():
    text = {"type": "output_text", "text": "a", "annotations": [{"type": "url_citation", "url": "u"}]}
    events = said(
        done(0, type="reasoning", id="rs_1", summary=[{"type": "summary_text", "text": "why"}]),
        done(1, **{**MESSAGE, "content": [text, {"type": "refusal", "refusal": "no"}]}),
        done(2, type="reasoning", id="rs_2", summary=[]),
    )
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["why", "a", "no"]
    assert any(isinstance(event, CitationDelta) for event in events)
    assert events[-1] == Finished("refusal", raw_finish="completed")


def test_a_server_that_says_all_at_the_end():
    message = {**MESSAGE, "content": [{"type": "output_text", "text": "a"}]}
    events = read(
        stream({**COMPLETED, "response": {**COMPLETED["response"], "output": [message, {**CALL, "arguments": "{}"}]}})
    )
    assert isinstance(events[0], Start)
    assert [event.text for event in events if isinstance(event, TextDelta | ArgumentsDelta)] == ["a", "{}"]
    assert events[-1] == End()


def test_an_item_that_is_only_in_the_whole():
    listed = {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": []}
    events = read(
        stream(
            CREATED,
            added(0, **listed),
            place("output_text.delta", 1, delta="a"),
            {**COMPLETED, "response": {**COMPLETED["response"], "output": [listed, MESSAGE]}},
        )
    )
    assert [type(event.first).__name__ for event in events if isinstance(event, BlockStart)] == ["Text", "Opaque"]


def test_a_server_that_says_no_end_of_items():
    events = said(
        place("output_text.delta", 0, delta="a"),
        added(1, **CALL),
        place("function_call_arguments.delta", 1, delta="{}"),
    )
    assert [type(event) for event in events] == [
        BlockStart, TextDelta, BlockStop, BlockStart, ArgumentsDelta, BlockStop, Finished,
    ]  # fmt: skip


def test_calls_beside_each_other():
    events = said(
        added(0, **CALL), added(1, **{**CALL, "call_id": "c2"}), place("function_call_arguments.delta", 1, delta="1"),
        place("function_call_arguments.delta", 0, delta="0"), done(1, **CALL), done(0, **CALL),
    )  # fmt: skip
    assert [event.block for event in events[:-1]] == [0, 1, 1, 0, 1, 0]


def test_refusals_and_custom_tools():
    events = said(
        place("refusal.delta", 0, delta="n"), place("refusal.delta", 0, delta="o"), place("content_part.done", 0),
        added(1, type="custom_tool_call", call_id="c", name="p"), place("custom_tool_call_input.delta", 1, delta="x"),
        done(1, type="custom_tool_call", call_id="c", name="p", input="x"),
    )  # fmt: skip
    assert [event.text for event in events if isinstance(event, TextDelta | ArgumentsDelta)] == ["n", "o", "x"]


def test_tools_of_the_provider_come_whole():
    events = said(
        added(0, type="code_interpreter_call", id="ci_1", status="in_progress"),
        place("code_interpreter_call_code.delta", 0, delta="1"),
        place("code_interpreter_call.interpreting", 0),
        done(0, type="code_interpreter_call", id="ci_1", code="1", outputs=[{"type": "logs", "logs": "2"}]),
        place("mcp_call_arguments.delta", 1, delta="{}"),
        {"type": "response.shell_call_output_content.delta", "delta": {"stdout": "x"}, "output_index": 2},
    )
    assert [type(event.first) for event in events if isinstance(event, BlockStart)] == [ServerCall, ServerResult]


@pytest.mark.parametrize(
    ("event", "failed"),
    [
        ({"type": "error", "code": "server_error", "message": "m"}, Failed("server_error", "m")),
        ({"type": "error", "error": {"type": "t", "code": "c", "message": "m"}}, Failed("c", "m")),
        ({"type": "error", "error": "text"}, Failed("error", '"text"')),
        ({"type": "error"}, Failed("error", "")),
        (
            {
                "type": "response.failed",
                "response": {**RESPONSE, "error": {"code": "rate_limit_exceeded", "message": "m"}},
            },
            Failed("rate_limit_exceeded", "m"),
        ),
        ({"type": "response.cancelled", "response": RESPONSE}, Failed("response.cancelled", "")),
    ],
)
def test_errors_are_the_last(event, failed):
    events = read(stream(CREATED, place("output_text.delta", delta="a"), event, place("output_text.delta", delta="b")))
    assert events[-1] == failed
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["a"]


@pytest.mark.parametrize(
    "data",
    [
        b"data: nonsense\n\n",
        b'data: {"type":\n\n',
        b"data: []\n\n",
        stream({"type": "response.completed", "response": {"output": 7}}),
        stream({"type": "response.completed"}),
        stream({"type": "response.completed", "response": {"output": [{}]}}),
        stream(done(0)),
        stream(done(0, type="message")),
        stream({"type": "response.output_item.done"}),
    ],
)
def test_what_cannot_be_read(data):
    events = read(data + stream(place("output_text.delta", delta="b")))
    assert isinstance(events[-1], Failed)
    assert events[-1].kind == "invalid_event"


def test_an_event_without_end():
    events = read(b"data: " + b"x" * (MAX_EVENT_BYTES + 1), 16 << 20)
    assert [type(event) for event in events] == [Failed]


def test_what_says_nothing():
    odd = {"type": "response.created", "response": {"id": 7}}
    data = b": ping\n\ndata: [DONE]\n\n" + stream(odd, {"type": "keepalive"}, place("output_text.annotation.added"))
    assert read(data) == [Start()]
    nothing = (
        place("output_text.delta", delta=None),
        place("reasoning_text.delta", delta={"a": 1}),
        place("content_part.done", 9),
    )
    assert not [event for event in said(*nothing) if isinstance(event, TextDelta)]


def test_names_of_events_stand_in_for_types():
    data = b'event: response.output_text.delta\ndata: {"delta":"a"}\n\n'
    assert [event.text for event in read(data) if isinstance(event, TextDelta)] == ["a"]


def test_events_of_megabytes():
    text = "é" * (2 << 20)
    events = read(stream(CREATED, place("output_text.delta", delta=text), COMPLETED), 65536)
    assert next(event.text for event in events if isinstance(event, TextDelta)) == text


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes(data):
    for event in read(b'data: {"type":"' + data + b"\n\n", 7):
        msgspec.to_builtins(event)


def test_the_end_may_have_no_words_for_how_it_ended():
    events = read(stream(CREATED, {"type": "response.incomplete", "response": {"id": "resp_1", "output": []}}))
    assert events[-2:] == [Finished("other", raw_finish="incomplete"), End()]


def test_a_last_event_without_an_empty_line():
    whole = stream(CREATED, COMPLETED)
    assert read(whole[:-2]) == read(whole)
    assert read(whole[:-20]) == read(stream(CREATED))
    assert read(whole + b'data: {"type":"error"') == read(whole)


def test_parts_that_are_counted_differently_when_they_are_done():
    # vLLM counts parts on over the items: https://github.com/vllm-project/vllm/issues/45742 (2026-06)
    events = said(
        place("reasoning_text.delta", 0, delta="why"), place("reasoning_text.done", 0, 1, text="why"),
        place("output_text.delta", 1, delta="a"), place("output_text.done", 1, 1, text="a"), done(1, **MESSAGE),
        place("refusal.delta", 2, delta="no"), place("refusal.done", 2, 1, refusal="no"),
    )  # fmt: skip
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["why", "a", "no"]
