"""Streams of Responses events, written: every event is the SDK's type, and its accumulator makes the answer of them."""

from typing import Any

import msgspec
import pytest

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
from adapters.errors import UpstreamError
from adapters.protocols.responses.write_stream import StreamWriter
from adapters.usage import Usage
from tests.adapters.protocols.responses.wire import accumulate, client, frames, unsealed

CLAUDE = Origin("messages", "anthropic")
GEMINI = Origin("gemini")
RAW = msgspec.Raw
ENDING: list[Any] = [UsageSeen(Usage(3, 2)), Finished("stop"), End()]


def write(*events, sent=None):
    """The stream, written event by event; written at once it must be the same."""
    one, whole = StreamWriter(client(**(sent or {}))), StreamWriter(client(**(sent or {})))
    data = b"".join(one.feed([event]) for event in events)
    assert data == whole.feed(list(events))
    return data


def kinds(data):
    return [frame["type"].removeprefix("response.") for frame in frames(data)]


def text(number, *pieces):
    return [BlockStart(number, Text("")), *(TextDelta(number, piece) for piece in pieces), BlockStop(number)]


def test_a_text():
    data = write(Start("msg_1", "claude", 5), *text(0, "Hé", "llo"), *ENDING)
    assert kinds(data) == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta", "output_text.delta",
        "output_text.done", "content_part.done", "output_item.done", "completed",
    ]  # fmt: skip
    final = accumulate(data)
    assert (final.id, final.output_text, final.created_at) == ("resp_req1", "Héllo", 5)
    assert final.usage is not None
    assert final.usage.total_tokens == 5


def test_texts_are_parts_of_one_message_until_something_else_begins():
    call = [BlockStart(2, ToolCall("c1", "f", "")), ArgumentsDelta(2, "{}"), BlockStop(2)]
    final = accumulate(write(Start(), *text(0, "a"), *text(1, "b"), *call, *text(3, "c"), *ENDING))
    assert [item.type for item in final.output] == ["message", "function_call", "message"]
    assert [part.text for part in final.output[0].content] == ["a", "b"]


def test_a_stream_without_a_beginning():
    assert accumulate(write(*text(0, "a"), *ENDING)).output_text == "a"
    assert accumulate(write(*ENDING)).output == []


def test_citations_and_logprobs():
    cited = [CitationDelta(0, Citation("url", url="u", title="t")), CitationDelta(0, Citation("document"))]
    logprobs = TextDelta(0, "b", 0, RAW(b'[{"token":"b","logprob":-1.0,"bytes":[98],"top_logprobs":[]}]'))
    data = write(Start(), *text(0, "a")[:2], *cited, logprobs, BlockStop(0), *ENDING)
    part = accumulate(data).output[0].content[0]
    assert [annotation.url for annotation in part.annotations] == ["u"]
    assert part.annotations[0].end_index == 2
    assert [one.token for one in part.logprobs] == ["b"]
    assert "output_text.annotation.added" in kinds(data)


def test_a_refusal_is_an_answer():
    data = write(Start(), BlockStart(0, Refusal("")), TextDelta(0, "no"), CitationDelta(0, Citation("url", url="u")),
                 BlockStop(0), UsageSeen(Usage()), Finished("refusal"), End())  # fmt: skip
    final = accumulate(data)
    assert final.output[0].content[0].refusal == "no"
    assert final.status == "completed"


def test_thinking_with_its_proof():
    first = Thinking(origin=CLAUDE)
    data = write(Start(), BlockStart(0, first), TextDelta(0, "a"), TextDelta(0, "b", 1), SignatureDelta(0, "sig"),
                 BlockStop(0), *text(1, "c"), *ENDING)  # fmt: skip
    part = [f"reasoning_summary_{step}" for step in ("part.added", "text.delta", "text.done", "part.done")]
    assert kinds(data)[2:12] == ["output_item.added", *part, *part, "output_item.done"]
    item = accumulate(data).output[0]
    assert [part.text for part in item.summary] == ["a", "b"]
    sealed = unsealed(item.encrypted_content)
    assert (sealed.protocol, sealed.provider, sealed.signature) == ("messages", "anthropic", "sig")


