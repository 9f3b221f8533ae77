"""Packed data, unfolded step by step, so that a little of it never becomes much memory at once. No I/O.

gzip and zlib, br and zstd. Each decoder is fed pieces as they come and gives pieces of about a bounded size.
"""

import zlib
from collections.abc import Callable
from typing import Any, Protocol

import brotli
import zstandard

ERRORS = (zlib.error, brotli.error, zstandard.ZstdError)
"""What damaged data raises."""

STEP = 256 * 1024
"""Plain bytes of one step."""

_ZSTD_STEP = 256  # unfolds to 8 MB at most: 64 blocks of 128 KB
_ZSTD_WINDOW = 1 << 23  # what a sender may expect of a receiver (RFC 9659)


class Decoder(Protocol):
    """One stream. Raises one of ERRORS."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """Unfold `data` to about `limit` bytes at most; b"" goes on with what is `pending`."""

    def pending(self) -> bool:
        """Whether there is plain data to come before more can be fed."""

    def finished(self) -> bool:
        """Whether the data's own end was reached."""


class Zlib:
    """gzip or zlib, by its head."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib by header
        self._full = False

    def feed(self, data: bytes, limit: int) -> bytes:
        """See Decoder."""
        piece = self._inner.decompress(self._inner.unconsumed_tail + data, limit)
        self._full = len(piece) == limit  # more may wait inside, also when all input is taken
        return piece

    def pending(self) -> bool:
        """See Decoder."""
        return self._full or bool(self._inner.unconsumed_tail)

    def finished(self) -> bool:
        """See Decoder."""
        return self._inner.eof


class Brotli:
    """br."""

    def __init__(self) -> None:
        self._inner: Any = brotli.Decompressor()

    def feed(self, data: bytes, limit: int) -> bytes:
        """See Decoder."""
        out: bytes = self._inner.process(data, output_buffer_limit=limit)
        return out

    def pending(self) -> bool:
        """See Decoder."""
        return not self._inner.can_accept_more_data()

    def finished(self) -> bool:
        """See Decoder."""
        return bool(self._inner.is_finished())


class Zstd:
    """One frame of zstd; its library cannot bound what it gives, so that it is given little."""

    def __init__(self) -> None:
        self._inner: Any = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self._rest = memoryview(b"")

    def feed(self, data: bytes, limit: int) -> bytes:
        """See Decoder; at most 8 MB over `limit`."""
        if data:
            self._rest = memoryview(bytes(self._rest) + data)
        pieces: list[bytes] = []
        size = 0
        while self._rest and size < limit and not self._inner.eof:
            piece = self._inner.decompress(self._rest[:_ZSTD_STEP])
            self._rest = self._rest[_ZSTD_STEP:]
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def pending(self) -> bool:
        """See Decoder."""
        return bool(self._rest) and not self._inner.eof

    def finished(self) -> bool:
        """See Decoder."""
        return bool(self._inner.eof)


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": Zlib, "x-gzip": Zlib, "deflate": Zlib, "br": Brotli, "zstd": Zstd,
}  # fmt: skip
"""Coding, in small letters -> a decoder for one stream."""


class Unfolding:
    """A stream that is fed as it comes and taken from in steps."""

    def __init__(self, coding: str) -> None:
        self._decoder = DECODERS[coding]()
        self._packed: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """More of it has come."""
        self._packed.append(data)

    def waits(self) -> bool:
        """Whether `step` may give something without more being fed."""
        return not self._decoder.finished() and (bool(self._packed) or self._decoder.pending())

    def step(self) -> bytes:
        """Some plain data, b"" where there is none yet. Raises one of ERRORS."""
        if self._decoder.pending():
            return self._decoder.feed(b"", STEP)
        data, self._packed = b"".join(self._packed), []
        return self._decoder.feed(data, STEP)
