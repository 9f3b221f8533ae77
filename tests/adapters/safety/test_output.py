"""Rules on answers, in streams and whole ones: the same result, and an end that each protocol knows."""

import json

from adapters.canonical.blocks import Text, Thinking, ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    End,
    Event,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
)
from adapters.canonical.fold import Folder, unfold
from adapters.canonical.response import Candidate, Response
from adapters.safety.find import finder
from adapters.safety.guard import Found, Guard, Ready
from adapters.safety.output import MAX_ARGUMENTS, OutputFilter, checked
from adapters.safety.rule import SafetyRule

MASK = SafetyRule(1, "names", "words", "mask", ["output"], words=["ann"], mask="***")
BLOCK = SafetyRule(2, "stop", "words", "block", ["output"], words=["forbidden"], message="Not here.")


def guard(*rules: SafetyRule) -> Guard:
    return Guard([Ready(rule, finder(rule)) for rule in rules])


def answer(*blocks: Text | Thinking | ToolCall) -> Response:
    return Response(id="r", model="m", candidates=(Candidate(blocks=blocks, finish="stop"),))


def through(response: Response, rules: Guard, found: Found) -> Response:
    filter_ = OutputFilter(rules, found)
    folder = Folder()
    for event in unfold(response):
        folder.feed(filter_.feed([event]))
    folder.feed(filter_.finish())
    return folder.response()


def test_masked_alike_in_streams_and_whole() -> None:
    response = answer(
        Thinking("ann thinks", signature="sig"),
        Text("I am ann, and annex"),
        ToolCall("c", "f", '{"name":"ann"}', signature="sig"),
    )
    parts, whole = Found(), Found()
    streamed, changed = through(response, guard(MASK), parts), checked(response, guard(MASK), whole)
    for each in (streamed, changed):
        thinking, text, call = each.candidates[0].blocks
        assert isinstance(thinking, Thinking)
        assert isinstance(text, Text)
        assert isinstance(call, ToolCall)
        assert (thinking.text, thinking.signature, text.text) == ("*** thinks", "", "I am ***, and ***ex")
        assert (call.arguments, call.signature) == ('{"name":"***"}', "")
    assert parts == whole == Found({("names", "mask"): 4})


def test_what_holds_nothing_stays_as_it_was() -> None:
    response = answer(Thinking("quiet", signature="sig"), Text("fine"))
    assert checked(response, guard(MASK, BLOCK), Found()) == response
    thinking = through(response, guard(MASK, BLOCK), Found()).candidates[0].blocks[0]
    assert isinstance(thinking, Thinking)
    assert thinking.signature == "sig"


def test_a_blocked_stream_ends_there() -> None:
    found = Found()
    filter_ = OutputFilter(guard(BLOCK), found)
    events: list[Event] = [Start(), BlockStart(0, Text("")), TextDelta(0, "this is forb")]
    assert filter_.feed(events) == [Start(), BlockStart(0, Text("")), TextDelta(0, "this is ")]
    out = filter_.feed([TextDelta(0, "idden."), TextDelta(0, "more")])
    assert out == [
        BlockStop(0),
        BlockStart(1, Text("")),
        TextDelta(1, "Not here."),
        BlockStop(1),
        Finished("content_filter", 0, "content_filter"),
        End(),
    ]
    assert filter_.feed([TextDelta(0, "x"), End()]) == []
    assert filter_.finish() == []
    assert filter_.blocked == "stop"
    whole = checked(answer(Text("this is forbidden.")), guard(BLOCK), Found())
    assert whole.candidates[0].blocks == (Text("Not here."),)
    assert whole.candidates[0].finish == "content_filter"


def test_held_text_comes_before_the_end_of_its_block() -> None:
    filter_ = OutputFilter(guard(MASK), Found())
    out = filter_.feed([BlockStart(0, Text("")), TextDelta(0, "an")])
    out += filter_.feed([BlockStop(0), BlockStart(1, ToolCall("c", "f", "")), ArgumentsDelta(1, "ann")])
    assert out == [
        BlockStart(0, Text("")),
        TextDelta(0, "an"),
        BlockStop(0),
    ]
    assert filter_.feed([BlockStop(1)]) == [
        BlockStart(1, ToolCall("c", "f", "")),
        ArgumentsDelta(1, "***"),
        BlockStop(1),
    ]
    broken = OutputFilter(guard(MASK), Found())
    broken.feed([BlockStart(0, Thinking("")), TextDelta(0, "an"), SignatureDelta(0, "s")])
    assert broken.finish() == [TextDelta(0, "an")]


def test_arguments_cut_anywhere_are_one_text() -> None:
    written = '{"to":"\\u0061nn", "n":[1,{"who":"annex ann"}]}'
    for size in range(1, len(written)):
        found = Found()
        filter_ = OutputFilter(guard(MASK), found)
        pieces = [written[at : at + size] for at in range(0, len(written), size)]
        events: list[Event] = [BlockStart(0, ToolCall("c", "f", "")), *(ArgumentsDelta(0, each) for each in pieces)]
        assert filter_.feed(events) == []
        out = filter_.feed([SignatureDelta(0, "sig"), BlockStop(0)])
        (said,) = [each.text for each in out if isinstance(each, ArgumentsDelta)]
        assert json.loads(said) == {"to": "***", "n": [1, {"who": "***ex ***"}]}
        assert not any(isinstance(each, SignatureDelta) for each in out)
        assert found == Found({("names", "mask"): 3})


def test_a_call_that_is_fine_stays_as_it_was_written() -> None:
    filter_ = OutputFilter(guard(MASK, BLOCK), Found())
    start = BlockStart(0, ToolCall("c", "f", "", signature="s"))
    out = filter_.feed([start, ArgumentsDelta(0, '{ "x": '), ArgumentsDelta(0, "1.50 }"), SignatureDelta(0, "sig")])
    assert out == []
    assert filter_.feed([Finished("tool_calls"), End()])[:3] == [
        start, ArgumentsDelta(0, '{ "x": 1.50 }'), SignatureDelta(0, "sig"),
    ]  # fmt: skip


def test_of_a_blocked_call_nothing_is_seen() -> None:
    filter_ = OutputFilter(guard(BLOCK), Found())
    call = ToolCall("c", "f", "")
    out = filter_.feed(
        [BlockStart(0, call), ArgumentsDelta(0, '{"x":"forb'), ArgumentsDelta(0, 'idden"}'), BlockStop(0)]
    )
    assert out == [
        BlockStart(0, Text("")), TextDelta(0, "Not here."), BlockStop(0),
        Finished("content_filter", 0, "content_filter"), End(),
    ]  # fmt: skip
    whole = checked(answer(ToolCall("c", "f", '{"x":"forbidden"}')), guard(BLOCK), Found())
    assert whole.candidates[0].blocks == (Text("Not here."),)


def test_a_call_of_any_length_is_held_up_to_a_bound() -> None:
    filter_ = OutputFilter(guard(MASK), Found())
    start = BlockStart(0, ToolCall("c", "f", ""))
    long = "x " * (MAX_ARGUMENTS // 2)
    assert filter_.feed([start, ArgumentsDelta(0, long)]) == []
    out = filter_.feed([ArgumentsDelta(0, "ann an"), ArgumentsDelta(0, "n"), BlockStop(0)])
    assert out[0] == start
    assert "".join(each.text for each in out if isinstance(each, ArgumentsDelta)) == f"{long}*** ***"
    assert out[-1] == BlockStop(0)