def test_thinking_of_this_protocol():
    first = Thinking(origin=Origin("responses"), id="rs_7")
    data = write(
        Start(), BlockStart(0, first), TextDelta(0, "a"), SignatureDelta(0, encrypted="g"), BlockStop(0), *ENDING
    )
    item = accumulate(data).output[0]
    assert (item.id, item.content[0].text, item.encrypted_content, item.summary) == ("rs_7", "a", "g", [])
    assert "reasoning_text.delta" in kinds(data)


def test_thoughts_without_words():
    redacted = [BlockStart(0, Thinking(encrypted="x", origin=CLAUDE)), BlockStop(0)]
    silent = [BlockStart(1, Thinking(origin=CLAUDE)), BlockStop(1)]
    final = accumulate(write(Start(), *redacted, *silent, *ENDING))
    assert [unsealed(item.encrypted_content).encrypted for item in final.output] == ["x"]


def test_calls_beside_each_other():
    events = [
        BlockStart(0, ToolCall("c1", "f", "")), BlockStart(1, ToolCall("c2", "g", "")), ArgumentsDelta(1, "[]"),
        ArgumentsDelta(0, '{"a":'), ArgumentsDelta(0, "1}"), BlockStop(0), BlockStop(1),
    ]  # fmt: skip
    final = accumulate(write(Start(), *events, *ENDING))
    assert [(item.call_id, item.arguments) for item in final.output] == [("c1", '{"a":1}'), ("c2", "[]")]


def test_a_text_around_a_call():
    events = [
        BlockStart(0, Text("")),
        TextDelta(0, "a"),
        BlockStart(1, ToolCall("c", "f", "")),
        TextDelta(0, "b"),
        BlockStop(1),
    ]
    final = accumulate(write(Start(), *events, BlockStop(0), *ENDING))
    assert [item.type for item in final.output] == ["message", "function_call"]
    assert final.output_text == "ab"


def test_calls_of_custom_tools():
    tools = [{"type": "custom", "name": "patch"}]
    wrapped = [
        BlockStart(0, ToolCall("c1", "patch", "")),
        ArgumentsDelta(0, '{"inp'),
        ArgumentsDelta(0, 'ut":"é"}'),
        BlockStop(0),
    ]
    own = [
        BlockStart(1, ToolCall("c2", "patch", "", custom=True)),
        ArgumentsDelta(1, "x"),
        ArgumentsDelta(1, "y"),
        BlockStop(1),
    ]
    data = write(Start(), *wrapped, *own, *ENDING, sent={"tools": tools})
    assert [item.input for item in accumulate(data).output] == ["é", "xy"]
    deltas = [frame["delta"] for frame in frames(data) if frame["type"] == "response.custom_tool_call_input.delta"]
    assert deltas == ["é", "x", "y"]


def test_a_call_without_id_or_arguments():
    final = accumulate(write(Start(), BlockStart(0, ToolCall("", "f", "")), BlockStop(0), *ENDING))
    assert final.output[0].arguments == "{}"
    assert final.output[0].call_id


@pytest.mark.parametrize("late", [False, True])
def test_the_signature_of_a_call_has_an_item_of_its_own(late):
    first = ToolCall("c1", "f", "", signature="" if late else "s", origin=GEMINI)
    events = [BlockStart(0, first), *([SignatureDelta(0, "s")] if late else []), ArgumentsDelta(0, "{}"), BlockStop(0)]
    output = accumulate(write(Start(), *events, *ENDING)).output
    carried = [unsealed(item.encrypted_content) for item in output if item.type == "reasoning"]
    assert [(sealed.call, sealed.signature, sealed.protocol) for sealed in carried] == [("c1", "s", "gemini")]


def test_the_signature_of_a_text():
    events = [BlockStart(0, Text("", signature="s", origin=GEMINI)), TextDelta(0, "a"), BlockStop(0)]
    output = accumulate(write(Start(), *events, *ENDING)).output
    assert unsealed(output[0].encrypted_content).text
    assert output[1].content[0].text == "a"


