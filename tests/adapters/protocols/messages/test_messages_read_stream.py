"""Streams of servers that do it otherwise, errors, and what is no stream."""

from typing import Any

import msgspec

from adapters.canonical.blocks import Refusal
from adapters.canonical.events import ArgumentsDelta, BlockStart, BlockStop, Event, Failed, Finished, TextDelta
from adapters.protocols.messages.read_stream import StreamReader


def sse(*events: dict[str, Any]) -> bytes:
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (event["type"].encode(), msgspec.json.encode(event)) for event in events
    )


def start(index: int, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": fields}


def delta(index: int, kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def stop(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


LATER = sse(start(0, type="text", text="later"), stop(0), {"type": "message_stop"})


def test_errors_and_rubbish() -> None:
    def read(data: bytes) -> list[Event]:
        return StreamReader().feed(data)

    error = sse({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}})
    assert read(error + LATER) == [Failed("overloaded_error", "busy")]
    assert read(b'data: {"type":"error"}\n\n') == [Failed("", "")]
    broken = [b"data: {\n\n", b"data: 7\n\n", b'data: {"type":"content_block_delta","index":0}\n\n', b"data: \xff\n\n"]
    assert [read(one + LATER) for one in broken] == [[Failed("invalid_event")]] * 4
    unknown = sse({"type": "new_thing"}, delta(0, "new_delta"), delta(9, "text_delta", text="x"), stop(9))
    assert read(unknown + b"data: [DONE]\n\n") == []
    deep = b'data: {"type":"content_block_start","index":0,"content_block":' + b'{"a":' * 100_000
    assert read(deep + b"\n\n") == [Failed("invalid_event")]


def test_servers_that_do_it_otherwise() -> None:
    events = StreamReader().feed(
        sse(
            start(0, type="text", text="given"),
            start(0, type="tool_use", id="t", name="f", input={"a": 1}),
            stop(0),
            start(1, type="thinking", thinking="th", signature="s"),
            {"type": "message_delta", "delta": {"stop_reason": None}},
            {"type": "message_stop"},
        )
    )
    own = [type(event).__name__ for event in events]
    assert own == [
        "BlockStart", "TextDelta", "BlockStop", "BlockStart", "ArgumentsDelta", "BlockStop", "BlockStart", "TextDelta",
        "SignatureDelta", "BlockStop", "End",
    ]  # fmt: skip
    assert events[4] == ArgumentsDelta(1, '{"a":1}')


def test_a_refusal_in_words() -> None:
    details = {"type": "refusal", "category": None, "explanation": "No."}
    ended = {"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": details}}
    events = StreamReader().feed(sse(ended, {"type": "message_stop"}))
    assert events[:3] == [BlockStart(0, Refusal("")), TextDelta(0, "No."), BlockStop(0)]
    assert events[3] == Finished("refusal", raw_finish="refusal")
