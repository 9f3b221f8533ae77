"""Safety rules on answers: a filter of streams and a change of whole answers, between a reader and a writer.

An answer that a rule blocks ends there, as one that the provider's own filter stopped: each protocol has its word for
that. What was masked in a thought takes the thought's signature with it: it would no longer be true.

A tool call goes on when it is complete and its arguments were read: nobody acts on a part of them, and of a call that
is blocked nothing is seen. One of more than MAX_ARGUMENTS characters is looked at as text, piece by piece.
"""

import msgspec

from adapters.canonical.blocks import Block, Refusal, Text, Thinking, ToolCall
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
    TextDelta,
)
from adapters.canonical.response import Candidate, Finish, Response
from adapters.safety.guard import Blocked, Found, Guard
from adapters.safety.window import Window

FINISH: Finish = "content_filter"
MAX_ARGUMENTS = 1 << 20
"""So many characters of a call's arguments are held back."""
_READ = (Text, Refusal, Thinking)


class _Call:
    """A tool call that is not complete. `window` is there once it has become too long to be held."""

    __slots__ = ("pieces", "signature", "size", "start", "window")

    def __init__(self, start: BlockStart, call: ToolCall) -> None:
        self.start = BlockStart(start.block, msgspec.structs.replace(call, arguments=""), start.candidate)
        self.pieces = [call.arguments]
        self.size = len(call.arguments)
        self.signature: SignatureDelta | None = None
        self.window: Window | None = None


class OutputFilter:
    """See translate.Filter. One for each stream; `found` is what it finds, `blocked` the rule's name, "": none."""

    __slots__ = ("_calls", "_candidates", "_guard", "_last", "_open", "_over", "_windows", "blocked", "found")

    def __init__(self, guard: Guard, found: Found) -> None:
        self._guard = guard
        self._windows: dict[int, Window] = {}
        self._calls: dict[int, _Call] = {}
        self._open: dict[int, int] = {}
        self._candidates: set[int] = {0}
        self._last = -1
        self._over = False
        self.found = found
        self.blocked = ""

    def feed(self, events: list[Event]) -> list[Event]:
        """The events that may go on now."""
        if self._over:
            return []
        out: list[Event] = []
        try:
            for event in events:
                self._take(event, out)
        except Blocked as blocked:
            return self._end(blocked, out)
        return out

    def finish(self) -> list[Event]:
        """What was held back when the stream ended early."""
        if self._over:
            return []
        out: list[Event] = []
        try:
            self._flush_all(out)
        except Blocked as blocked:
            return self._end(blocked, out)
        return out

    def _take(self, event: Event, out: list[Event]) -> None:
        kind = type(event)
        if kind is TextDelta:
            self._delta(event, out)  # type: ignore[arg-type]  # by kind
            return
        if kind is BlockStart:
            self._start(event, out)  # type: ignore[arg-type]  # by kind
            return
        if kind is BlockStop:
            self._flush(event.block, out)  # type: ignore[union-attr]  # by kind
            self._open.pop(event.block, None)  # type: ignore[union-attr]  # by kind
        elif kind is ArgumentsDelta and event.block in self._calls:  # type: ignore[union-attr]  # by kind
            self._arguments(self._calls[event.block], event.text, out)  # type: ignore[union-attr]  # by kind
            return
        elif kind is SignatureDelta and event.block in self._calls:  # type: ignore[union-attr]  # by kind
            self._calls[event.block].signature = event  # type: ignore[union-attr, assignment]  # by kind
            return
        elif kind is SignatureDelta or kind is CitationDelta:
            window = self._windows.get(event.block)  # type: ignore[union-attr]  # by kind
            if window is not None and window.changed:
                return
        elif kind is Finished or kind is End or kind is Failed:
            self._flush_all(out)
        out.append(event)

    def _start(self, event: BlockStart, out: list[Event]) -> None:
        first = event.first
        if isinstance(first, ToolCall):
            self._calls[event.block] = _Call(event, first)
            return
        self._began(event)
        if isinstance(first, _READ):
            self._windows[event.block] = Window(self._guard)
            if first.text:
                event = BlockStart(event.block, msgspec.structs.replace(first, text=""), event.candidate)
                out.append(event)
                self._delta(TextDelta(event.block, first.text), out)
                return
        out.append(event)

    def _began(self, event: BlockStart) -> None:
        self._candidates.add(event.candidate)
        self._last = max(self._last, event.block)
        self._open[event.block] = event.candidate

    def _arguments(self, call: _Call, text: str, out: list[Event]) -> None:
        call.size += len(text)
        if call.window is None and call.size <= MAX_ARGUMENTS:
            call.pieces.append(text)
            return
        if call.window is None:
            call.window = Window(self._guard)
            self._began(call.start)
            out.append(call.start)
            text = "".join((*call.pieces, text))
            call.pieces.clear()
        if text := call.window.feed(text, self.found):
            out.append(ArgumentsDelta(call.start.block, text))

    def _flush_call(self, call: _Call, out: list[Event]) -> None:
        block = call.start.block
        if call.window is not None:
            text, changed = call.window.finish(self.found), call.window.changed
        else:
            before = "".join(call.pieces)
            text = self._guard.check_call(before, self.found)
            changed = text != before
            self._began(call.start)
            out.append(_unsigned(call.start) if changed else call.start)
        if text:
            out.append(ArgumentsDelta(block, text))
        if call.signature is not None and not changed:
            out.append(call.signature)

    def _flush_all(self, out: list[Event]) -> None:
        for block in sorted({*self._windows, *self._calls}):
            self._flush(block, out)

    def _delta(self, event: TextDelta, out: list[Event]) -> None:
        window = self._windows.get(event.block)
        if window is None:
            out.append(event)
            return
        text = window.feed(event.text, self.found)
        if text == event.text:
            out.append(event)
        elif text:
            out.append(TextDelta(event.block, text, event.part))

    def _flush(self, block: int, out: list[Event]) -> None:
        call = self._calls.pop(block, None)
        if call is not None:
            self._flush_call(call, out)
            return
        window = self._windows.pop(block, None)
        text = window.finish(self.found) if window is not None else ""
        if text:
            out.append(TextDelta(block, text))

    def _end(self, blocked: Blocked, out: list[Event]) -> list[Event]:
        self._over = True
        self._windows.clear()
        self._calls.clear()
        self.blocked = blocked.rule.name
        out.extend(BlockStop(block) for block in sorted(self._open))
        number = self._last + 1
        out += (BlockStart(number, Text("")), TextDelta(number, blocked.message), BlockStop(number))
        out.extend(Finished(FINISH, candidate, FINISH) for candidate in sorted(self._candidates))
        out.append(End())
        return out