def test_tools_of_the_provider_and_pictures():
    call = ServerCall("s", "web_search", '{"query":"q"}', CLAUDE, RAW(b"{}"))
    result = ServerResult("s", "web_search", CLAUDE, RAW(b"{}"), "", (Citation("url", url="u"),))
    own = {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "s", "tools": []}
    listed = Opaque(Origin("responses"), "x", RAW(msgspec.json.encode(own)))
    blocks: list[Any] = [
        call, result, listed, Opaque(CLAUDE, "x", RAW(b"{}")), Media("image", media_type="image/png", data="AA=="),
        ServerCall("t", "computer", "{}", CLAUDE, RAW(b"{}")),
        ServerCall("u", "web_fetch", '{"url":"p"}', CLAUDE, RAW(b"{}")),
    ]  # fmt: skip
    events = [event for number, block in enumerate(blocks) for event in (BlockStart(number, block), BlockStop(number))]
    data = write(Start(), *events, *ENDING)
    assert [item.type for item in accumulate(data).output] == [
        "web_search_call", "mcp_list_tools", "image_generation_call", "web_search_call",
    ]  # fmt: skip
    assert {"web_search_call.in_progress", "web_search_call.completed", "image_generation_call.completed"} <= set(
        kinds(data)
    )


@pytest.mark.parametrize(
    ("finish", "why"),
    [("length", "max_output_tokens"), ("content_filter", "content_filter"), ("refusal", "content_filter")],
)
def test_incomplete(finish, why):
    last = frames(write(Start(), *text(0, "a"), UsageSeen(Usage(1, 1)), Finished(finish), End()))[-1]
    assert last["type"] == "response.incomplete"
    assert last["response"]["incomplete_details"] == {"reason": why}
    assert last["response"]["output"][0]["status"] == "incomplete"


def test_only_the_first_answer_is_told():
    other = [BlockStart(1, Text(""), 1), TextDelta(1, "b"), BlockStop(1), Finished("length", 1)]
    assert accumulate(write(Start(), *text(0, "a"), *other, *ENDING)).output_text == "a"


def test_after_the_end_there_is_nothing():
    writer = StreamWriter(client())
    writer.feed([Start(), *ENDING])
    assert writer.feed(text(0, "a")) == b""
    assert writer.finish("length") == b""
    assert writer.fail(UpstreamError(502, "x", klass="k")) == b""


def test_a_stream_that_is_cut():
    writer = StreamWriter(client())
    data = writer.feed([Start(), *text(0, "a")[:2]])
    assert writer.finish() == b""  # how it ends is for others to say
    last = frames(data + writer.finish("length"))[-1]
    assert last["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert last["response"]["output"][0]["content"][0]["text"] == "a"


def test_a_stream_whose_provider_forgot_the_end():
    writer = StreamWriter(client())
    data = writer.feed([Start(), *text(0, "a"), Finished("stop")])
    assert accumulate(data + writer.finish()).output_text == "a"


def test_a_failure():
    writer = StreamWriter(client())
    data = writer.feed([Start(), *text(0, "a"), BlockStart(1, ToolCall("c", "f", "")), Failed("overloaded", "account")])
    data += writer.fail(UpstreamError(503, "no room", klass="upstream_overloaded"), "req_1")
    error, failed = frames(data)[-2:]
    assert (error["type"], error["message"], error["error"]["request_id"]) == ("error", "no room", "req_1")
    assert failed["type"] == "response.failed"
    assert failed["response"]["id"] == "resp_req1"
    assert failed["response"]["error"] == {"code": "server_error", "message": "no room"}
    assert b"account" not in data


def test_deltas_of_no_block_say_nothing():
    stray: list[Any] = [
        TextDelta(9, "x"),
        ArgumentsDelta(9, "x"),
        BlockStop(9),
        SignatureDelta(9, "x"),
        CitationDelta(9, Citation("url")),
    ]
    assert accumulate(write(Start(), Start(), *stray, *ENDING)).output == []


def test_a_ping_is_a_comment():
    assert StreamWriter(client()).ping().startswith(b":")
