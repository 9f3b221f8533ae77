"""Streams, read and written: Anthropic's own accumulator takes them, and cutting them anywhere changes nothing."""

from typing import Any

import msgspec
import pytest
from anthropic.lib.streaming._beta_messages import accumulate_event
from anthropic.types.beta import BetaRawMessageStreamEvent
from msgspec import Raw
from pydantic import TypeAdapter

from adapters.canonical.blocks import (
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
)
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
from adapters.canonical.sealed import Sealed, unseal
from adapters.protocols.messages.read_stream import StreamReader
from adapters.protocols.messages.write_stream import StreamWriter
from adapters.usage import Usage

ADAPTER: TypeAdapter[Any] = TypeAdapter(BetaRawMessageStreamEvent)
NO_HEADERS: Any = {}
CLIENT = Client(request_id="r1", created=0, model="asked-for")
GEMINI = Origin("gemini", "gemini")
MINE = Origin("messages")


def accumulated(stream: bytes) -> Any:
    """What the SDK makes of it, after a strict look at every event and at their order."""
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    begun: int | None = None
    following = 0
    for frame in stream.decode().removesuffix("\n\n").split("\n\n"):
        name, _, data = frame.partition("\n")
        if name == "event: ping":
            continue
        event = ADAPTER.validate_json(data.removeprefix("data: "), strict=True)
        assert name == f"event: {event.type}"
        if event.type == "content_block_start":
            assert (begun, event.index) == (None, following)
            begun, following = event.index, following + 1
        elif event.type == "content_block_delta":
            assert event.index == begun
        elif event.type == "content_block_stop":
            assert event.index == begun
            begun = None
        snapshot = accumulate_event(
            event=event, current_snapshot=snapshot, json_bufs=buffers, request_headers=NO_HEADERS
        )
    assert begun is None
    assert stream.endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')
    return snapshot


def write(*events: Event) -> Any:
    writer = StreamWriter(CLIENT)
    out = b"".join(writer.feed([event]) for event in (Start("x", "gpt"), *events, End()))
    assert writer.feed([TextDelta(0, "late")]) == b""
    assert writer.finish("length") == b""
    return accumulated(out)


def content(message: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = message.to_dict(mode="json")["content"]
    return found


def opened(sealed: str) -> Sealed:
    found = unseal(sealed)
    assert found is not None
    return found


def block(number: int, first: Any, *deltas: Event, candidate: int = 0) -> list[Event]:
    return [BlockStart(number, first, candidate), *deltas, BlockStop(number)]


def test_an_answer_with_everything() -> None:
    message = write(
        *block(0, Thinking(origin=GEMINI), TextDelta(0, "Hm"), TextDelta(0, "."), SignatureDelta(0, "c2ln")),
        *block(
            1, Text(""), TextDelta(1, "Grüße"), TextDelta(1, ' "q"\n'), CitationDelta(1, Citation("url", "https://x"))
        ),
        *block(2, ToolCall("call_1", "f", ""), ArgumentsDelta(2, '{"a"'), ArgumentsDelta(2, ':"b"}')),
        *block(3, ToolCall("call_2", "g", "")),
        UsageSeen(Usage(50, 9, 20, source="upstream")),
        Finished("tool_calls"),
    )
    thought, text, first, second = content(message)
    assert (thought["thinking"], opened(thought["signature"]).signature) == ("Hm.", "c2ln")
    assert (text["text"], text["citations"][0]["url"]) == ('Grüße "q"\n', "https://x")
    assert (first["id"], first["input"], second["input"]) == ("call_1", {"a": "b"}, {})
    assert (message.stop_reason, message.model, message.id) == ("tool_use", "asked-for", "msg_r1")
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens, message.usage.output_tokens) == (
        30,
        20,
        9,
    )


def test_what_is_interleaved_comes_in_order() -> None:
    message = write(
        BlockStart(0, ToolCall("a", "f", "")),
        BlockStart(1, ToolCall("b", "g", "")),
        ArgumentsDelta(1, '{"x"'),
        ArgumentsDelta(0, '{"y"'),
        BlockStart(2, ToolCall("c", "h", "")),
        ArgumentsDelta(1, ":1}"),
        BlockStop(1),
        ArgumentsDelta(0, ":2}"),
        ArgumentsDelta(2, "{}"),
        BlockStop(0),
        Finished("tool_calls"),
    )
    assert [(call["id"], call["input"]) for call in content(message)] == [("a", {"y": 2}), ("b", {"x": 1}), ("c", {})]