def checked(response: Response, guard: Guard, found: Found) -> Response:
    """A whole answer as it may go on; one that is blocked has the rule's message in place of its text."""
    try:
        return msgspec.structs.replace(
            response, candidates=tuple(_checked(each, guard, found) for each in response.candidates)
        )
    except Blocked as blocked:
        return refused(response, blocked.message)


def refused(response: Response, message: str) -> Response:
    """The answer that a rule leaves of a response."""
    candidates = tuple(
        Candidate(index=each.index, blocks=(Text(message),), finish=FINISH, raw_finish=FINISH)
        for each in response.candidates
    )
    return msgspec.structs.replace(response, candidates=candidates)


def _checked(candidate: Candidate, guard: Guard, found: Found) -> Candidate:
    blocks: list[Block] = []
    changed = False
    for block in candidate.blocks:
        if isinstance(block, _READ):
            text = guard.check(block.text, found)
            if text != block.text:
                changed = True
                blocks.append(_with(block, text))
                continue
        elif isinstance(block, ToolCall):
            arguments = guard.check_call(block.arguments, found)
            if arguments != block.arguments:
                changed = True
                blocks.append(msgspec.structs.replace(block, arguments=arguments, signature="", origin=None))
                continue
        blocks.append(block)
    if not changed:
        return candidate
    return msgspec.structs.replace(candidate, blocks=tuple(blocks), logprobs=None)


def _unsigned(start: BlockStart) -> BlockStart:
    """The start of a call whose arguments are others than those that were signed."""
    return BlockStart(start.block, msgspec.structs.replace(start.first, signature="", origin=None), start.candidate)


def _with(block: Text | Refusal | Thinking, text: str) -> Text | Refusal | Thinking:
    """The block with another text, without what was true of the old one only."""
    if isinstance(block, Thinking):
        return Thinking(text)
    return Text(text) if isinstance(block, Text) else Refusal(text)
