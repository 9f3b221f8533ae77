"""From one protocol to another: what is done with a request, and an answer's way back.

`plan` decides, Translated converts a stream with the interface of a tap (answers in one piece: whole.py). Knows what a
protocol has to offer, and no protocol.
"""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from adapters.canonical.blocks import ToolCall
from adapters.canonical.events import (
    ArgumentsDelta,
    BlockStart,
    End,
    Event,
    Failed,
    Finished,
    Start,
    TextDelta,
    UsageSeen,
)
from adapters.contract import Reader, Writer
from adapters.errors import GatewayError
from adapters.usage import Usage, estimate

Kind: TypeAlias = Literal["passthrough", "convert", "estimate"]


class Plan(msgspec.Struct, frozen=True):
    """How a request goes to a channel. `operation` is what is called there.

    passthrough: the client's bytes with listed edits; convert: through the neutral form; estimate: answered by the
    gateway itself (tokens counted for a protocol that cannot count).
    """

    kind: Kind
    client: str
    upstream: str
    operation: str

    @property
    def words(self) -> str:
        """For records and for people: "passthrough", "messages to chat"."""
        return f"{self.client} to {self.upstream}" if self.kind == "convert" else self.kind


# Operation of the client -> what may stand for it upstream, by protocol there. Chat is written in every protocol;
# a legacy completion becomes a chat with one turn where its own path is not offered, a compaction one about the turns.
_EMBEDDING = {"chat": "embeddings", "gemini": "embeddings"}
_COUNTING = frozenset({"messages", "gemini", "responses"})


def plan(protocol: str, operation: str, spoken: Sequence[str], offers: Callable[[str, str], bool]) -> Plan | None:
    """What to do with a request for a channel that speaks `spoken`, the preferred one first; None: it cannot serve it.

    `offers` (protocol, operation) says whether the channel has it. The client's own protocol comes first: bytes that
    are passed through lose nothing.
    """
    if protocol in spoken and offers(protocol, operation):
        return Plan("passthrough", protocol, protocol, operation)
    for upstream in spoken:
        asked = _asked(operation, upstream)
        if asked is not None and (upstream, asked) != (protocol, operation) and offers(upstream, asked):
            return Plan("convert", protocol, upstream, asked)
    if operation == "count_tokens":
        for upstream in spoken:
            if offers(upstream, "chat"):
                return Plan("estimate", protocol, upstream, operation)
    return None


def _asked(operation: str, upstream: str) -> str | None:
    if operation in ("chat", "text_completion", "compact"):
        return "chat"
    if operation == "embeddings":
        return _EMBEDDING.get(upstream)
    return operation if operation == "count_tokens" and upstream in _COUNTING else None


class Filter(Protocol):
    """Changes events between reader and writer. One for each stream."""

    def feed(self, events: list[Event]) -> list[Event]:
        """The events to go on with."""

    def finish(self) -> list[Event]:
        """What was held back, when the stream ends."""


@runtime_checkable
class Failing(Protocol):
    """A writer whose protocol ends a failed stream with more than an event of the error."""

    def fail(self, error: GatewayError, request_id: str) -> bytes:
        """That end."""


class Translated:
    """A stream on its way from one protocol to another: StreamReader, filters, StreamWriter. See contract.Tap."""

    __slots__ = (
        "_filters", "_reader", "_stopped", "_text", "_writer", "done", "events", "failed", "failure", "finish_reason",
        "model", "started", "usage",
    )  # fmt: skip

    def __init__(self, reader: Reader, writer: Writer, filters: Sequence[Filter] = ()) -> None:
        self._reader = reader
        self._writer = writer
        self._filters = filters
        self._text = 0
        self._stopped = False
        self.usage = Usage()
        self.model = ""
        self.finish_reason = ""
        self.started = False
        self.done = False
        self.failed = False
        self.failure = b""
        self.events = 0

    def feed(self, chunk: bytes) -> bytes:
        """See Tap."""
        events = self._reader.feed(chunk)
        return self._take(events) if events else b""

    def finish(self) -> bytes:
        """See Tap. An answer that came to its own end without saying so is ended properly."""
        out = self._take(self._reader.finish())
        if self.failed or self.done or not self.finish_reason:
            return out
        self.done = True
        return out + self._writer.feed(self._filtered([End()]))

    def cut(self) -> bytes:
        """The end of a stream that reached the tokens paid for."""
        held = [event for each in self._filters for event in each.finish()]
        return (self._writer.feed(held) if held else b"") + self._writer.finish("length")

    def fail(self, error: GatewayError, request_id: str) -> bytes | None:
        """The end of a stream that failed, where the protocol has one that knows what went before; else None."""
        return self._writer.fail(error, request_id) if isinstance(self._writer, Failing) else None

    def ping(self) -> bytes:
        """What the client ignores."""
        return self._writer.ping()

    def counted(self, input_bytes: int) -> Usage:
        """See Tap. An answer that broke off may have been counted at its start only: then its output is estimated."""
        seen = estimate(input_bytes, self.events, self._text)
        if self.usage.source == "upstream":
            if (self.complete and not self._stopped) or self.usage.output >= seen.output:
                return self.usage
            return msgspec.structs.replace(self.usage, output=seen.output, source="estimate")
        return seen if self.started else Usage()

    @property
    def over(self) -> bool:
        """See Tap."""
        return self.done or self.failed

    @property
    def complete(self) -> bool:
        """See Tap."""
        return self.done or bool(self.finish_reason)

    def _take(self, events: list[Event]) -> bytes:
        """Learn from events and write them; what follows an error is not for the client."""
        if self.done or self.failed:
            return b""
        for number, event in enumerate(events):
            kind = type(event)
            if kind is TextDelta or kind is ArgumentsDelta:
                self.events += 1
                self._text += len(event.text)  # type: ignore[union-attr]  # `kind` says so
                self.started = True
            elif self._learn(event):
                events = events[:number]
                break
        if self._filters:
            events = self._filtered(events)
            if events and type(events[-1]) is End and not self.done:  # a filter ends the answer early
                self.done = self._stopped = True
                self.finish_reason = next((each.raw_finish for each in events if type(each) is Finished), "")
        return self._writer.feed(events) if events else b""

    def _learn(self, event: Event) -> bool:
        """Note what the record needs of the rarer events; whether it is an error."""
        match event:
            case UsageSeen(usage=usage):
                self.usage = usage
            case Start(model=model):
                self.model = model[:200] or self.model
            case BlockStart(first=first):
                self.started = self.started or isinstance(first, ToolCall)
            case Finished(finish=finish, raw_finish=raw, candidate=0):
                self.finish_reason = (raw or finish or "")[:40]
            case End():
                self.done = True
            case Failed():
                self.failed = True
                self.failure = event.json
        return self.failed

    def _filtered(self, events: list[Event]) -> list[Event]:
        over = bool(events) and type(events[-1]) is End
        for each in self._filters:
            events = [*each.feed(events[:-1]), *each.finish(), events[-1]] if over else each.feed(events)
        return events
