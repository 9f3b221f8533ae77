"""Watches a copy of an answer of Responses and learns what the record needs.

Usage, first token, how it ended. The bytes go through untouched, except that an error in the middle of a stream is kept
back (the pipeline says it in our own words: what an upstream said of its own account is not for the client). One object
per answer; nothing is kept but counters, at most one incomplete event, and the last event where it is a long one.
"""

import re

import msgspec

from adapters.protocols.responses.usage import ToolUsage, WireUsage
from adapters.tap import BOUNDARY, EventTap
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage, estimate

MAX_COPIED_BYTES = 32 << 20
"""The last event repeats the whole answer: so much of it is looked at for the usage at its end."""

_TOKEN = re.compile(rb'"(?:delta|name|result)"\s*:\s*"[^"]')
_DELTA = b'.delta"'
# What tells of the whole answer. Inside a JSON string the quotes would be escaped.
_TELLS = re.compile(rb'"(?:response\.(?:created|completed|incomplete|failed|cancelled)|error)"')
_LAST = re.compile(rb"response\.(?:completed|incomplete)")
_FAILED = re.compile(rb"response\.failed")
_SMALLEST_DELTA = 200  # bytes of an event that carries one character
_ENDS = frozenset({"response.completed", "response.incomplete", "response.cancelled"})
_FAILURES = frozenset({"error", "response.failed"})


class _Reason(msgspec.Struct, gc=False):
    reason: str | None = None


class _Answer(msgspec.Struct, gc=False):
    id: str | None = None
    model: str | None = None
    status: str | None = None
    usage: WireUsage | None = None
    tool_usage: ToolUsage | None = None
    incomplete_details: _Reason | None = None

    def counted(self) -> Usage:
        searches = self.tool_usage.searches if self.tool_usage is not None else 0
        return self.usage.counted(searches) if self.usage is not None else Usage()

    def finish(self) -> str:
        details = self.incomplete_details
        return ((details.reason if details is not None else None) or self.status or "")[:40]


class _Event(msgspec.Struct, gc=False):
    type: str = ""
    response: _Answer | None = None


_answer = msgspec.json.Decoder(_Answer)
_event = msgspec.json.Decoder(_Event)


class Unary:
    """What a whole answer says. `valid` is false when it is not a JSON object. `id` is the response's."""

    __slots__ = ("finish_reason", "id", "model", "usage", "valid")

    def __init__(self, body: bytes) -> None:
        self.usage = Usage()
        self.model = ""
        self.id = ""
        self.finish_reason = ""
        self.valid = body.lstrip()[:1] == b"{"
        try:
            answer = _answer.decode(body)
        except UNREADABLE:
            # Unusual types inside are the client's business; a body that is not JSON at all is not.
            try:
                msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            except UNREADABLE:
                self.valid = False
            return
        self.usage = answer.counted()
        self.model = (answer.model or "")[:200]
        self.id = (answer.id or "")[:200]
        self.finish_reason = answer.finish()


class StreamTap(EventTap):
    """Feed it every chunk in order; forward what it returns.

    `withhold` changes nothing: this protocol tells its usage to everybody. `failed` is set when the upstream sent an
    error or a failed response: stop reading, what follows is not forwarded. `done`: the upstream said that nothing
    follows; few do, for the last event is the end. `events` are those that carry output. `id` is the response's.
    """

    __slots__ = ("_copied", "_said", "id")

    def __init__(self, *, withhold: bool = False) -> None:  # noqa: ARG002  # one signature for all protocols
        super().__init__()
        self.id = ""
        self._said = 0  # bytes of events that carry output
        self._copied: bytearray | None = None

    def counted(self, input_bytes: int) -> Usage:
        """The usage to book: the upstream's, or an estimate from what was seen (nothing seen costs nothing)."""
        if self.usage.source == "upstream":
            return self.usage
        if not self.started:
            return Usage()
        return estimate(input_bytes, self.events, max(self._said - self.events * _SMALLEST_DELTA, 0))

    def _let_through(self, rest: bytes) -> bytes:
        """A copy of it is kept where it is the last one.

        Of a failed response nothing is let through: it may repeat a long request before it says why.
        """
        if _FAILED.search(rest, 0, 256) is not None:
            self.failed = self._aside = True
            return b""
        self._copied = bytearray(rest) if _LAST.search(rest, 0, 256) is not None else None
        if self._copied is None:
            self.started = self.started or _TOKEN.search(rest) is not None
        return super()._let_through(rest)

    def _pass(self, chunk: bytes) -> bytes:
        return b"" if self.over else super()._pass(chunk)

    def _passed(self, data: bytes, seen: int, end: int, *, ended: bool) -> None:
        if self._copied is None:
            return
        self._copied += data[seen:end]
        if len(self._copied) > MAX_COPIED_BYTES:
            self._copied = None
            self.finish_reason = self.finish_reason or "completed"
        elif ended:
            frame, self._copied = bytes(self._copied), None
            self._examine(frame)

    def _events(self, data: bytes) -> bytes:
        deltas = data.count(_DELTA)
        if deltas:
            # The name of an event stands in its first line too, where it has no quotation mark.
            self.events += deltas
            self._said += len(data)
            if not self.started:
                self.started = _TOKEN.search(data) is not None
        if b"[DONE]" in data[-16:]:
            self.done = self._aside = self.done or data.strip().endswith(b"data: [DONE]")
        if _TELLS.search(data) is not None:
            return self._examine(data)
        return data

    def _examine(self, data: bytes) -> bytes:
        """Look into each event of `data`; returns it as it is, or cut before a failure."""
        start = 0
        for end in (*(boundary.end() for boundary in BOUNDARY.finditer(data)), len(data)):
            frame, begin, start = data[start:end], start, end
            if _TELLS.search(frame) is None:
                continue
            event = _decode(frame)
            if event is None:
                continue
            self._learn(event)
            if event.type in _FAILURES:
                self.failed = self._aside = True
                self.failure = frame
                return data[:begin]
        return data

    def _learn(self, event: _Event) -> None:
        answer = event.response
        if answer is None:
            return
        self.model = self.model or (answer.model or "")[:200]
        self.id = self.id or (answer.id or "")[:200]
        if answer.usage is not None:
            self.usage = answer.counted()
        if event.type in _ENDS:
            self.finish_reason = answer.finish() or event.type.rpartition(".")[2]


def _decode(frame: bytes) -> _Event | None:
    at = frame.find(b"{")
    if at < 0:
        return None
    try:
        return _event.decode(frame[at:])
    except UNREADABLE:
        return None
