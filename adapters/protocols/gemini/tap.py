"""Watches a copy of an answer of the Gemini API and learns what the record needs.

Usage, first token, how it ended. The bytes go through untouched, except that an error in the middle of a stream is kept
back (the pipeline says it in our own words: what an upstream said of its own account is not for the client). One object
per answer; nothing is kept but counters, the last event that counted, and at most one incomplete event.
"""

import re

import msgspec

from adapters.protocols.gemini.citations import read_grounding
from adapters.protocols.gemini.frames import Elements
from adapters.protocols.gemini.usage import read_usage, searches
from adapters.tap import BOUNDARY, MAX_HELD_BYTES, EventTap
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage, estimate

_TOKEN = re.compile(rb'"(?:text|name|data|code|toolType)"\s*:\s*"[^"]')
_MODEL = re.compile(rb'"modelVersion"\s*:\s*"([^"\\]{1,200})"')
# What tells of the whole answer, or of its end. Inside a JSON string the quotes would be escaped.
_TELLS = re.compile(rb'"(?:finishReason|error|blockReason)"\s*:')
_USAGE = b'"usageMetadata"'


_ABSENT = msgspec.Raw()


class _Candidate(msgspec.Struct, rename="camel", gc=False):
    finish_reason: str | None = None
    grounding_metadata: msgspec.Raw = _ABSENT


class _Feedback(msgspec.Struct, rename="camel", gc=False):
    block_reason: str | None = None


class _Piece(msgspec.Struct, rename="camel", gc=False):
    candidates: list[_Candidate] | None = None
    usage_metadata: msgspec.Raw = _ABSENT
    model_version: str | None = None
    prompt_feedback: _Feedback | None = None
    error: msgspec.Raw = _ABSENT
    total_tokens: int | None = None  # countTokens

    @property
    def reason(self) -> str:
        """Why the first candidate ended, or why there is none."""
        if self.candidates:
            return (self.candidates[0].finish_reason or "")[:40]
        feedback = self.prompt_feedback
        return (feedback.block_reason or "")[:40] if feedback is not None else ""

    def counted(self, model: str) -> Usage:
        """The counts, if there are any."""
        if self.usage_metadata == _ABSENT:
            return Usage() if self.total_tokens is None else Usage(max(self.total_tokens, 0), source="upstream")
        queries = sum(
            len(read_grounding(one.grounding_metadata).web_search_queries or ())
            for one in self.candidates or ()
            if one.grounding_metadata != _ABSENT
        )
        return read_usage(self.usage_metadata, searches(queries, model))[0]


_piece = msgspec.json.Decoder(_Piece)


class Unary:
    """What a whole answer says. `valid` is false when it is not a JSON object."""

    __slots__ = ("finish_reason", "model", "usage", "valid")

    def __init__(self, body: bytes) -> None:
        self.usage = Usage()
        self.model = ""
        self.finish_reason = ""
        self.valid = body.lstrip()[:1] == b"{"
        try:
            answer = _piece.decode(body)
        except UNREADABLE:
            # Unusual types inside are the client's business; a body that is not JSON at all is not.
            try:
                msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            except UNREADABLE:
                self.valid = False
            return
        self.model = (answer.model_version or "")[:200]
        self.usage = answer.counted(self.model)
        self.finish_reason = answer.reason