def test_empty_blocks_and_other_candidates_are_left_out() -> None:
    message = write(
        *block(0, Text(""), TextDelta(0, "")),
        *block(1, Thinking()),
        *block(2, Text("")),
        *block(3, Text(""), TextDelta(3, "second answer"), candidate=1),
        *block(4, Opaque(Origin("chat"), "x", Raw(b"{}"))),
        *block(5, ServerCall("s", "image_generation", "{}", Origin("responses"), Raw(b"{}"))),
        Finished("length", candidate=1),
        Finished("stop"),
    )
    assert content(message) == []
    assert message.stop_reason == "end_turn"


def test_blocks_that_come_whole() -> None:
    message = write(
        *block(0, ServerCall("s1", "web_search", '{"query":"q"}', Origin("responses"), Raw(b"{}"))),
        *block(1, ServerResult("s1", "web_search", Origin("responses"), Raw(b"{}"))),
        *block(2, Media("image", media_type="image/png", data="AAAA")),
        *block(3, Refusal(""), TextDelta(3, "No.")),
        *block(4, Text("given", signature="dGV4dA", origin=GEMINI)),
        *block(5, Thinking("", encrypted="e", origin=Origin("responses"), id="rs_1")),
        *block(6, Thinking("given", parts=())),
        *block(7, ToolCall("c", "f", '{"a":1}', signature="Y2Fs", origin=GEMINI)),
        *block(8, ToolCall("d", "p", "", custom=True), ArgumentsDelta(8, 'a "quoted"\n'), ArgumentsDelta(8, "é")),
    )
    call, result, image, refusal, text, of_text, item, thought, of_call, first, custom = content(message)
    assert (call["input"], result["content"]) == ({"query": "q"}, [])
    assert image["text"].startswith("![image](data:image/png;base64,AAAA")
    assert (refusal["text"], text["text"], thought["thinking"]) == ("No.", "given", "given")
    assert opened(of_text["data"]).text
    assert (opened(item["data"]).encrypted, opened(item["data"]).id) == ("e", "rs_1")
    assert (opened(of_call["data"]).call, first["input"]) == ("c", {"a": 1})
    assert custom["input"] == {"input": 'a "quoted"\né'}
    assert message.stop_reason == "tool_use"


def test_calls_of_the_provider_have_answers() -> None:
    def call(number: int) -> list[Event]:
        return block(number, ServerCall(f"s{number}", "web_search", "{}", Origin("responses"), Raw(b"{}")))

    result = ServerResult("s1", "web_search", Origin("responses"), Raw(b"{}"))
    message = write(*call(0), *call(1), *block(2, result), *block(3, Text(""), TextDelta(3, "x")), *call(4))
    found = [
        (one["type"], (one.get("id") or one.get("tool_use_id", "")).removeprefix("gw1.")) for one in content(message)
    ]
    assert found == [
        ("server_tool_use", "s0"), ("server_tool_use", "s1"), ("web_search_tool_result", "s1"),
        ("web_search_tool_result", "s0"), ("text", ""), ("server_tool_use", "s4"), ("web_search_tool_result", "s4"),
    ]  # fmt: skip


def test_thousands_of_blocks_may_wait() -> None:
    count = 5000
    events: list[Event] = [BlockStart(number, ToolCall(f"t{number}", "f", "")) for number in range(count)]
    events += [BlockStop(number) for number in range(count - 1, -1, -1)]
    writer = StreamWriter(CLIENT)
    assert writer.feed([*events, End()]).count(b"content_block_stop\n") == count


def test_signatures_that_come_late() -> None:
    message = write(
        *block(0, ToolCall("c", "f", ""), ArgumentsDelta(0, "{}"), SignatureDelta(0, "Y2Fs", origin=GEMINI)),
        *block(1, Text(""), SignatureDelta(1, "dGV4dA", origin=GEMINI)),
        *block(2, Thinking(), SignatureDelta(2, encrypted="e", origin=Origin("responses", "openai"))),
        *block(3, Thinking(origin=MINE), SignatureDelta(3, "EqQB")),
    )
    _, of_call, of_text, item, omitted = content(message)
    assert (opened(of_call["data"]).call, opened(of_call["data"]).origin) == ("c", GEMINI)
    assert opened(of_text["data"]).signature == "dGV4dA"
    assert opened(item["data"]).provider == "openai"
    assert omitted == {"type": "thinking", "thinking": "", "signature": "EqQB"}


def test_parts_of_a_summary_are_paragraphs() -> None:
    message = write(*block(0, Thinking(), TextDelta(0, "One"), TextDelta(0, " more", 0), TextDelta(0, "Two", 1)))
    assert content(message)[0]["thinking"] == "One more\n\nTwo"


