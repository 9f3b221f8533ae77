"""A stream as a whole answer, and a whole answer as a stream.

For clients that want the one from a provider that gives the other. Knows no wire format.
"""

from collections.abc import Iterable

import msgspec

from adapters.canonical.blocks import Block, Citation, Origin, Refusal, Text, Thinking, ToolCall
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
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage

_replace = msgspec.structs.replace
_logprobs = msgspec.json.Decoder(dict[str, list[msgspec.Raw] | None])


class _Open:
    """A block while its deltas come in."""

    __slots__ = ("arguments", "citations", "encrypted", "first", "origin", "parts", "signature", "text")

    def __init__(self, first: Block) -> None:
        self.first = first
        self.text: list[str] = []
        self.parts: dict[int, list[str]] = {}
        self.arguments: list[str] = []
        self.citations: list[Citation] = []
        self.signature = ""
        self.encrypted = ""
        self.origin: Origin | None = None

    def whole(self) -> Block:
        first = self.first
        if isinstance(first, Text):
            return _replace(
                first,
                text=first.text + "".join(self.text),
                citations=first.citations + tuple(self.citations),
                signature=self.signature or first.signature,
                origin=self.origin or first.origin,
            )
        if isinstance(first, Refusal):
            return _replace(first, text=first.text + "".join(self.text))
        if isinstance(first, Thinking):
            parts = tuple("".join(texts) for _, texts in sorted(self.parts.items()))
            text = "".join(self.text) if len(parts) < 2 else "\n\n".join(parts)
            return _replace(
                first,
                text=first.text + text,
                parts=first.parts or (parts if len(parts) > 1 else ()),
                signature=self.signature or first.signature,
                encrypted=self.encrypted or first.encrypted,
                origin=self.origin or first.origin,
            )
        if isinstance(first, ToolCall):
            arguments = first.arguments if not self.arguments else "".join(self.arguments)
            return _replace(
                first,
                arguments=arguments or ("" if first.custom else "{}"),
                signature=self.signature or first.signature,
                origin=self.origin or first.origin,
            )
        return first


class Folder:
    """Takes the events of one stream, in any portions. `failed` is what the provider reported, `complete`: End came."""

    __slots__ = ("_blocks", "_finished", "_logprobs", "_order", "_start", "complete", "failed", "usage")

    def __init__(self) -> None:
        self._start = Start()
        self._blocks: dict[int, _Open] = {}
        self._order: dict[int, list[int]] = {}
        self._finished: dict[int, Finished] = {}
        self._logprobs: dict[int, list[msgspec.Raw]] = {}
        self.usage = Usage()
        self.complete = False
        self.failed: Failed | None = None

    def feed(self, events: Iterable[Event]) -> None:
        """Take more events; a delta of a block that never began is left out."""
        for event in events:
            match event:
                case TextDelta() | ArgumentsDelta() | SignatureDelta() | CitationDelta():
                    block_open = self._blocks.get(event.block)
                    if block_open is not None:
                        self._delta(block_open, event)
                case BlockStart(block=block, first=first, candidate=candidate):
                    self._blocks[block] = _Open(first)
                    self._order.setdefault(candidate, []).append(block)
                case Finished(candidate=candidate):
                    self._finished[candidate] = event
                case UsageSeen(usage=usage):
                    self.usage = usage
                case Start():
                    self._start = event
                case End():
                    self.complete = True
                case Failed():
                    self.failed = event

    def response(self, protocol: str = "") -> Response:
        """What came so far, as a whole; `protocol` is the stream's."""
        start = self._start
        numbers = sorted(self._order.keys() | self._finished.keys())
        return Response(
            id=start.id,
            model=start.model,
            created=start.created,
            candidates=tuple(self._candidate(number, protocol) for number in numbers),
            usage=self.usage,
            service_tier=start.service_tier,
            fingerprint=start.fingerprint,
            protocol=protocol,
        )

    def _delta(self, block: _Open, event: TextDelta | ArgumentsDelta | SignatureDelta | CitationDelta) -> None:
        if isinstance(event, TextDelta):
            block.text.append(event.text)
            if isinstance(block.first, Thinking):
                block.parts.setdefault(event.part, []).append(event.text)
            if event.logprobs is not None:
                self._logprobs.setdefault(event.block, []).append(event.logprobs)
        elif isinstance(event, ArgumentsDelta):
            block.arguments.append(event.text)
        elif isinstance(event, CitationDelta):
            block.citations.append(event.citation)
        else:
            block.signature = event.signature or block.signature
            block.encrypted = event.encrypted or block.encrypted
            block.origin = event.origin or block.origin

    def _candidate(self, number: int, protocol: str) -> Candidate:
        order = self._order.get(number, ())
        end = self._finished.get(number, Finished(None))
        logprobs = _joined([raw for block in order for raw in self._logprobs.get(block, ())])
        return Candidate(
            index=number,
            blocks=tuple(self._blocks[block].whole() for block in order),
            finish=end.finish,
            raw_finish=end.raw_finish,
            stop_sequence=end.stop_sequence,
            logprobs=logprobs,
            logprobs_protocol=protocol if logprobs is not None else "",
            protocol=end.protocol or protocol,
            extra=end.extra,
        )


