"""The bytes of a journal: frames, and finding them again in damaged data. Pure; opens no file.

A frame is: length of the payload (u32), CRC-32 of the payload (u32), both little-endian, then the payload, a usage
record in MessagePack.
"""

from __future__ import annotations

import struct
from binascii import crc32

import msgspec

from storage.records import UsageRecord, decode, encode

HEADER = struct.Struct("<II")
# More than any record needs; a longer length is damage. Bounds what a reader has to hold to see a whole frame.
MAX_PAYLOAD = 1 << 20
MAX_FRAME = HEADER.size + MAX_PAYLOAD

# A record is an array of more than 15 and fewer than 256 fields, which MessagePack begins with these two bytes. They
# cannot occur inside a string: 0xDC followed by 0x00 is not UTF-8. So what a client chose never looks like a frame.
_RECORD_START = b"\xdc\x00"


class Parsed(msgspec.Struct, gc=False):
    """What a piece of a journal holds.

    `consumed`: bytes dealt with; what follows them is an incomplete frame or damage without a frame behind it.
    `damaged`: (start, end) within the consumed bytes that are no records.
    """

    records: list[UsageRecord]
    consumed: int
    damaged: list[tuple[int, int]]


def frame(record: UsageRecord) -> bytes:
    """The record as one frame. Raises ValueError when it is too large for one."""
    payload = encode(record)
    if len(payload) > MAX_PAYLOAD:
        msg = f"a usage record of {len(payload)} bytes does not fit into a journal frame"
        raise ValueError(msg)
    return HEADER.pack(len(payload), crc32(payload)) + payload


def frame_end(data: bytes, start: int) -> int:
    """Where the whole and undamaged frame at `start` ends, 0 when there is none."""
    body = start + HEADER.size
    if body > len(data):
        return 0
    length, checksum = HEADER.unpack_from(data, start)
    end: int = body + length
    # An empty payload is refused because zeroed bytes would otherwise be valid frames.
    if not 0 < length <= MAX_PAYLOAD or end > len(data) or crc32(memoryview(data)[body:end]) != checksum:
        return 0
    return end


def parse(data: bytes, limit: int) -> Parsed:
    """Up to `limit` records of `data`, which begins with a frame; damage between two frames is stepped over."""
    found = Parsed([], 0, [])
    position, view = 0, memoryview(data)
    while len(found.records) < limit and position < len(data):
        end = frame_end(data, position)
        if not end:
            position = _next_frame(data, position + 1)
            if not position:
                break
            found.damaged.append((found.consumed, position))
        else:
            try:
                found.records.append(decode(view[position + HEADER.size : end]))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                found.damaged.append((position, end))  # whole, but not a record of any version this one can read
            position = end
        found.consumed = position
    return found


def _next_frame(data: bytes, start: int) -> int:
    """Where the next whole frame at or after `start` begins, 0 when there is none."""
    at = data.find(_RECORD_START, start + HEADER.size)
    while at >= 0:
        if frame_end(data, at - HEADER.size):
            return at - HEADER.size
        at = data.find(_RECORD_START, at + 1)
    return 0