def test_the_start_waits_for_counts_that_come_with_it() -> None:
    writer = StreamWriter(CLIENT)
    begin = writer.feed([Start("msg_7"), UsageSeen(Usage(9, 1, source="upstream"))])
    assert b'"input_tokens":9' in begin
    assert b'"id":"msg_7"' in begin
    assert writer.feed([]) == b""
    assert writer.ping().startswith(b"event: ping\n")
    assert accumulated(begin + writer.finish()).usage.input_tokens == 9


@pytest.mark.parametrize(("finish", "reason"), [("length", "max_tokens"), (None, "end_turn")])
def test_an_answer_without_its_end(finish: str | None, reason: str) -> None:
    writer = StreamWriter(CLIENT)
    out = writer.feed([BlockStart(0, Text("")), TextDelta(0, "Hal"), BlockStart(1, ToolCall("t", "f", ""))])
    message = accumulated(out + writer.finish(finish))
    assert message.content[0].text == "Hal"
    assert message.stop_reason == (reason if finish else "tool_use")
    assert accumulated(StreamWriter(CLIENT).finish(finish)).stop_reason == reason


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


MESSAGE: dict[str, Any] = {
    "id": "msg_01", "type": "message", "role": "assistant", "model": "asked-for", "content": [], "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 3, "output_tokens": 1},
}  # fmt: skip
CITED: dict[str, Any] = {
    "type": "char_location", "cited_text": "c", "document_index": 0, "document_title": "d", "start_char_index": 0,
    "end_char_index": 1, "file_id": None,
}  # fmt: skip
FOUND = [{"type": "web_search_result", "url": "https://x", "title": "T", "encrypted_content": "E", "page_age": None}]
FULL = sse(
    {"type": "message_start", "message": MESSAGE},
    start(0, type="thinking", thinking="", signature=""),
    {"type": "ping"},
    delta(0, "thinking_delta", thinking="Hm "),
    delta(0, "thinking_delta", thinking="世界"),
    delta(0, "signature_delta", signature="EqQB"),
    stop(0),
    start(1, type="redacted_thinking", data="ABC"),
    stop(1),
    start(2, type="server_tool_use", id="srvtoolu_1", name="web_search", input={}),
    delta(2, "input_json_delta", partial_json='{"query"'),
    delta(2, "input_json_delta", partial_json=':"q"}'),
    stop(2),
    start(3, type="web_search_tool_result", tool_use_id="srvtoolu_1", content=FOUND),
    stop(3),
    start(4, type="text", text=""),
    delta(4, "citations_delta", citation=CITED),
    delta(4, "text_delta", text="a 🎉"),
    stop(4),
    start(5, type="tool_use", id="toolu_1", name="f", input={}),
    delta(5, "input_json_delta", partial_json=""),
    delta(5, "input_json_delta", partial_json='{"a":1}'),
    stop(5),
    start(6, type="tool_use", id="toolu_2", name="g", input={}),
    stop(6),
    start(7, type="compaction", content=None),
    delta(7, "compaction_delta", content="summary", encrypted_content=None),
    stop(7),
    {
        "type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 40, "output_tokens_details": {"thinking_tokens": 9}},
    },
    {"type": "message_stop"},
)  # fmt: skip


def through(chunks: list[bytes]) -> bytes:
    reader, writer = StreamReader(), StreamWriter(CLIENT)
    out = b"".join(writer.feed(reader.feed(chunk)) for chunk in chunks)
    return out + writer.feed(reader.finish())


def test_a_stream_read_and_written_says_the_same() -> None:
    before, after = accumulated(FULL).to_dict(mode="json"), accumulated(through([FULL])).to_dict(mode="json")
    assert after.pop("usage")["cache_read_input_tokens"] == before.pop("usage")["cache_read_input_tokens"] == 3
    assert after == before


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b"\r"])
def test_cut_anywhere(line: bytes) -> None:
    sent = FULL.replace(b"\n", line)
    whole = through([sent])
    assert whole == through([FULL])
    assert through([sent[at : at + 1] for at in range(len(sent))]) == whole
    for cut in range(0, len(sent), 7):
        assert through([sent[:cut], sent[cut:]]) == whole


def test_cut_short() -> None:
    for cut in range(0, len(FULL) - 60, 11):
        reader, writer = StreamReader(), StreamWriter(CLIENT)
        events = reader.feed(FULL[:cut]) + reader.finish()
        assert not any(isinstance(event, End | Failed) for event in events)
        accumulated(writer.feed(events) + writer.finish("length"))
