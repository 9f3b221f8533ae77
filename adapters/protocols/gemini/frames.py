"""The answers in a stream, out of bytes that may be cut anywhere: server-sent events, or the elements of a JSON array.

Google sends the array where the query does not say alt=sse: https://ai.google.dev/api/generate-content (2026-11).
"""

import re

from adapters import sse

_OUTSIDE = re.compile(rb'["{}\[\]]')
# To the next bracket, over whole strings; it never goes back.
_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+[{}\[\]]', re.DOTALL)
_INSIDE = re.compile(rb'["\\]')
_BEFORE = b" \t\r\n\xef\xbb\xbf"  # blanks and a byte order mark


class Frames:
    """Feed it every chunk in order; it returns the JSON texts that became complete. Linear in the bytes fed."""

    __slots__ = ("_array", "_begun", "_decoder")

    def __init__(self) -> None:
        self._decoder = _Decoder()
        self._array: Elements | None = None
        self._begun = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The answers that are complete with `chunk`."""
        if self._array is not None:
            return self._array.feed(chunk)
        if not self._begun:
            begun = chunk.lstrip(_BEFORE)
            if not begun:
                return []
            self._begun = True
            if begun[:1] == b"[":
                self._array = Elements()
                return self._array.feed(begun)
            chunk = begun
        return [data for _, data in self._decoder.feed(chunk)]

    @property
    def too_long(self) -> bool:
        """Whether one of them passed sse.MAX_EVENT_BYTES: from then on nothing comes out."""
        return self._decoder.too_long or (self._array is not None and self._array.too_long)

    def flush(self) -> list[bytes]:
        """What is left when the stream has ended: a last event, or JSON that is no event, which is how errors come."""
        if self._array is not None:
            return []
        rest = self._decoder.rest
        if rest.lstrip()[:1] == b"{":
            return [rest]
        return [data for _, data in self._decoder.flush()]


class _Decoder(sse.Decoder):
    """Knows what has not become an event."""

    __slots__ = ()

    @property
    def rest(self) -> bytes:
        return bytes(self._held)


class Elements:
    """The elements of an array of objects.

    `end` is where in the last chunk the last complete element ends, or the array; 0: in none of it. `too_long` is set
    when an element passed sse.MAX_EVENT_BYTES: from then on nothing comes out.
    """

    __slots__ = ("_at", "_depth", "_held", "_quoted", "_start", "end", "too_long")

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0  # where to look on
        self._start = -1  # where the element began
        self._depth = 0  # 1: in the array
        self._quoted = False
        self.end = 0
        self.too_long = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The elements that are complete with `chunk`."""
        if self.too_long:
            self.end = len(chunk)
            return []
        held = self._held
        before = len(held)
        held += chunk
        self.end = 0
        found: list[bytes] = []
        while True:
            at = self._next()
            if at < 0:
                self._at = len(held)
                break
            sign = held[at]
            if self._quoted:
                if sign == 0x5C:  # a backslash, and what it escapes
                    if at + 1 >= len(held):
                        self._at = at
                        break
                    self._at = at + 2
                    continue
                self._quoted = False
            elif sign == 0x22:
                self._quoted = True
            elif sign in b"{[":
                if self._depth == 1:
                    self._start = at
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth <= 1:
                    self.end = at + 1 - before
                if self._depth == 1 and self._start >= 0:
                    found.append(bytes(memoryview(held)[self._start : at + 1]))
                    self._start = -1
            self._at = at + 1
        self._forget()
        return found

    def _forget(self) -> None:
        """Drop what has been looked at, but for an element that is not complete."""
        done = self._start if self._start >= 0 else self._at
        if done:
            del self._held[:done]
            self._at -= done
            self._start = 0 if self._start >= 0 else -1
        if len(self._held) > sse.MAX_EVENT_BYTES:
            self.too_long = True
            self._held.clear()

    def _next(self) -> int:
        """The next sign that counts, -1: there is none."""
        match = None if self._quoted else _BRACKET.match(self._held, self._at)
        if match is None:  # sign by sign, where a string is cut
            match = (_INSIDE if self._quoted else _OUTSIDE).search(self._held, self._at)
        return -1 if match is None else match.end() - 1
