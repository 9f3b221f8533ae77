"""Thoughts that open models write into their text, between <think> and </think>, become Thinking blocks.

A filter of streams (`feed` and `finish`, one object per stream) and a function for whole answers, between a reader and
a writer; the other direction is think_text.py. It knows no wire format. The events that it is given are its own: some
are changed and handed on.
"""

import msgspec

from adapters.canonical.blocks import Block, Text, Thinking
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

TAGS = ("think", "thinking", "thought", "reasoning")
"""Names of the tag that are understood: DeepSeek, Qwen, MiniMax and GLM write the first."""

_OPENING = tuple(f"<{tag}>" for tag in TAGS)
_CLOSING = "</think>"
_SPACE = " \t\r\n"
_MAX_SPACE = 64
"""White space that may belong to a tag is held back, at most so much of it."""


class _Run:
    """A text block on its way through: what it has been found to be, and the text that is not yet decided."""

    __slots__ = ("candidate", "closing", "first", "held", "number", "state", "untagged")

    def __init__(self, first: Text, candidate: int, untagged: str) -> None:
        self.first = first
        self.candidate = candidate
        self.state = "look"  # it may begin with a tag; "think"; "after": white space behind the tag; "text"
        self.untagged = untagged  # the state of what begins with no tag
        self.closing = _CLOSING
        self.held = ""
        self.number = -1  # of the block that is open at the reader of this filter, -1: none


