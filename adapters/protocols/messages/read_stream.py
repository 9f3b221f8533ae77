"""Streams, read: https://docs.claude.com/en/docs/build-with-claude/streaming (2026-11)."""

from typing import TypeAlias

import msgspec

from adapters.canonical.blocks import Refusal, Text, Thinking, ToolCall
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
from adapters.protocols.messages.citations import NAME, read_citation
from adapters.protocols.messages.finish import read_finish
from adapters.protocols.messages.read_answer import ORIGIN, WireBlock, read_other
from adapters.protocols.messages.read_response import StopDetails
from adapters.protocols.messages.usage import WireUsage
from adapters.sse import Decoder, Frame
from adapters.unreadable import UNREADABLE


class _Head(msgspec.Struct, gc=False):
    id: str | None = None
    model: str | None = None
    usage: WireUsage | None = None


class _MessageStart(msgspec.Struct, gc=False, tag="message_start"):
    message: _Head


class _BlockStart(msgspec.Struct, gc=False, tag="content_block_start"):
    index: int
    content_block: msgspec.Raw


class _TextDelta(msgspec.Struct, gc=False, tag="text_delta"):
    text: str


class _ThinkingDelta(msgspec.Struct, gc=False, tag="thinking_delta"):
    thinking: str


class _InputDelta(msgspec.Struct, gc=False, tag="input_json_delta"):
    partial_json: str


class _SignatureDelta(msgspec.Struct, gc=False, tag="signature_delta"):
    signature: str


class _CitationsDelta(msgspec.Struct, gc=False, tag="citations_delta"):
    citation: msgspec.Raw


class _CompactionDelta(msgspec.Struct, gc=False, tag="compaction_delta"):
    content: msgspec.Raw = msgspec.Raw(b"null")
    encrypted_content: msgspec.Raw = msgspec.Raw(b"null")


class _BlockDelta(msgspec.Struct, gc=False, tag="content_block_delta"):
    index: int
    delta: _TextDelta | _ThinkingDelta | _InputDelta | _SignatureDelta | _CitationsDelta | _CompactionDelta


class _BlockStop(msgspec.Struct, gc=False, tag="content_block_stop"):
    index: int


class _Ended(msgspec.Struct, gc=False):
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: StopDetails | None = None


class _MessageDelta(msgspec.Struct, gc=False, tag="message_delta"):
    delta: _Ended | None = None
    usage: WireUsage | None = None


class _MessageStop(msgspec.Struct, gc=False, tag="message_stop"):
    pass


class _Ping(msgspec.Struct, gc=False, tag="ping"):
    pass


class _Said(msgspec.Struct, gc=False):
    type: str = ""
    message: str = ""


class _Error(msgspec.Struct, gc=False, tag="error"):
    error: _Said | None = None


class _Unknown(msgspec.Struct, gc=False):
    type: str
    delta: "_Unknown | None" = None


_Wire: TypeAlias = (
    _MessageStart | _BlockStart | _BlockDelta | _BlockStop | _MessageDelta | _MessageStop | _Ping | _Error
)

_KNOWN = frozenset({
    "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
    "message_stop", "error", "text_delta", "thinking_delta", "input_json_delta", "signature_delta", "citations_delta",
    "compaction_delta",
})  # fmt: skip

_wire = msgspec.json.Decoder(_Wire)
_unknown = msgspec.json.Decoder(_Unknown)
_block = msgspec.json.Decoder(WireBlock)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Open:
    """A block that has begun. `held`: it is told when it is complete, for it comes in one piece."""

    __slots__ = ("begun", "held", "number", "pieces", "wire")

    def __init__(self, wire: WireBlock, number: int, held: dict[str, msgspec.Raw] | None = None) -> None:
        self.wire = wire
        self.number = number
        self.held = held
        self.begun = False  # something of its text or input has been told
        self.pieces: list[str] = []


