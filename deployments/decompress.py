"""Compressed request bodies.

Gzip, br and zstd, bounded while they unfold, so that a small body cannot become a large memory.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import zstandard

from adapters.errors import ClientError
from deployments.unfold import ERRORS, Brotli, Decoder, Zlib

INLINE_BYTES = 64 * 1024
"""Compressed bodies up to this size are unfolded in the event loop; larger ones in a thread."""

_STEP = 256 * 1024  # of plain data
_PACKED_STEP = 64 * 1024  # both libraries copy what they have not yet unfolded at each step, so they are given little
_ZSTD_STEP = 256  # unfolds to 8 MB at most: 64 blocks of 128 KB


_DECODERS: dict[bytes, Callable[[], Decoder]] = {b"gzip": Zlib, b"x-gzip": Zlib, b"deflate": Zlib, b"br": Brotli}
NAMES = "gzip, br, zstd, deflate"


async def decompress(encoding: bytes, body: bytes, limit: int) -> bytes:
    """The plain body. Raises ClientError: 415 for an unknown coding, 413 over `limit` bytes, 400 for damaged data."""
    coding = encoding.strip().lower()
    if coding in (b"", b"identity"):
        return body
    if coding != b"zstd" and coding not in _DECODERS:
        raise ClientError(
            415, f"This content-encoding is not supported; use one of {NAMES}.", code="unsupported_encoding"
        )
    if len(body) <= INLINE_BYTES and limit <= 64 * 1024 * 1024:
        return _unfold(coding, body, limit)
    return await asyncio.to_thread(_unfold, coding, body, limit)


def _unfold(coding: bytes, body: bytes, limit: int) -> bytes:
    try:
        return _zstd(body, limit) if coding == b"zstd" else _stepwise(_DECODERS[coding](), body, limit)
    except (*ERRORS, EOFError):
        raise ClientError(
            400, f"The request body is not valid {coding.decode()} data.", code="invalid_encoding"
        ) from None


def _stepwise(decoder: Decoder, body: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = at = 0
    while not decoder.finished():
        data = b"" if decoder.pending() else body[at : at + _PACKED_STEP]
        at += len(data)
        piece = decoder.feed(data, _STEP)
        if not piece and at == len(body) and not decoder.finished():
            raise EOFError  # cut before its end
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        pieces.append(piece)
    return b"".join(pieces)


def _zstd(body: bytes, limit: int) -> bytes:
    """Frame by frame; fed in small steps, because what a step unfolds to cannot be bounded here."""
    pieces: list[bytes] = []
    size = at = 0
    decoder: Any = None
    while at < len(body):
        if decoder is None:
            decoder = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        end = min(at + _ZSTD_STEP, len(body))
        piece = decoder.decompress(body[at:end])
        at = end
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        pieces.append(piece)
        if decoder.eof:
            at -= len(decoder.unused_data)
            decoder = None
    if decoder is not None or not body:
        raise EOFError  # cut before the end of a frame
    return b"".join(pieces)


def _too_large(limit: int) -> ClientError:
    return ClientError(413, f"The unpacked request body is larger than {limit} bytes.", code="request_too_large")