class ThinkTags:
    """<think>...</think> at the beginning of a text block becomes a Thinking block.

    `implied`: the opening tag was in the prompt, so that the first text of each answer begins with thoughts. White
    space around the tags is dropped; thoughts of nothing but white space leave no block.
    """

    __slots__ = ("_implied", "_next", "_numbers", "_runs", "_seen")

    def __init__(self, *, implied: bool = False) -> None:
        self._implied = implied
        self._seen: set[int] = set()
        self._runs: dict[int, _Run] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0

    def feed(self, events: list[Event]) -> list[Event]:
        """The same events with the blocks parted."""
        out: list[Event] = []
        for event in events:
            kind = type(event)
            if kind is TextDelta:
                self._delta(event, out)  # type: ignore[arg-type]  # by kind
            elif kind in _UNNUMBERED:
                if kind is End or kind is Failed:
                    self._end_all(out)
                out.append(event)
            elif kind is BlockStart:
                self._start(event, out)  # type: ignore[arg-type]  # by kind
            elif kind is BlockStop:
                self._stop(event.block, event, out)  # type: ignore[union-attr]  # by kind
            else:
                self._other(event, out)  # type: ignore[arg-type]  # by kind
        return out

    def finish(self) -> list[Event]:
        """What was held back when the stream ended early."""
        out: list[Event] = []
        self._end_all(out)
        return out

    def _start(self, event: BlockStart, out: list[Event]) -> None:
        first = event.first
        if type(first) is not Text:
            self._open(event.block, event, out)
            return
        implied = self._implied and event.candidate not in self._seen
        self._seen.add(event.candidate)
        run = _Run(first, event.candidate, "think" if implied else "text")
        if first.text:
            run.first = msgspec.structs.replace(first, text="")
        self._runs[event.block] = run
        if first.text:
            self._delta(TextDelta(event.block, first.text), out)

    def _open(self, block: int, event: BlockStart, out: list[Event]) -> None:
        self._numbers[block] = event.block = self._next
        self._next += 1
        out.append(event)

    def _delta(self, event: TextDelta, out: list[Event]) -> None:
        run = self._runs.get(event.block)
        if run is None:
            event.block = self._numbers.get(event.block, event.block)
            out.append(event)
            return
        if run.state == "text" and run.number >= 0:
            event.block = run.number
            out.append(event)
            return
        text = run.held + event.text
        run.held = ""
        self._decide(run, text, event, out)

    def _decide(self, run: _Run, text: str, event: TextDelta | None, out: list[Event]) -> None:
        """Take the undecided `text` as far as it goes; the rest is held."""
        if run.state == "look":
            bare = text.lstrip(_SPACE)
            tag = next((tag for tag in _OPENING if bare.startswith(tag)), "")
            if tag:
                run.state = "think"
                run.closing = f"</{tag[1:]}"
                text = bare[len(tag) :]
            elif len(text) < _MAX_SPACE and any(tag.startswith(bare) for tag in _OPENING):
                run.held = text
                return
            else:
                run.state = run.untagged
        if run.state == "think":
            thought, closing, rest = text.partition(run.closing)
            if not closing:
                self._emit(run, self._hold(run, text), event, out, thinking=True)
                return
            self._emit(run, thought.rstrip(_SPACE), event, out, thinking=True)
            self._close(run, out)
            run.state = "after"
            text = rest
        if run.state == "after":
            text = text.lstrip(_SPACE)
            if not text:
                return
            run.state = "text"
        self._emit(run, text, event, out, thinking=False)

    @staticmethod
    def _hold(run: _Run, text: str) -> str:
        """What may be said now: not the beginning of a closing tag, nor white space that may stand before it."""
        keep = len(text)
        found = text.rfind("<", max(0, keep - len(run.closing)))
        if found >= 0 and run.closing.startswith(text[found:]):
            keep = found
        bare = len(text[:keep].rstrip(_SPACE))
        if keep - bare <= _MAX_SPACE:
            keep = bare
        run.held = text[keep:]
        return text[:keep]

    def _emit(self, run: _Run, text: str, event: TextDelta | None, out: list[Event], *, thinking: bool) -> None:
        if thinking and run.number < 0:
            text = text.lstrip(_SPACE)
        if not text:
            return
        if run.number < 0:
            first: Block = Thinking() if thinking else run.first
            run.number = self._next
            self._next += 1
            out.append(BlockStart(run.number, first, run.candidate))
        logprobs = event.logprobs if event is not None and not thinking else None
        out.append(TextDelta(run.number, text, 0, logprobs))

    @staticmethod
    def _close(run: _Run, out: list[Event]) -> None:
        if run.number >= 0:
            out.append(BlockStop(run.number))
            run.number = -1

    def _stop(self, block: int, event: Event, out: list[Event]) -> None:
        run = self._runs.pop(block, None)
        if run is None:
            event.block = self._numbers.pop(block, block)  # type: ignore[union-attr]  # a BlockStop
            out.append(event)
            return
        empty = run.state == "look" and not run.held and run.untagged == "text"
        if run.held:
            thinking = run.state == "think" or (run.state == "look" and run.untagged == "think")
            self._emit(run, run.held.rstrip(_SPACE) if thinking else run.held, None, out, thinking=thinking)
        if empty:  # a text block without text stays one
            out.append(BlockStart(self._next, run.first, run.candidate))
            out.append(BlockStop(self._next))
            self._next += 1
        self._close(run, out)

    def _other(self, event: ArgumentsDelta | SignatureDelta | CitationDelta, out: list[Event]) -> None:
        run = self._runs.get(event.block)
        if run is not None:
            if run.number < 0:  # a citation before its text: the block is text
                run.state = "text"
                self._emit_start(run, out)
            event.block = run.number
        else:
            event.block = self._numbers.get(event.block, event.block)
        out.append(event)

    def _emit_start(self, run: _Run, out: list[Event]) -> None:
        run.number = self._next
        self._next += 1
        out.append(BlockStart(run.number, run.first, run.candidate))
        if run.held:
            out.append(TextDelta(run.number, run.held))
            run.held = ""

    def _end_all(self, out: list[Event]) -> None:
        for block in list(self._runs):
            self._stop(block, BlockStop(block), out)


_UNNUMBERED = frozenset({Start, UsageSeen, Finished, End, Failed})


def think_response(response: Response, *, implied: bool = False) -> Response:
    """The same for a whole answer."""
    return msgspec.structs.replace(
        response, candidates=tuple(_think_candidate(each, implied) for each in response.candidates)
    )


def _think_candidate(candidate: Candidate, implied: bool) -> Candidate:
    blocks: list[Block] = []
    for block in candidate.blocks:
        if type(block) is Text:
            blocks.extend(_parted(block, implied))
            implied = False
        else:
            blocks.append(block)
    return msgspec.structs.replace(candidate, blocks=tuple(blocks))


def _parted(block: Text, implied: bool) -> list[Block]:
    bare = block.text.lstrip(_SPACE)
    tag = next((tag for tag in _OPENING if bare.startswith(tag)), "")
    if not tag and not implied:
        return [block]
    thought, _, rest = bare[len(tag) :].partition(f"</{tag[1:]}" if tag else _CLOSING)
    thought, rest = thought.strip(_SPACE), rest.lstrip(_SPACE)
    found: list[Block] = [Thinking(thought)] if thought else []
    return [*found, msgspec.structs.replace(block, text=rest)] if rest or block.citations else found