def fold(events: Iterable[Event], protocol: str = "") -> Response:
    """The whole answer that a stream of these events is."""
    folder = Folder()
    folder.feed(events)
    return folder.response(protocol)


def _joined(pieces: list[msgspec.Raw]) -> msgspec.Raw | None:
    """Logprobs of a whole answer: objects whose lists follow on each other, or lists that do."""
    if len(pieces) < 2:
        return pieces[0] if pieces else None
    merged: dict[str, list[msgspec.Raw] | None] = {}
    try:
        for piece in pieces:
            for name, values in _logprobs.decode(piece).items():
                merged[name] = (merged.get(name) or []) + values if values is not None else merged.get(name)
    except UNREADABLE:
        try:
            listed = [one for piece in pieces for one in msgspec.json.decode(piece, type=list[msgspec.Raw])]
        except UNREADABLE:
            return pieces[0]
        return msgspec.Raw(msgspec.json.encode(listed))
    return msgspec.Raw(msgspec.json.encode(merged))


def unfold(response: Response) -> list[Event]:
    """The events of a stream that says the same: each block in one piece."""
    events: list[Event] = [
        Start(response.id, response.model, response.created, response.service_tier, response.fingerprint)
    ]
    number = 0
    for candidate in response.candidates:
        logprobs = candidate.logprobs
        for block in candidate.blocks:
            if isinstance(block, Text) and logprobs is not None:
                _block(events, number, block, candidate.index, logprobs)
                logprobs = None
            else:
                _block(events, number, block, candidate.index, None)
            number += 1
        ended = (candidate.finish, candidate.index, candidate.raw_finish, candidate.stop_sequence)
        events.append(Finished(*ended, candidate.protocol if candidate.extra else "", candidate.extra))
    if response.usage.source != "none":
        events.append(UsageSeen(response.usage))
    events.append(End())
    return events


def _block(events: list[Event], number: int, block: Block, candidate: int, logprobs: msgspec.Raw | None) -> None:
    if isinstance(block, Text):
        events.append(BlockStart(number, _replace(block, text="", citations=(), signature=""), candidate))
        if block.text or logprobs is not None:
            events.append(TextDelta(number, block.text, 0, logprobs))
        events += [CitationDelta(number, citation) for citation in block.citations]
        _signed(events, number, block)
    elif isinstance(block, Refusal):
        events += [BlockStart(number, Refusal(""), candidate), TextDelta(number, block.text)]
    elif isinstance(block, Thinking):
        events.append(BlockStart(number, _replace(block, text="", parts=(), signature=""), candidate))
        for part, text in enumerate(block.parts or ((block.text,) if block.text else ())):
            events.append(TextDelta(number, text, part))
        _signed(events, number, block)
    elif isinstance(block, ToolCall):
        events.append(BlockStart(number, _replace(block, arguments=""), candidate))
        if block.arguments:
            events.append(ArgumentsDelta(number, block.arguments))
    else:
        events.append(BlockStart(number, block, candidate))
    events.append(BlockStop(number))


def _signed(events: list[Event], number: int, block: Text | Thinking) -> None:
    if block.signature:
        events.append(SignatureDelta(number, block.signature, origin=block.origin))
