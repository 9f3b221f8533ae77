"""Watches a copy of an answer of the chat completions family and learns what the record needs.

Usage, first token, how it ended.

The bytes go through untouched, except that a usage event which only the gateway asked for is taken out, and that an
error event in the middle of a stream is kept back (the pipeline says it in our own words: what an upstream said of its
own account is not for the client). One object per answer; nothing is kept but counters and at most one incomplete
event.
"""

import re

import msgspec

from adapters.usage import Usage, WireUsage, estimate

MAX_HELD_BYTES = 65536
"""An incomplete event longer than this is neither a usage nor an error event and is let through."""

_USAGE = re.compile(rb'"usage"\s*:\s*\{')
_TOKEN = re.compile(rb'"(?:content|reasoning_content|reasoning|text|refusal|arguments|name)"\s*:\s*"[^"]')
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"([a-z_]{1,40})"')
_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]{1,200})"')


class _Choice(msgspec.Struct, gc=False):
    finish_reason: str | None = None


class _Unary(msgspec.Struct, gc=False):
    model: str | None = None
    usage: WireUsage | None = None
    choices: list[_Choice] | None = None


class _Event(msgspec.Struct, gc=False):
    usage: WireUsage | None = None
    choices: list[msgspec.Raw] | None = None
    error: msgspec.Raw | None = None


_unary = msgspec.json.Decoder(_Unary)
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
            answer = _unary.decode(body)
        except (msgspec.DecodeError, RecursionError):
            # Unusual types inside are the client's business; a body that is not JSON at all is not.
            try:
                msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            except (msgspec.DecodeError, RecursionError):
                self.valid = False
            return
        if answer.usage is not None:
            self.usage = answer.usage.counted()
        self.model = answer.model or ""
        if answer.choices:
            self.finish_reason = answer.choices[0].finish_reason or ""


class StreamTap:
    """Feed it every chunk in order; forward what it returns.

    `withhold`: usage was forced by the gateway, so the usage event (empty `choices`) and the `"usage":null` of the
    other events are taken out. `failed` is set when the upstream sent an error event: stop reading, what follows is not
    forwarded.
    """

    __slots__ = (
        "_held",
        "_smallest",
        "_through",
        "done",
        "events",
        "failed",
        "finish_reason",
        "model",
        "size",
        "started",
        "usage",
        "withhold",
    )

    def __init__(self, *, withhold: bool) -> None:
        self.withhold = withhold
        self.usage = Usage()
        self.model = ""
        self.finish_reason = ""
        self.started = False
        self.done = False
        self.failed = False
        self.events = 0
        self.size = 0
        self._smallest = 1 << 30
        self._held = b""
        self._through = False

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes from the upstream.

        Returns the bytes for the client (may be empty while an event is incomplete).
        """
        self.size += len(chunk)
        if self._through:
            return self._pass_to_boundary(chunk)
        data = self._held + chunk if self._held else chunk
        if data.endswith((b"\n\n", b"\r\n\r\n")):
            self._held = b""
            return self._events(data)
        unix, dos = data.rfind(b"\n\n"), data.rfind(b"\r\n\r\n")
        end = max(unix + 2 if unix >= 0 else 0, dos + 4 if dos >= 0 else 0)
        whole, rest = data[:end], data[end:]
        out = self._events(whole) if whole else b""
        if len(rest) > MAX_HELD_BYTES and not self.failed:
            self._held = b""
            self._through = True
            return out + rest
        self._held = rest
        return out

    def finish(self) -> bytes:
        """The upstream has ended: whatever was still incomplete."""
        rest, self._held = self._held, b""
        return self._events(rest) if rest else b""

    def counted(self, input_bytes: int) -> Usage:
        """The usage to book: the upstream's, or an estimate from what was seen (nothing seen costs nothing)."""
        if self.usage.source == "upstream":
            return self.usage
        if not self.started:
            return Usage()
        text = max(self.size - self.events * self._smallest, 0) if self.events > 1 else self.size
        return estimate(input_bytes, self.events, text)

    @property
    def complete(self) -> bool:
        """Whether the answer came to its own end, as against being cut off."""
        return self.done or bool(self.finish_reason)

    def _pass_to_boundary(self, chunk: bytes) -> bytes:
        end = chunk.find(b"\n\n")
        if end < 0:
            return chunk
        self._through = False
        self.size -= len(chunk) - end - 2
        return chunk[: end + 2] + self.feed(chunk[end + 2 :])

    def _events(self, data: bytes) -> bytes:
        count = data.count(b"\n\n") or data.count(b"\r\n\r\n") or 1
        self.events += count
        if count == 1 and len(data) < self._smallest:
            self._smallest = len(data)
        if not self.started:
            self.started = _TOKEN.search(data) is not None
            if not self.model and (found := _MODEL.search(data)) is not None:
                self.model = found[1].decode("utf-8", "replace")
        if b'"finish_reason"' in data and (found := _FINISH.search(data)) is not None:
            self.finish_reason = found[1].decode()
        if b"[DONE]" in data:
            self.done = self.done or b"data: [DONE]" in data or b"data:[DONE]" in data
        if b'"error"' in data or (b'"usage"' in data and _USAGE.search(data) is not None):
            data = self._examine(data)
        if self.withhold and b'"usage"' in data:
            # Inside a JSON string the quotes would be escaped, so these bytes can only be the key itself.
            data = data.replace(b',"usage":null', b"").replace(b', "usage": null', b"")
        return data

    def _examine(self, data: bytes) -> bytes:
        """Look into each event of `data`; returns it without withheld events, and cut before an error event."""
        kept = []
        for frame in data.replace(b"\r\n\r\n", b"\n\n").split(b"\n\n") if b"\r\n\r\n" in data else data.split(b"\n\n"):
            if not frame.strip():
                continue
            event = self._decode(frame)
            if (
                event is not None
                and event.error is not None
                and bytes(event.error).strip() != b"null"
                and not event.choices
            ):
                self.failed = True
                break
            if event is not None and event.usage is not None:
                self.usage = event.usage.counted()
                if self.withhold and not event.choices:
                    self.events -= 1
                    continue
            kept.append(frame + b"\n\n")
        return b"".join(kept)

    @staticmethod
    def _decode(frame: bytes) -> _Event | None:
        at = frame.find(b"{")
        if at < 0:
            return None
        try:
            return _event.decode(frame[at:])
        except (msgspec.DecodeError, RecursionError):
            return None
