"""A whole answer as a stream and back is the same answer."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from adapters.canonical.blocks import Block, Citation, Media, Opaque, Origin, Refusal, Text, Thinking, ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    BlockStop,
    CitationDelta,
    Failed,
    Finished,
    SignatureDelta,
    Start,
    TextDelta,
)
from adapters.canonical.fold import Folder, fold, unfold
from adapters.canonical.response import Candidate, Response
from adapters.usage import Usage

ORIGIN = Origin("messages")
text = st.text(max_size=5)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Text, text),
    st.builds(
        Text, text, citations=st.just((Citation("url", "https://a"),)), signature=st.just("s"), origin=st.just(ORIGIN)
    ),
    st.builds(Refusal, text),
    st.builds(Thinking, text, st.sampled_from(["", "sig"]), origin=st.just(ORIGIN)),
    st.just(Thinking("a\n\nb", parts=("a", "b"), summary=True, encrypted="e", id="rs", origin=ORIGIN)),
    st.builds(ToolCall, text, text, st.sampled_from(["{}", '{"a":1}'])),
    st.builds(ToolCall, text, text, text, custom=st.just(value=True)),
    st.just(Media("image", data="QUJD")),
    st.just(Opaque(ORIGIN, "x", msgspec.Raw(b"{}"))),
)
candidates = st.lists(
    st.builds(
        lambda found, finish: Candidate(blocks=tuple(found), finish=finish, raw_finish="raw", stop_sequence="x"),
        st.lists(blocks, max_size=4),
        st.sampled_from([None, "stop", "tool_calls"]),
    ),
    max_size=2,
).map(lambda found: tuple(msgspec.structs.replace(one, index=number) for number, one in enumerate(found)))


@given(candidates, st.sampled_from([Usage(), Usage(1, 2, source="upstream")]))
def test_there_and_back(found: tuple[Candidate, ...], usage: Usage) -> None:
    response = Response(id="r", model="m", created=5, candidates=found, usage=usage, service_tier="t", fingerprint="f")
    assert fold(unfold(response)) == response


def test_logprobs_follow_on_each_other() -> None:
    def stream(*pieces: bytes) -> Response:
        deltas = [TextDelta(0, "a", 0, msgspec.Raw(piece)) for piece in pieces]
        return fold([BlockStart(0, Text("")), *deltas, BlockStop(0), Finished("stop")], "chat")

    assert stream(b"[1]", b"[2]").candidates[0].logprobs == msgspec.Raw(b"[1,2]")
    assert stream(b'{"a":[1],"b":null}', b'{"a":[2]}').candidates[0].logprobs == msgspec.Raw(b'{"a":[1,2],"b":null}')
    assert stream(b"5", b"6").candidates[0].logprobs == msgspec.Raw(b"5")
    (again,) = fold(unfold(stream(b"[1]")), "chat").candidates
    assert (again.logprobs, again.logprobs_protocol) == (msgspec.Raw(b"[1]"), "chat")


def test_a_signature_may_say_who_made_it() -> None:
    folder = Folder()
    folder.feed([Start("r"), BlockStart(0, Thinking()), TextDelta(0, "a"), SignatureDelta(0, "s", "e", ORIGIN)])
    (block,) = folder.response().candidates[0].blocks
    assert block == Thinking("a", signature="s", encrypted="e", origin=ORIGIN)
    assert not folder.complete


def test_deltas_of_blocks_that_never_began_are_left_out() -> None:
    folder = Folder()
    folder.feed([TextDelta(1, "a"), ArgumentsDelta(1, "b"), CitationDelta(1, Citation("url")), Failed("kind", "why")])
    assert folder.response().candidates == ()
    assert folder.failed == Failed("kind", "why")


def test_a_call_whose_arguments_never_came_has_none() -> None:
    found = fold([BlockStart(0, ToolCall("c", "f", "")), BlockStart(1, ToolCall("d", "g", "", custom=True))])
    assert [block.arguments for block in found.candidates[0].blocks] == ["{}", ""]  # type: ignore[union-attr]
