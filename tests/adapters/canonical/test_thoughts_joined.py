"""Thoughts of several parts, and several thoughts: a stream says them with the same spaces as a whole answer."""

import pytest

from adapters.canonical.blocks import Origin, Text, Thinking
from adapters.canonical.events import TextDelta
from adapters.canonical.fold import fold, unfold
from adapters.canonical.response import Candidate, Response
from tests.golden.matrix import PROTOCOLS, asker, conversion

CLAUDE = Origin("messages")
PARTS = (Thinking("a\n\nb", parts=("a", "b"), summary=True, id="rs_1"), Text("hi"))
SEVERAL = (
    Thinking("a", origin=CLAUDE, protocol="messages", signature="s1"),
    Thinking("b", origin=CLAUDE, protocol="messages", signature="s2"),
    Text("hi"),
)


def _thoughts(response: Response) -> list[str]:
    return [block.text for block in response.candidates[0].blocks if isinstance(block, Thinking)]


def _both(blocks, protocol):
    answer = Response(id="x", model="m", candidates=(Candidate(blocks=blocks, finish="stop"),), protocol="other")
    made = conversion(protocol)
    reader = made.reader()
    events = reader.feed(made.writer(asker(protocol)).feed(unfold(answer))) + reader.finish()
    return made.read_response(made.write_response(answer, asker(protocol))), fold(events, protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_parts_of_one_thought(protocol):
    whole, streamed = _both(PARTS, protocol)
    assert _thoughts(whole) == _thoughts(streamed) == ["a\n\nb"]


@pytest.mark.parametrize("protocol", [name for name in PROTOCOLS if name != "gemini"])
def test_several_thoughts(protocol):
    """Each with its own words: a signature is good for these only. (A Gemini client tells them by their pieces.)"""
    whole, streamed = _both(SEVERAL, protocol)
    assert _thoughts(whole) == _thoughts(streamed) == ["a", "b"]
    signed = [block.signature for block in streamed.candidates[0].blocks if isinstance(block, Thinking)]
    assert signed == ["s1", "s2"] or protocol == "responses"


def test_a_chat_client_sees_the_space_between():
    made = conversion("chat")
    answer = Response(candidates=(Candidate(blocks=SEVERAL, finish="stop"),))
    out = made.writer(asker("chat")).feed(unfold(answer))
    assert b'"reasoning_content":"a"' in out
    assert b'"reasoning_content":"\\n\\nb"' in out


def test_words_of_its_own_protocol_go_on_as_they_came():
    """A server of Chat that thinks, speaks and thinks again has one reasoning, whatever is between."""
    made = conversion("chat")
    reader, writer = made.reader(), made.writer(asker("chat"))
    pieces = ('"reasoning_content":"a "', '"content":"x"', '"reasoning_content":"b"')
    chunks = [b'data: {"id":"c","choices":[{"index":0,"delta":{%b}}]}\n\n' % piece.encode() for piece in pieces]
    events = reader.feed(b"".join(chunks))
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["a ", "x", "b"]
    assert b'"reasoning_content":"b"' in writer.feed(events)