class StreamTap(EventTap):
    """Feed it every chunk in order; forward what it returns.

    Server-sent events or a JSON array. `withhold` changes nothing: this protocol tells its usage to everybody. `failed`
    is set when the upstream sent an error: stop reading, what follows is not forwarded. The stream has no end of its
    own: `done` stays false, and a finish reason makes it `complete`.
    """

    __slots__ = ("_array", "_begun", "_last", "_smallest")

    def __init__(self, *, withhold: bool = False) -> None:  # noqa: ARG002  # one signature for all protocols
        super().__init__()
        self._aside = True  # until it is known what this is
        self._array: Elements | None = None
        self._begun = False
        self._last = b""
        self._smallest = 1 << 30

    def finish(self) -> bytes:
        """The upstream has ended: whatever was still incomplete, unless the answer was cut in the middle of it."""
        self._count()
        if self._array is not None:
            rest, self._held = self._held, b""
            return rest if self.complete and not self.failed else b""
        self._aside = self._aside and self._begun
        out = super().finish()
        self._count()
        return b"" if self.failed else out

    def counted(self, input_bytes: int) -> Usage:
        """The usage to book: the upstream's, or an estimate from what was seen (nothing seen costs nothing).

        The counts so far are in every event, but older models count their output only in the last.
        """
        self._count()
        text = max(self.size - self.events * self._smallest, 0) if self.events > 1 else self.size
        if self.usage.source == "upstream":
            if self.complete or self.usage.output or not self.started:
                return self.usage
            return msgspec.structs.replace(self.usage, output=estimate(0, self.events, text).output, source="estimate")
        return estimate(input_bytes, self.events, text) if self.started else Usage()

    def _let_through(self, rest: bytes) -> bytes:
        self._look(rest)
        self.events += 1
        return super()._let_through(rest)

    def _pass(self, chunk: bytes) -> bytes:
        if not self._begun and (begun := chunk.lstrip()):
            self._begun = True
            self._array = Elements() if begun[:1] == b"[" else None
        elif self._begun and self._array is None:
            return super()._pass(chunk)
        if self._array is not None:
            return self._elements(chunk, self._array)
        self._aside = False
        self.size -= len(chunk)
        out = self.feed(chunk)
        if not self._begun:
            self._begun, self._aside = self._aside, True
        return out

    def _elements(self, chunk: bytes, array: Elements) -> bytes:
        """The same for an array: what is complete goes on."""
        found = array.feed(chunk)
        for element in found:
            self._event(element)
            if self.failed:
                return b""
        if array.end:
            out, self._held = self._held + chunk[: array.end], chunk[array.end :]
        else:
            out, self._held = b"", self._held + chunk
        if len(self._held) > MAX_HELD_BYTES:
            out, self._held = out + self._held, b""
        return out

    def _events(self, data: bytes) -> bytes:
        count = data.count(b"\n\n") or data.count(b"\r\n\r\n") or 1
        if count == 1 or (_TELLS.search(data) is None and self.started):
            self.events += count - 1
            self._event(data)
            return b"" if self.failed else data
        start = 0
        for boundary in (*(found.end() for found in BOUNDARY.finditer(data)), len(data)):
            if boundary > start:
                self._event(data[start:boundary])
                if self.failed:
                    return data[:start]
            start = boundary
        return data

    def _event(self, data: bytes) -> None:
        """One event, or several of which none tells of the end."""
        self.events += 1
        self._smallest = min(self._smallest, len(data))
        if not self.started or not self.model:
            self._look(data)
        if _USAGE in data:
            self._last = data
        if _TELLS.search(data) is not None:
            self._examine(data)

    def _look(self, data: bytes) -> None:
        """First token and model's name, until there is a token."""
        self.started = self.started or _TOKEN.search(data) is not None
        if not self.model and (found := _MODEL.search(data)) is not None:
            self.model = found[1].decode("utf-8", "replace")

    def _examine(self, data: bytes) -> None:
        piece = _decode(data)
        if piece is None:
            return
        if bytes(piece.error) not in {b"", b"null"} and not piece.candidates:
            self.failed = True
            self.failure = data
        self.finish_reason = piece.reason or self.finish_reason

    def _count(self) -> None:
        """The counts of the last event that had any."""
        if self._last:
            piece = _decode(self._last[self._last.rfind(b"\ndata:") + 1 :])
            counted = piece.counted(self.model) if piece is not None else Usage()
            if counted.source == "upstream":
                self.usage = counted
            self._last = b""


def _decode(frame: bytes) -> _Piece | None:
    at = frame.find(b"{")
    if at < 0:
        return None
    try:
        return _piece.decode(frame[at:])
    except UNREADABLE:
        return None
