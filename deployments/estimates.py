"""What a request and its answer hold of text, kept in small samples, and the tokens counted of it.

For answers that no provider counted: broken off, cancelled, or of a server that never counts. Samples are bounded, so
that neither a large request nor a long stream is kept for it.
"""

import re
from collections.abc import Iterator

import msgspec

from adapters.canonical.blocks import Refusal, Text, Thinking, ToolCall
from adapters.canonical.events import ArgumentsDelta, TextDelta
from adapters.canonical.response import Response
from adapters.contract import Wire
from adapters.head import Fields, Head
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage
from deployments import tokenizer
from deployments.settings_quota import Quota
from deployments.worst_case import NO_MEDIA, Media, media_of, without_media

SAMPLE_BYTES = 16_384

_CONTENT = ("system", "instructions", "systemInstruction", "messages", "input", "prompt", "contents", "tools")
# Strings; those that a colon follows are names of fields. The last may be cut off by the sample's end.
_STRING = re.compile(rb'"((?:[^"\\]|\\.)*+)(?:"(\s*:)?|\Z)')
_text = msgspec.json.Decoder(str)


class Asking(msgspec.Struct, frozen=True):
    """A sample of a request: `text` is raw JSON of its content, of `size` bytes in all that are no media."""

    text: bytes = b""
    size: int = 0
    media: Media = NO_MEDIA

    def tokens(self, quota: Quota) -> int | None:
        """The input, estimated; None while there is no tokenizer."""
        words = [_unescaped(found[1]) for found in _STRING.finditer(self.text) if found[2] is None]
        counted = tokenizer.count("\n".join(words))
        if counted is None:
            return None
        if self.size > len(self.text):
            counted = -(-counted * self.size // max(len(self.text), 1))
        return counted + self.media.images * quota.image_tokens + self.media.files * quota.file_tokens


def asking(head: Head, fields: Fields) -> Asking:
    """The sample of a request, before it is forgotten."""
    raw = [fields[name] for name in _CONTENT if name in fields]
    found = [msgspec.structs.astuple(media_of(each)) for each in raw]
    media = Media(*(sum(column) for column in zip(*found, strict=True))) if found else NO_MEDIA
    texts = [without_media(each) for each in raw] if media.encoded else [bytes(each) for each in raw]
    share = SAMPLE_BYTES if head.size <= SAMPLE_BYTES else SAMPLE_BYTES // max(len(raw), 1)
    return Asking(b"".join(text[:share] for text in texts), sum(map(len, texts)), media)


def _unescaped(word: bytes) -> str:
    r"""What a JSON string says: \u4f60 is one character of text, not six. The end of a sample may be broken."""
    if b"\\" in word:
        try:
            return _text.decode(b'"%b"' % word)
        except UNREADABLE:
            pass
    return word.decode("utf-8", "replace")


class Answering:
    """A sample of a stream as the provider sent it: its first pieces."""

    __slots__ = ("_pieces", "room")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.room = SAMPLE_BYTES
        """Bytes that may still be added."""

    def add(self, piece: bytes) -> None:
        """Keep a piece, or as much of it as there is room for; not to be called when there is none."""
        self._pieces.append(piece[: self.room])
        self.room -= len(piece)

    def tokens(self, wire: Wire, events: int) -> int | None:
        """The output of a stream that had `events` events with content; None where it cannot be told."""
        if wire.conversion is None:
            return None
        seen = wire.conversion.reader().feed(b"".join(self._pieces))
        said = [event.text for event in seen if isinstance(event, TextDelta | ArgumentsDelta)]
        counted = tokenizer.count("".join(said))
        if counted is None or not said:
            return None
        return counted if self.room > 0 else -(-counted * max(events, len(said)) // len(said))


def of_stream(usage: Usage, asking: Asking, answering: Answering, wire: Wire, *, events: int, quota: Quota) -> Usage:
    """The usage of an answer that its provider did not count to its end, by the tokenizer where there is one.

    What the provider said of the input is kept.
    """
    output = answering.tokens(wire, events)
    return usage if output is None else _counted(usage, asking, output, quota)


def of_whole(usage: Usage, asking: Asking, body: bytes, wire: Wire, *, quota: Quota) -> Usage:
    """The usage of an answer in one piece that its provider did not count."""
    if wire.conversion is None:
        return usage
    try:
        answer = wire.conversion.read_response(body)
    except UNREADABLE:  # the client's business; the rule of thumb stays
        return usage
    output = tokenizer.count("".join(_said(answer)))
    return usage if output is None else _counted(usage, asking, output, quota)


def _said(answer: Response) -> Iterator[str]:
    for candidate in answer.candidates:
        for block in candidate.blocks:
            if isinstance(block, Text | Refusal | Thinking):
                yield block.text
            elif isinstance(block, ToolCall):
                yield block.name + block.arguments


def _counted(usage: Usage, asking: Asking, output: int, quota: Quota) -> Usage:
    if usage.source == "upstream" and usage.input:
        return msgspec.structs.replace(usage, output=max(output, usage.output), source="estimate")
    tokens = asking.tokens(quota)
    return usage if tokens is None else Usage(tokens, output, source="estimate")
