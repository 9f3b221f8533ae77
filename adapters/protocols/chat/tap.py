"""Watches a copy of an answer of the chat completions family and learns what the record needs.

Usage, first token, how it ended.

The bytes go through untouched, except that a usage event which only the gateway asked for is taken out, and that an
error event in the middle of a stream is kept back (the pipeline says it in our own words: what an upstream said of its
own account is not for the client). One object per answer; nothing is kept but counters and at most one incomplete
event.
"""

import re

import msgspec

from adapters.tap import BOUNDARY, EventTap
from adapters.usage import Usage, WireUsage, estimate

# Only at the start of a line: a model may write the same words, and inside JSON a line break is escaped.
_DONE = re.compile(rb"^data: ?\[DONE\]", re.MULTILINE)
_USAGE = re.compile(rb'"usage"\s*:\s*\{')
_TOKEN = re.compile(rb'"(?:content|reasoning_content|reasoning|text|refusal|arguments|name)"\s*:\s*"[^"]')
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"([a-z_]{1,40})"')
_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]{1,200})"')


_ABSENT = msgspec.Raw()  # not None: msgspec reads `Raw | None` as null or nothing


class _Choice(msgspec.Struct, gc=False):
    finish_reason: str | None = None


class _Unary(msgspec.Struct, gc=False):
    model: str | None = None
    usage: msgspec.Raw = _ABSENT
    choices: list[_Choice] | None = None


class _Event(msgspec.Struct, gc=False):
    usage: msgspec.Raw = _ABSENT
    choices: list[msgspec.Raw] | None = None
    error: msgspec.Raw = _ABSENT


_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_unary = msgspec.json.Decoder(_Unary)
_event = msgspec.json.Decoder(_Event)
_usage = msgspec.json.Decoder(WireUsage)


def _given(raw: msgspec.Raw) -> bool:
    """Whether a key is there and not null."""
    return bytes(raw).strip() not in (b"", b"null")


def _counted(raw: msgspec.Raw) -> Usage:
    """The counts of a `usage` value; nothing counted when it is not what it should be."""
    try:
        return _usage.decode(raw).counted()
    except _BROKEN:
        return Usage()


class Unary:
    """What a whole answer says. `valid` is false when it is not a JSON object."""

    __slots__ = ("finish_reason", "model", "usage", "valid")

    def __init__(self, body: bytes) -> None:
        self.usage = Usage()
        self.model = ""
        self.finish_reason = ""
        self.valid = body.lstrip()[:1] == b"{"
        try:
            answer = _unary.decode(body)
        except _BROKEN:
            # Unusual types inside are the client's business; a body that is not JSON at all is not.
            try:
                msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            except _BROKEN:
                self.valid = False
            return
        if _given(answer.usage):
            self.usage = _counted(answer.usage)
        self.model = (answer.model or "")[:200]
        if answer.choices:
            self.finish_reason = (answer.choices[0].finish_reason or "")[:40]


class StreamTap(EventTap):
    """Feed it every chunk in order; forward what it returns.

    `withhold`: usage was forced by the gateway, so the usage event (empty `choices`) and the `"usage":null` of the
    other events are taken out.
    """

    __slots__ = ("_smallest", "withhold")

    kept = 1024
    """The end of a long event may say how the answer ended."""

    def __init__(self, *, withhold: bool) -> None:
        super().__init__()
        self.withhold = withhold
        self._smallest = 1 << 30

    def counted(self, input_bytes: int) -> Usage:
        """The usage to book: the upstream's, or an estimate from what was seen (nothing seen costs nothing)."""
        if self.usage.source == "upstream":
            return self.usage
        if not self.started:
            return Usage()
        text = max(self.size - self.events * self._smallest, 0) if self.events > 1 else self.size
        return estimate(input_bytes, self.events, text)

    def _let_through(self, rest: bytes) -> bytes:
        self._look(rest)
        return super()._let_through(rest)

    def _passed(self, data: bytes, seen: int, end: int, *, ended: bool) -> None:  # noqa: ARG002  # of all protocols
        if not ended:
            return
        self.events += 1
        if (found := _FINISH.search(data, 0, end)) is not None:
            self.finish_reason = found[1].decode()

    def _events(self, data: bytes) -> bytes:
        count = data.count(b"\n\n") or data.count(b"\r\n\r\n") or 1
        self.events += count
        first = len(data) if count == 1 else max(data.find(b"\n\n") + 2, data.find(b"\r\n\r\n") + 4)
        self._smallest = min(self._smallest, first)
        if not self.started:
            self._look(data)
        if (found := _FINISH.search(data)) is not None:
            self.finish_reason = found[1].decode()
        if b"[DONE]" in (data[-16:] if count == 1 else data):
            self.done = self.done or _DONE.search(data) is not None
        if b'"error"' in data or (b'"usage"' in data and _USAGE.search(data) is not None):
            data = self._examine(data)
        if self.withhold and b'"usage"' in data:
            # Inside a JSON string the quotes would be escaped, so these bytes can only be the key itself.
            data = data.replace(b',"usage":null', b"").replace(b', "usage": null', b"")
        return data

    def _look(self, data: bytes) -> None:
        """First token and model's name, until there is a token."""
        self.started = _TOKEN.search(data) is not None
        if not self.model and (found := _MODEL.search(data)) is not None:
            self.model = found[1].decode("utf-8", "replace")

    def _examine(self, data: bytes) -> bytes:
        """Look into each event of `data`; returns it without withheld events, and cut before an error event."""
        kept = []
        start = 0
        for end in (*(boundary.end() for boundary in BOUNDARY.finditer(data)), len(data)):
            frame, start = data[start:end], end
            event = self._decode(frame)
            if event is not None:
                if _given(event.error) and not event.choices:
                    self.failed = True
                    self.failure = frame
                    break
                if _given(event.usage):
                    self.usage = _counted(event.usage)
                    if self.withhold and not event.choices:
                        self.events -= 1
                        continue
            kept.append(frame)
        return b"".join(kept)

    @staticmethod
    def _decode(frame: bytes) -> _Event | None:
        at = frame.find(b"{")
        if at < 0:
            return None
        try:
            return _event.decode(frame[at:])
        except _BROKEN:
            return None
