"""Watches a copy of an answer of Messages and learns what the record needs.

Usage, first token, how it ended. The bytes go through untouched, except that an error event in the middle of a stream
is kept back (the pipeline says it in our own words: what an upstream said of its own account is not for the client).
One object per answer; nothing is kept but counters and at most one incomplete event.
"""

import re

import msgspec

from adapters.protocols.messages.usage import WireUsage
from adapters.tap import BOUNDARY, EventTap
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage, estimate

_TOKEN = re.compile(rb'"(?:text|thinking|partial_json|name)"\s*:\s*"[^"]')
# What tells of the whole answer. Inside a JSON string the quotes would be escaped.
_TELLS = re.compile(rb'"(?:message_(?:start|delta|stop)|error)"')
_DELTA = b'"content_block_delta"'
_SMALLEST_DELTA = 100  # bytes of an event that carries one character


class _Message(msgspec.Struct, gc=False):
    model: str | None = None
    usage: WireUsage | None = None
    stop_reason: str | None = None


class _Delta(msgspec.Struct, gc=False):
    stop_reason: str | None = None


class _Event(msgspec.Struct, gc=False):
    type: str = ""
    message: _Message | None = None
    delta: _Delta | None = None
    usage: WireUsage | None = None


_message = msgspec.json.Decoder(_Message)
_event = msgspec.json.Decoder(_Event)


class Unary:
    """What a whole answer says. `valid` is false when it is not a JSON object."""

    __slots__ = ("finish_reason", "model", "usage", "valid")

    def __init__(self, body: bytes) -> None:
        self.usage = Usage()
        self.model = ""
        self.finish_reason = ""
        self.valid = body.lstrip()[:1] == b"{"
        try:
            answer = _message.decode(body)
        except UNREADABLE:
            # Unusual types inside are the client's business; a body that is not JSON at all is not.
            try:
                msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            except UNREADABLE:
                self.valid = False
            return
        if answer.usage is not None:
            self.usage = answer.usage.counted()
        self.model = (answer.model or "")[:200]
        self.finish_reason = (answer.stop_reason or "")[:40]


class StreamTap(EventTap):
    """Feed it every chunk in order; forward what it returns.

    `withhold` changes nothing: this protocol tells its usage to everybody. `failed` is set when the upstream sent an
    error event: stop reading, what follows is not forwarded. `events` are those that carry output.
    """

    __slots__ = ("_counts", "_said")

    def __init__(self, *, withhold: bool = False) -> None:  # noqa: ARG002  # one signature for all protocols
        super().__init__()
        self._counts: WireUsage | None = None
        self._said = 0  # bytes of events that carry output

    def counted(self, input_bytes: int) -> Usage:
        """The usage to book: the upstream's, or an estimate from what was seen (nothing seen costs nothing).

        An answer that broke off was counted at its start only: its output is estimated.
        """
        seen = estimate(input_bytes, self.events, max(self._said - self.events * _SMALLEST_DELTA, 0))
        if self.usage.source == "upstream":
            if self.complete or self.usage.output >= seen.output:
                return self.usage
            return msgspec.structs.replace(self.usage, output=seen.output, source="estimate")
        return seen if self.started else Usage()

    def _let_through(self, rest: bytes) -> bytes:
        self.started = self.started or _TOKEN.search(rest) is not None
        self.events += _DELTA in rest
        self._said += len(rest)
        return super()._let_through(rest)

    def _passed(self, data: bytes, seen: int, end: int, *, ended: bool) -> None:  # noqa: ARG002  # of all protocols
        self._said += end - seen

    def _events(self, data: bytes) -> bytes:
        deltas = data.count(_DELTA)
        if deltas:
            self.events += deltas
            self._said += len(data) - data.find(_DELTA)
            if not self.started:
                self.started = _TOKEN.search(data) is not None
        if _TELLS.search(data) is not None:
            return self._examine(data)
        return data

    def _examine(self, data: bytes) -> bytes:
        """Look into each event of `data`; returns it as it is, or cut before an error event."""
        start = 0
        for end in (*(boundary.end() for boundary in BOUNDARY.finditer(data)), len(data)):
            frame, begin, start = data[start:end], start, end
            if _TELLS.search(frame) is None:
                continue
            event = _decode(frame)
            if event is None:
                continue
            if event.type == "error":
                self.failed = True
                self.failure = frame
                return data[:begin]
            self._learn(event)
        return data

    def _learn(self, event: _Event) -> None:
        usage = event.usage
        if event.type == "message_start" and event.message is not None:
            self.model = self.model or (event.message.model or "")[:200]
            usage = event.message.usage
        elif event.type == "message_delta" and event.delta is not None:
            self.finish_reason = (event.delta.stop_reason or self.finish_reason)[:40]
        elif event.type == "message_stop":
            self.done = True
        if usage is not None:
            self._counts = usage.over(self._counts)
            self.usage = self._counts.counted()


def _decode(frame: bytes) -> _Event | None:
    at = frame.find(b"{")
    if at < 0:
        return None
    try:
        return _event.decode(frame[at:])
    except UNREADABLE:
        return None
