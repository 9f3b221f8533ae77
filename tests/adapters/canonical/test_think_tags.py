"""Think tags to thinking and back: whole, one character at a time, and at random cuts."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.canonical.blocks import Block, Citation, Opaque, Origin, Text, Thinking, ToolCall
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
from adapters.canonical.response import Candidate, Response
from adapters.canonical.strict import Strict, strict_response
from adapters.canonical.think_tags import ThinkTags, think_response
from adapters.canonical.think_text import ThinkingToText, think_text_response
from adapters.usage import Usage


def collected(events: list[Event]) -> list[Block]:
    """The blocks that a well-formed stream builds; asserts that it is one."""
    blocks: list[Block] = []
    opened: set[int] = set()
    for event in events:
        match event:
            case BlockStart(block=block, first=first):
                assert block == len(blocks), "blocks are numbered in the order they begin"
                blocks.append(first)
                opened.add(block)
            case TextDelta(block=block, text=text):
                assert block in opened
                old = blocks[block]
                assert isinstance(old, Text | Thinking)
                blocks[block] = msgspec.structs.replace(old, text=old.text + text)
            case ArgumentsDelta(block=block) | SignatureDelta(block=block) | CitationDelta(block=block):
                assert block in opened
            case BlockStop(block=block):
                opened.remove(block)
    assert not opened, "every block ends"
    return blocks


def filtered(each, pieces: list[str], *, end: bool = True) -> list[Block]:
    events: list[Event] = [Start(), BlockStart(0, Text(""))]
    events += [TextDelta(0, piece) for piece in pieces]
    if end:
        events += [BlockStop(0), Finished("stop"), End()]
    out: list[Event] = []
    for event in events:
        out += each.feed([event])
    return collected(out + each.finish())


CASES = [
    ("<think>\nhello\n</think>\n\nanswer", [Thinking("hello"), Text("answer")]),
    ("  \n<think>a</think>b", [Thinking("a"), Text("b")]),
    ("<think>\n\n</think>\n\nHi", [Text("Hi")]),
    ("<think>a <b> </thin </think> c </think> d", [Thinking("a <b> </thin"), Text("c </think> d")]),
    ("<thinking>x </think> y</thinking>z", [Thinking("x </think> y"), Text("z")]),
    ("<reasoning>x</reasoning>z", [Thinking("x"), Text("z")]),
    ("<think>never closed ", [Thinking("never closed")]),
    ("<think>only</think>", [Thinking("only")]),
    ("plain", [Text("plain")]),
    ("  with space", [Text("  with space")]),
    ("<thi", [Text("<thi")]),
    ("<thinker>x</thinker>", [Text("<thinker>x</thinker>")]),
    ("later <think>x</think>", [Text("later <think>x</think>")]),
    ("", [Text("")]),
]


@pytest.mark.parametrize(("text", "blocks"), CASES)
def test_tags_become_thinking_however_they_are_cut(text: str, blocks: list[Block]) -> None:
    assert filtered(ThinkTags(), [text]) == blocks
    assert filtered(ThinkTags(), list(text)) == blocks
    for size in range(2, 12):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        assert filtered(ThinkTags(), pieces) == blocks
    if text:
        whole = think_response(Response(candidates=(Candidate(blocks=(Text(text),)),)))
        assert list(whole.candidates[0].blocks) == blocks


def test_an_answer_that_is_cut_short_gives_what_there_is() -> None:
    assert filtered(ThinkTags(), ["<think>half a thou"], end=False) == [Thinking("half a thou")]
    assert filtered(ThinkTags(), ["<thi"], end=False) == [Text("<thi")]
    assert filtered(ThinkTags(), ["<think>a</thi"], end=False) == [Thinking("a</thi")]
    assert filtered(ThinkTags(), [], end=False) == [Text("")]


@given(
    st.text(alphabet="<>/think \n ab", max_size=60),
    st.lists(st.integers(0, 60), max_size=8),
    st.booleans(),
)
def test_where_a_stream_is_cut_changes_nothing(text: str, cuts: list[int], implied: bool) -> None:
    text = "<think>" + text if len(cuts) % 2 else text
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[one:two] for one, two in itertools.pairwise(bounds)]
    whole = filtered(ThinkTags(implied=implied), [text] if text else [])
    assert filtered(ThinkTags(implied=implied), pieces) == whole
    if text.strip():
        answer = think_response(Response(candidates=(Candidate(blocks=(Text(text),)),)), implied=implied)
        assert list(answer.candidates[0].blocks) == whole


def test_an_implied_opening_counts_for_the_first_text_only() -> None:
    events: list[Event] = [
        BlockStart(0, Text("")), TextDelta(0, "thought</think>answer"), BlockStop(0),
        BlockStart(1, Text("")), TextDelta(1, "more"), BlockStop(1),
        BlockStart(2, Text(""), 1), TextDelta(2, "second</think>candidate"), BlockStop(2), End(),
    ]  # fmt: skip
    found = collected(ThinkTags(implied=True).feed(events))
    assert found == [Thinking("thought"), Text("answer"), Text("more"), Thinking("second"), Text("candidate")]
    answer = Response(candidates=(Candidate(blocks=(Text("thought</think>answer"), Text("more"))),))
    assert think_response(answer, implied=True).candidates[0].blocks == (
        Thinking("thought"), Text("answer"), Text("more"),
    )  # fmt: skip


def test_other_blocks_keep_their_deltas_under_new_numbers() -> None:
    citation = Citation("url", url="https://example.com")
    events: list[Event] = [
        Start(), BlockStart(0, Text("")), TextDelta(0, "<think>a</think>b"), CitationDelta(0, citation), BlockStop(0),
        BlockStart(1, ToolCall("call_1", "f")), ArgumentsDelta(1, "{}"), SignatureDelta(1, "s"), BlockStop(1),
        BlockStart(2, Text("first")), BlockStop(2), UsageSeen(Usage()), Finished("tool_calls"), End(),
    ]  # fmt: skip
    out = ThinkTags().feed(events)
    assert collected(out) == [Thinking("a"), Text("b"), ToolCall("call_1", "f"), Text("first")]
    assert [event.block for event in out if isinstance(event, ArgumentsDelta | SignatureDelta)] == [2, 2]
    assert [event.block for event in out if isinstance(event, CitationDelta)] == [1]
    assert [type(event) for event in out[-3:]] == [UsageSeen, Finished, End]


def test_a_citation_before_any_text_makes_the_block_text() -> None:
    events: list[Event] = [
        BlockStart(0, Text("")), TextDelta(0, "<th"), CitationDelta(0, Citation("url")), TextDelta(0, "ink>"),
        BlockStop(0),
    ]  # fmt: skip
    assert collected(ThinkTags().feed(events)) == [Text("<think>")]


def test_interleaved_blocks_stay_apart() -> None:
    events: list[Event] = [
        BlockStart(0, Text("")), BlockStart(1, Text(""), 1), TextDelta(0, "<think>a"), TextDelta(1, "plain"),
        TextDelta(0, "</think>b"), Finished("stop", 1), TextDelta(0, "c"), BlockStop(1), BlockStop(0), End(),
    ]  # fmt: skip
    out = ThinkTags().feed(events)
    assert sorted(map(repr, collected(out))) == sorted(map(repr, [Thinking("a"), Text("plain"), Text("bc")]))


def test_logprobs_stay_with_the_answer() -> None:
    logprobs = msgspec.Raw(b"[]")
    events: list[Event] = [
        BlockStart(0, Text("")), TextDelta(0, "<think>a</think>b", 0, logprobs), BlockStop(0)
    ]  # fmt: skip
    found = [event for event in ThinkTags().feed(events) if isinstance(event, TextDelta)]
    assert [(event.text, event.logprobs) for event in found] == [("a", None), ("b", logprobs)]


def test_what_is_held_goes_out_before_an_error() -> None:
    out = ThinkTags().feed([BlockStart(0, Text("")), TextDelta(0, "<think>a</thi"), Failed("x", "y")])
    assert collected(out) == [Thinking("a</thi")]
    assert isinstance(out[-1], Failed)


def test_a_long_run_of_white_space_is_not_held_forever() -> None:
    each = ThinkTags()
    out = each.feed([BlockStart(0, Text("")), TextDelta(0, "<think>a")])
    out += each.feed([TextDelta(0, " ") for _ in range(10_000)])
    assert len("".join(event.text for event in out if isinstance(event, TextDelta))) > 9_000


# ---------------------------------------------------------------------------------------------------- thinking as text


def written(events: list[Event]) -> list[Block]:
    each = ThinkingToText()
    return collected([out for event in events for out in each.feed([event])] + each.finish())


def test_thinking_is_written_out_in_tags() -> None:
    events: list[Event] = [
        Start(), BlockStart(0, Thinking()), TextDelta(0, "a"), TextDelta(0, "b"), TextDelta(0, "c", 1),
        SignatureDelta(0, "sig"), BlockStop(0),
        BlockStart(1, Text("")), TextDelta(1, "answer"), BlockStop(1), End(),
    ]  # fmt: skip
    assert written(events) == [Text("<think>\nab\n\nc\n</think>\n\n"), Text("answer")]


def test_thinking_without_text_leaves_nothing() -> None:
    events: list[Event] = [
        BlockStart(0, Thinking(encrypted="xyz")), SignatureDelta(0, "s"), BlockStop(0),
        BlockStart(1, ToolCall("c", "f")), ArgumentsDelta(1, "{}"), BlockStop(1), End(),
    ]  # fmt: skip
    assert written(events) == [ToolCall("c", "f")]


def test_thoughts_that_break_off_are_closed() -> None:
    opening: list[Event] = [BlockStart(0, Thinking("a"))]
    assert written(opening) == [Text("<think>\na\n</think>\n\n")]
    out = ThinkingToText().feed([*opening, Failed()])
    assert isinstance(out[-1], Failed)
    assert collected(out) == [Text("<think>\na\n</think>\n\n")]


def test_whole_answers_with_thinking_as_text_and_back() -> None:
    answer = Response(
        candidates=(Candidate(blocks=(Thinking("t", signature="s"), Thinking(encrypted="e"), Text("answer"))),)
    )
    text = think_text_response(answer)
    assert text.candidates[0].blocks == (Text("<think>\nt\n</think>\n\n"), Text("answer"))
    assert think_response(text).candidates[0].blocks == (Thinking("t"), Text("answer"))
    parts = Response(candidates=(Candidate(blocks=(Thinking("ab", summary=True, parts=("a", "b")),)),))
    assert think_text_response(parts).candidates[0].blocks == (Text("<think>\na\n\nb\n</think>\n\n"),)


# ------------------------------------------------------------------------------------------------------------- strict


def test_strict_answers_hold_nothing_of_their_provider() -> None:
    extra = {"x": msgspec.Raw(b"1")}
    opaque = Opaque(Origin("chat"), "something", msgspec.Raw(b"{}"))
    events: list[Event] = [
        BlockStart(0, Text("", protocol="chat", extra=extra)), TextDelta(0, "a"), BlockStop(0),
        BlockStart(1, opaque), BlockStop(1), BlockStart(2, opaque), TextDelta(2, "a"), BlockStop(2),
        Finished("stop", raw_finish="eos"), End(),
    ]  # fmt: skip
    each = Strict()
    out = each.feed(events) + each.finish()
    assert collected(out) == [Text("a", protocol="chat")]
    assert out[-2] == Finished("stop")
    answer = Response(
        extensions={"chat": extra},
        candidates=(Candidate(blocks=(Text("a", extra=extra), opaque), raw_finish="eos", extra=extra),),
    )
    assert strict_response(answer) == Response(candidates=(Candidate(blocks=(Text("a"),)),))