class StreamReader:
    """Bytes of a provider's stream into events. What it does not know it reads over; it never raises."""

    __slots__ = ("_blocks", "_decoder", "_numbers", "_over", "_said", "_usage")

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._blocks: dict[int, _Open] = {}
        self._numbers = 0
        self._usage: WireUsage | None = None
        self._said = False
        self._over = False

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are complete with these bytes."""
        events = self._read(self._decoder.feed(chunk), cut=False)
        if self._decoder.too_long and not self._over:
            self._over = True
            events.append(Failed("invalid_event"))
        return events

    def finish(self) -> list[Event]:
        """The upstream has ended: what is complete; no End where there was none."""
        return self._read(self._decoder.flush(), cut=True)

    def _read(self, frames: list[Frame], *, cut: bool) -> list[Event]:
        events: list[Event] = []
        for _, data in frames:
            if self._over:
                break
            try:
                wire = _wire.decode(data)
                # Nearly all events are these.
                if type(wire) is _BlockDelta:
                    self._delta(wire, events)
                else:
                    self._other(wire, events)
            except UNREADABLE:
                if not cut and not _reads_over(data):
                    self._over = True
                    events.append(Failed("invalid_event"))
        return events

    def _delta(self, wire: _BlockDelta, events: list[Event]) -> None:
        opened = self._blocks.get(wire.index)
        if opened is None:
            return
        delta = wire.delta
        kind = type(delta)
        if kind is _TextDelta:
            self._said = True
            events.append(TextDelta(opened.number, delta.text))  # type: ignore[union-attr]  # `kind` says so
        elif kind is _InputDelta:
            piece = delta.partial_json  # type: ignore[union-attr]  # `kind` says so
            if opened.held is not None:
                opened.pieces.append(piece)
            elif piece:
                opened.begun = True
                events.append(ArgumentsDelta(opened.number, piece))
        elif kind is _ThinkingDelta:
            events.append(TextDelta(opened.number, delta.thinking))  # type: ignore[union-attr]  # `kind` says so
        elif isinstance(delta, _SignatureDelta):
            events.append(SignatureDelta(opened.number, delta.signature))
        elif isinstance(delta, _CitationsDelta):
            if (citation := read_citation(delta.citation)) is not None:
                events.append(CitationDelta(opened.number, citation))
        elif isinstance(delta, _CompactionDelta) and opened.held is not None:
            opened.held.update(content=delta.content, encrypted_content=delta.encrypted_content)

    def _other(self, wire: _Wire, events: list[Event]) -> None:
        if isinstance(wire, _BlockStart):
            self._start(wire, events)
        elif isinstance(wire, _BlockStop):
            self._stop(wire.index, events)
        elif isinstance(wire, _MessageStart):
            usage = wire.message.usage
            tier = usage.service_tier if usage is not None else None
            events.append(Start(wire.message.id or "", wire.message.model or "", service_tier=tier or ""))
            self._count(usage, events)
        elif isinstance(wire, _MessageDelta):
            self._count(wire.usage, events)
            self._finished(wire.delta, events)
        elif isinstance(wire, _MessageStop):
            self._over = True
            for index in list(self._blocks):
                self._stop(index, events)
            events.append(End())
        elif isinstance(wire, _Error):
            self._over = True
            said = wire.error or _Said()
            events.append(Failed(said.type, said.message))

    def _start(self, wire: _BlockStart, events: list[Event]) -> None:
        block = _block.decode(wire.content_block)
        kind = block.type
        self._stop(wire.index, events)  # of a block that its provider never ended
        if kind not in ("text", "tool_use", "thinking", "redacted_thinking"):
            self._blocks[wire.index] = _Open(block, -1, _object.decode(wire.content_block))
            return
        number = self._numbers
        self._numbers += 1
        self._blocks[wire.index] = _Open(block, number)
        if kind == "text":
            events.append(BlockStart(number, Text("")))
            if block.text:
                self._said = True
                events.append(TextDelta(number, block.text))
            found = map(read_citation, block.citations or ())
            events.extend(CitationDelta(number, citation) for citation in found if citation is not None)
        elif kind == "tool_use":
            extra = (
                {"toolset_name": msgspec.Raw(msgspec.json.encode(block.toolset_name))} if block.toolset_name else None
            )
            call = ToolCall(block.id or "", block.name or "", "", protocol=NAME, extra=extra)
            events.append(BlockStart(number, call))
        elif kind == "thinking":
            events.append(BlockStart(number, Thinking(origin=ORIGIN)))
            if block.thinking:
                events.append(TextDelta(number, block.thinking))
            if block.signature:
                events.append(SignatureDelta(number, block.signature))
        else:
            events.append(BlockStart(number, Thinking(encrypted=block.data or "", origin=ORIGIN)))

    def _stop(self, index: int, events: list[Event]) -> None:
        opened = self._blocks.pop(index, None)
        if opened is None:
            return
        if opened.held is not None:
            if opened.pieces and (text := "".join(opened.pieces)):
                opened.held["input"] = msgspec.Raw(text.encode())
            raw = msgspec.Raw(msgspec.json.encode(opened.held))
            opened.number = self._numbers
            self._numbers += 1
            events.append(BlockStart(opened.number, read_other(opened.wire, raw)))
        elif opened.wire.type == "tool_use" and not opened.begun:
            # Without a piece of it: empty, or some servers give it whole at the start.
            events.append(ArgumentsDelta(opened.number, bytes(opened.wire.input).decode()))
        events.append(BlockStop(opened.number))

    def _count(self, usage: WireUsage | None, events: list[Event]) -> None:
        if usage is not None:
            self._usage = usage.over(self._usage)
            events.append(UsageSeen(self._usage.counted()))

    def _finished(self, ended: _Ended | None, events: list[Event]) -> None:
        if ended is None or ended.stop_reason is None:
            return
        details = ended.stop_details
        if ended.stop_reason == "refusal" and not self._said and details is not None and details.explanation:
            number = self._numbers
            self._numbers += 1
            events += (BlockStart(number, Refusal("")), TextDelta(number, details.explanation), BlockStop(number))
        finish = read_finish(ended.stop_reason)
        events.append(Finished(finish, raw_finish=ended.stop_reason, stop_sequence=ended.stop_sequence))


def _reads_over(data: bytes) -> bool:
    """Whether it is an event, or a delta, of a type that is not known here: it may be new."""
    try:
        event = _unknown.decode(data)
    except UNREADABLE:
        return data.strip() == b"[DONE]"  # what servers of another protocol end every stream with
    return event.type not in _KNOWN or (event.delta is not None and event.delta.type not in _KNOWN)
