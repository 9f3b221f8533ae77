"""What a stream has said so far, for readers that each go at their own pace.

The first bytes stay in memory; beyond a bound, whole blocks go to a temporary file. The file has no name and its blocks
are sealed under a key that dies with the process: it holds users' content.
"""

import os
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path
from typing import IO

from storage.crypto import SecretBox

BLOCK = 64 * 1024

_box = SecretBox(os.urandom(32))


class Spool:
    """Append-only bytes; at most about `memory` of them in memory. Raises OSError when the disk does not take more."""

    __slots__ = ("_blocks", "_file", "_folder", "_memory", "_tail", "size")

    def __init__(self, folder: Path, memory: int) -> None:
        self.size = 0
        self._folder = folder
        self._memory = memory
        self._tail = bytearray()
        self._blocks: list[tuple[int, int]] = []  # position and length in the file; each unfolds to BLOCK bytes
        self._file: IO[bytes] | None = None

    @property
    def in_memory(self) -> int:
        """Bytes that are not in the file."""
        return len(self._tail)

    def append(self, data: bytes) -> None:
        """Add to the end."""
        self._tail += data
        self.size += len(data)
        if self.size > self._memory:
            while len(self._tail) >= BLOCK:
                self._put(bytes(self._tail[:BLOCK]))
                del self._tail[:BLOCK]

    def read(self, offset: int) -> bytes:
        """What follows `offset`, at most a block; empty at the end."""
        number, inside = divmod(offset, BLOCK)
        if number < len(self._blocks) and self._file is not None:
            position, length = self._blocks[number]
            sealed = os.pread(self._file.fileno(), length, position)
            return b64decode(_box.open(sealed, f"spool:{number}"))[inside:]
        start = offset - len(self._blocks) * BLOCK
        return bytes(self._tail[start : start + BLOCK])

    def whole(self) -> bytes:
        """All of it; may take milliseconds for each megabyte."""
        pieces = []
        offset = 0
        while piece := self.read(offset):
            pieces.append(piece)
            offset += len(piece)
        return b"".join(pieces)

    def __del__(self) -> None:
        if self._file is not None:  # the last reader is through
            self._file.close()

    def _put(self, block: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115  # closed by `close`
        sealed = _box.seal(b64encode(block).decode(), f"spool:{len(self._blocks)}")
        position = sum(self._blocks[-1]) if self._blocks else 0
        written = 0
        while written < len(sealed):
            written += os.pwrite(self._file.fileno(), sealed[written:], position + written)
        self._blocks.append((position, len(sealed)))
