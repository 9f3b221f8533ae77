"""Server-sent events, decoded from chunks that may be cut anywhere: https://html.spec.whatwg.org/multipage/server-sent-events.html.

Owns lines, line ends, comments and the joining of data lines. What the data means is the protocols' business; `id` and
`retry` are read over, for no provider of language models uses them.
"""

from typing import TypeAlias

from adapters.utf8 import mended

Frame: TypeAlias = tuple[bytes, bytes]
"""(event name, data); the name is empty where the stream gave none."""

MAX_EVENT_BYTES = 64 << 20
"""A longer event is no event of a language model: what does not end is given up before it fills the memory."""

PING = b": ping\n\n"
"""A comment: every client that knows server-sent events reads over it."""

_BOM = b"\xef\xbb\xbf"


class Decoder:
    """Feed it every chunk in order; it returns the events that became complete, as valid UTF-8.

    Time is linear in the bytes fed, however they are cut. `too_long` is set when an event passed MAX_EVENT_BYTES: from
    then on nothing comes out.
    """

    __slots__ = ("_begun", "_held", "_returns", "_skip", "too_long")

    def __init__(self) -> None:
        self._held = bytearray()
        self._begun = False  # the first event, which may carry a byte order mark, has been seen
        self._returns = False  # the stream has had a carriage return
        self._skip = False  # the last chunk ended in one: a line feed now belongs to it
        self.too_long = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """The events that are complete with `chunk`."""
        if self._returns or b"\r" in chunk:
            chunk = self._unix(chunk)
        held = self._held
        if not held:
            # Most chunks are one event of one line.
            if chunk.startswith(b"data: ") and chunk.find(b"\n") == len(chunk) - 2 and chunk.endswith(b"\n\n"):
                self._begun = True
                return [] if self.too_long or len(chunk) == 8 else [(b"", mended(chunk[6:-2]))]
            if chunk.endswith(b"\n\n"):
                return self._frames(chunk)
            whole, boundary, rest = chunk.rpartition(b"\n\n")
            held += rest
            return self._frames(whole) if boundary else []
        seen = len(held)
        held += chunk
        # From one byte before the new ones: a boundary may lie across.
        end = held.rfind(b"\n\n", seen - 1)
        if end < 0:
            if len(held) > MAX_EVENT_BYTES:
                self.too_long = True
                held.clear()
            return []
        whole = bytes(memoryview(held)[:end])
        del held[: end + 2]
        return self._frames(whole)

    def flush(self) -> list[Frame]:
        """What is left when the stream has ended: the last event, which may be cut in the middle."""
        rest = bytes(self._held)
        self._held.clear()
        return self._frames(rest) if rest else []

    def _unix(self, chunk: bytes) -> bytes:
        """The same with line feeds only: CR LF and CR are line ends too."""
        self._returns = True
        if self._skip and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._skip = False
        if chunk.endswith(b"\r"):
            self._skip = True
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _frames(self, data: bytes) -> list[Frame]:
        if self.too_long:
            return []
        if not self._begun:
            self._begun = True
            data = data.removeprefix(_BOM)
        data = mended(data)
        frames: list[Frame] = []
        for event in data.split(b"\n\n"):
            # Nearly all are one line of data, or a name and one line of data.
            if event.startswith(b"data: ") and b"\n" not in event:
                frames.append((b"", event[6:]))
                continue
            name, value = _fields(event)
            if value:
                frames.append((name, value))
        return frames


def _fields(event: bytes) -> tuple[bytes, bytes | None]:
    """Name and data of one event; data None or empty: it is not dispatched."""
    name = b""
    data: bytes | None = None
    pieces: list[bytes] = []
    for line in event.split(b"\n"):
        field, _, value = line.partition(b":")
        if field == b"data":
            value = value.removeprefix(b" ")
            if data is None:
                data = value
            else:
                pieces.append(value)
        elif field == b"event":
            name = value.removeprefix(b" ")
    if pieces and data is not None:
        data = b"\n".join((data, *pieces))
    return name, data
