"""Thoughts written out for clients that know no thinking: <think>...</think> in the text, before the answer.

A filter of streams (`feed` and `finish`, one object per stream) and a function for whole answers; the other direction
is think_tags.py. Signatures and encrypted thoughts have no place in a text and are left out.
"""

import msgspec

from adapters.canonical.blocks import Block, Text, Thinking
from adapters.canonical.events import BlockStart, BlockStop, End, Event, Failed, SignatureDelta, TextDelta
from adapters.canonical.response import Candidate, Response

OPENING = "<think>\n"
CLOSING = "\n</think>\n\n"


class _Thought(msgspec.Struct):
    """A thinking block on its way through; `number` -1: nothing of it has been said."""

    candidate: int
    number: int = -1
    part: int = 0


class ThinkingToText:
    """Each Thinking block becomes a Text block in tags; one without text leaves nothing."""

    __slots__ = ("_next", "_numbers", "_thoughts")

    def __init__(self) -> None:
        self._thoughts: dict[int, _Thought] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0

    def feed(self, events: list[Event]) -> list[Event]:
        """The same events with thoughts as text."""
        out: list[Event] = []
        for event in events:
            if isinstance(event, BlockStart):
                self._start(event, out)
            elif isinstance(event, TextDelta) and event.block in self._thoughts:
                self._delta(event, out)
            elif isinstance(event, SignatureDelta) and event.block in self._thoughts:
                continue
            elif isinstance(event, BlockStop) and event.block in self._thoughts:
                self._stop(event.block, out)
            elif isinstance(event, End | Failed):
                out.extend(self.finish())
                out.append(event)
            else:
                number = getattr(event, "block", None)
                if number is not None:
                    event.block = self._numbers.get(number, number)  # type: ignore[union-attr]  # it has one
                out.append(event)
        return out

    def finish(self) -> list[Event]:
        """The closing tags of what is still open."""
        out: list[Event] = []
        for block in list(self._thoughts):
            self._stop(block, out)
        return out

    def _start(self, event: BlockStart, out: list[Event]) -> None:
        first = event.first
        if isinstance(first, Thinking):
            self._thoughts[event.block] = _Thought(event.candidate)
            if first.text:
                self._delta(TextDelta(event.block, first.text), out)
            return
        self._numbers[event.block] = event.block = self._next
        self._next += 1
        out.append(event)

    def _delta(self, event: TextDelta, out: list[Event]) -> None:
        thought = self._thoughts[event.block]
        text = event.text
        if not text:
            return
        if thought.number < 0:
            thought.number = self._next
            self._next += 1
            out.append(BlockStart(thought.number, Text(""), thought.candidate))
            text = OPENING + text
        elif event.part != thought.part:
            text = "\n\n" + text
        thought.part = event.part
        out.append(TextDelta(thought.number, text))

    def _stop(self, block: int, out: list[Event]) -> None:
        number = self._thoughts.pop(block).number
        if number >= 0:
            out.append(TextDelta(number, CLOSING))
            out.append(BlockStop(number))


def think_text_response(response: Response) -> Response:
    """The same for a whole answer."""
    return msgspec.structs.replace(response, candidates=tuple(map(_candidate, response.candidates)))


def _candidate(candidate: Candidate) -> Candidate:
    blocks: list[Block] = []
    for block in candidate.blocks:
        if not isinstance(block, Thinking):
            blocks.append(block)
        elif text := "\n\n".join(block.parts) or block.text:
            blocks.append(Text(f"{OPENING}{text}{CLOSING}"))
    return msgspec.structs.replace(candidate, blocks=tuple(blocks))
