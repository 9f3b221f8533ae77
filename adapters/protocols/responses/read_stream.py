"""A stream of Responses events, into the neutral form.

https://platform.openai.com/docs/api-reference/responses-streaming (2026-11). Text, reasoning and calls of the client's
tools are read as they come (stream_blocks.py). An item of any other kind is read when it is done: what its own events
say before (code of an interpreter, progress of a search) is in it. Events of kinds that are not known say nothing.
"""

import msgspec

from adapters.canonical.events import End, Event, Failed, Finished, Start, UsageSeen
from adapters.protocols.responses.read_response import Answer, finish_of, read_output
from adapters.protocols.responses.stream_blocks import Blocks, Wire
from adapters.sse import Decoder
from adapters.unreadable import UNREADABLE

_wire = msgspec.json.Decoder(Wire)
_answer = msgspec.json.Decoder(Answer)

_INVALID = "invalid_event"


class _Said(msgspec.Struct):
    code: str | int | None = None
    type: str | None = None
    message: str | None = None


_said = msgspec.json.Decoder(_Said)


class StreamReader:
    """Feed it every chunk in order. Never raises: what cannot be read is Failed("invalid_event"), and the last."""

    __slots__ = ("_blocks", "_decoder", "_over", "_started")

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._blocks = Blocks()
        self._started = False
        self._over = False

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are complete with these bytes."""
        events: list[Event] = []
        for name, data in self._decoder.feed(chunk):
            if self._over:
                break
            try:
                wire = _wire.decode(data)
            except UNREADABLE:
                self._unreadable(data, events)
                continue
            self._take(wire, name, events)
        if self._decoder.too_long and not self._over:
            self._fail(_INVALID, "an event without end", events)
        return events

    def finish(self) -> list[Event]:
        """The upstream has ended: the last event where it is whole, and nothing that was not said."""
        events: list[Event] = []
        for name, data in self._decoder.flush():
            try:
                wire = _wire.decode(data)
            except UNREADABLE:
                break
            if not self._over:
                self._take(wire, name, events)
        return events

    def _take(self, wire: Wire, name: bytes, events: list[Event]) -> None:
        kind = wire.type or name.decode("ascii", "replace")
        handler = self._blocks.handlers.get(kind)
        if handler is not None:
            if not self._started:
                self._start(Start(), events)
            try:
                handler(wire, events)
            except UNREADABLE as error:
                self._fail(_INVALID, str(error), events)
        elif kind in {"response.created", "response.queued", "response.in_progress"}:
            self._begin(wire, events)
        elif kind in {"response.completed", "response.incomplete", "response.failed", "response.cancelled"}:
            self._end(wire, kind, events)
        elif kind == "error" or (not kind and wire.error):
            self._error(wire, events)

    def _start(self, start: Start, events: list[Event]) -> None:
        self._started = True
        events.append(start)

    def _begin(self, wire: Wire, events: list[Event]) -> None:
        if self._started:
            return
        try:
            answer = _answer.decode(wire.response)
        except UNREADABLE:
            return  # a later one may be better; without any the stream has no name
        self._start(
            Start(answer.id or "", answer.model or "", int(answer.created_at or 0), answer.service_tier or ""), events
        )

    def _end(self, wire: Wire, kind: str, events: list[Event]) -> None:
        try:
            answer = _answer.decode(wire.response)
        except UNREADABLE as error:
            self._fail(_INVALID, str(error), events)
            return
        self._begin(wire, events)
        blocks = self._blocks
        blocks.close_all(events)
        try:
            for item in blocks.missing(answer.output or []):
                for block in read_output([item]):
                    blocks.whole(block, events)
        except ValueError as error:
            self._fail(_INVALID, str(error), events)
            return
        usage = answer.counted()
        if usage.source == "upstream":
            events.append(UsageSeen(usage))
        if kind in {"response.failed", "response.cancelled"}:
            said = answer.error
            code = "" if said is None else str(said.code or said.type or "")
            self._fail(code or kind, (said.message or "") if said is not None else "", events)
            return
        self._over = True
        if not answer.raw_finish():
            answer.status = kind.rpartition(".")[2]
        finish = finish_of(answer, called=blocks.called, refused=blocks.refused)
        events.append(Finished(finish, raw_finish=answer.raw_finish()))
        events.append(End())

    def _error(self, wire: Wire, events: list[Event]) -> None:
        said = _Said(str(wire.code or "") or None, None, wire.message)
        if wire.error:
            try:
                said = _said.decode(wire.error)
            except UNREADABLE:
                said = _Said(message=bytes(wire.error)[:200].decode("utf-8", "replace"))
        self._fail(str(said.code or said.type or "error"), said.message or "", events)

    def _unreadable(self, data: bytes, events: list[Event]) -> None:
        """[DONE] and what comments begin with are no events; anything else that is no JSON object ends the stream."""
        if data.strip() != b"[DONE]":
            self._fail(_INVALID, "an event that cannot be read", events)

    def _fail(self, kind: str, message: str, events: list[Event]) -> None:
        self._over = True
        events.append(Failed(kind, message))
