"""Appending usage records, once per request and on the data path. Must never wait for the database."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

from storage.journal.frames import frame
from storage.journal.segments import create_segment, read_offset, total_bytes
from storage.records import UsageRecord

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PROBE_BYTES = 64 * 1024
_CHECK_SECONDS = 1.0


class JournalFull(RuntimeError):  # noqa: N818 - the name says what happened, and the pipeline answers 503 to it
    """No room for a record: the directory reached its limit (the database is away for long), or the disk is full."""


class JournalWriter:
    """Appends records to segments `<name>.<number>.journal` of a directory. For one thread; holds a lock until `close`.

    Args:
        directory: made when missing; one for all writers of a node.
        name: who writes, for example the replica; letters, digits, "-", "_" and "." only.
        segment_bytes: a new segment is begun at this size.
        max_bytes: size of the whole directory, all writers together, at which nothing more is taken. Watched with
            little cost, so it may be passed by a few percent.

    Call `ensure_room` before a request is accepted: it keeps a reserve, so that accepted requests can still append.
    """

    def __init__(
        self, directory: Path, name: str, *, segment_bytes: int = 16 * 1024 * 1024, max_bytes: int = 1024 * 1024 * 1024
    ) -> None:
        if not name or not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or name.startswith("."):
            msg = f"a journal writer cannot be named {name!r}: use letters, digits, '-', '_' and '.'"
            raise ValueError(msg)
        self.directory = directory
        self.name = name
        self.appended = 0
        """Records appended by this writer."""
        self.appended_bytes = 0
        """Bytes appended by this writer."""
        self._segment_bytes = segment_bytes
        self._max_bytes = max_bytes
        # Requests in flight when the limit comes near still have to be written down.
        self._reserve = min(segment_bytes, max_bytes // 8)
        self._used = 0  # the directory when last measured, and what this writer added since
        self._added = 0  # since then
        self._measure_every = min(segment_bytes // 4, max_bytes // 64)
        self._checked_at = 0.0
        self._disk_full = False
        directory.mkdir(parents=True, exist_ok=True)
        self._path, self._descriptor = create_segment(directory, name)
        self._size = 0
        self._measure()

    def append(self, record: UsageRecord) -> None:
        """Write the record down; when this returns it survives the death of the process.

        Raises JournalFull when there is no room, OSError when the disk fails, ValueError after `close` or for a record
        of over a megabyte. Then the record is not written.
        """
        data = frame(record)
        length = len(data)
        if self._added >= self._measure_every:
            self._measure()
        if self._used + length > self._max_bytes:
            self._check(self._max_bytes - length)
        if self._size and self._size + length > self._segment_bytes:
            self._rotate()
        try:
            written = os.write(self._descriptor, data)
        except OSError as error:
            if error.errno in _NO_SPACE:
                raise self._no_space() from error
            raise
        if written != length:
            self._take_back()
            raise self._no_space()
        self._disk_full = False
        self._size += length
        self._used += length
        self._added += length
        self.appended += 1
        self.appended_bytes += length

    def ensure_room(self) -> None:
        """Raise JournalFull when no new request should be accepted. A comparison; looks at the disk once a second."""
        allowed = self._max_bytes - self._reserve
        if self._used > allowed:
            self._check(allowed)
        if self._disk_full:
            if time.monotonic() - self._checked_at < _CHECK_SECONDS or not self._probe():
                raise self._no_space()
            self._disk_full = False

    @property
    def pending_bytes(self) -> int:
        """Bytes of this writer's current segment that are not in the database yet; reads one small file."""
        return self._size - read_offset(self._path, self._size)

    @property
    def directory_bytes(self) -> int:
        """Bytes that the directory's segments took when last measured, and what this writer added since."""
        return self._used

    def close(self) -> None:
        """Give up the segment; a drainer deletes it when it has read everything. Calling it again does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._size = self._segment_bytes  # a later append would rotate, and is refused there

    def _rotate(self) -> None:
        if self._descriptor < 0:
            msg = "the journal is closed"
            raise ValueError(msg)
        try:
            path, descriptor = create_segment(self.directory, self.name)
        except OSError as error:
            if error.errno in _NO_SPACE:
                raise self._no_space() from error
            raise
        os.close(self._descriptor)
        self._path, self._descriptor, self._size = path, descriptor, 0

    def _measure(self) -> None:
        self._used = total_bytes(self.directory)
        self._added = 0
        self._checked_at = time.monotonic()

    def _check(self, allowed: int) -> None:
        """Raise JournalFull when more is used than allowed; measure first, unless that was done within a second."""
        if time.monotonic() - self._checked_at >= _CHECK_SECONDS:
            self._measure()
        if self._used > allowed:
            msg = f"the usage journal {self.directory} holds {self._used} bytes and may hold {self._max_bytes}"
            raise JournalFull(msg)

    def _take_back(self) -> None:
        """Remove the part of a frame that still fitted on a full disk; if even that fails, leave the segment."""
        try:
            os.ftruncate(self._descriptor, self._size)
        except OSError:
            self._size = self._segment_bytes  # the next append rotates, and the drainer steps over the part

    def _no_space(self) -> JournalFull:
        self._disk_full = True
        self._checked_at = time.monotonic()
        return JournalFull(f"the disk of the usage journal {self.directory} is full")

    def _probe(self) -> bool:
        """True when the disk takes data again. Only a write tells: quotas do not show in the free space."""
        path = self.directory / f"{self.name}.probe"
        try:
            path.write_bytes(bytes(_PROBE_BYTES))
        except OSError:
            return False
        finally:
            path.unlink(missing_ok=True)
        return True
