"""Moving records from the journal to the database, one drainer per node. Knows no database: the insert is handed in."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from storage.journal import segments
from storage.journal.frames import MAX_FRAME, Parsed, parse
from storage.records import UsageRecord

_log = logging.getLogger(__name__)

# A piece read from a frame's start and not shorter than this holds that frame whole.
_LARGE_PIECE = 2 * MAX_FRAME
_BACKOFF_SECONDS = 10.0

# While little waits, the work is cut into small pieces with pauses of the same length: on a machine whose cores are
# busy with requests a burst of inserts is what these would wait for (measured at 4,500 requests/s on 2 cores).
_CALM_BYTES = 4 * 1024 * 1024
_CALM_RECORDS = 1000
_PAUSES = 1.0
_TYPICAL_FRAME = 250


class JournalDrainer:
    """Reads whole records from all segments of a directory, inserts them in batches and deletes what is done.

    Args:
        directory: made when missing; the one the node's writers use.
        insert: commits the records it is given, and must ignore those whose request id is there already. It is retried
            with the same records when it raises, and after a kill between its commit and the note of it.
        batch: records per insert.

    Any number of drainers may exist on a node; the one that holds drain.lock works, until it is closed or dies.
    """

    def __init__(
        self, directory: Path, insert: Callable[[Sequence[UsageRecord]], Awaitable[None]], *, batch: int = 2000
    ) -> None:
        self.directory = directory
        self.inserted = 0
        """Records handed to a successful insert."""
        self.damaged = 0
        """Pieces found that were no record."""
        self.damaged_bytes = 0
        """Bytes of those pieces."""
        self.failures = 0
        """Inserts that raised, counted by `run`."""
        self.inserted_bytes = 0
        """Bytes of the journal that `inserted` records took."""
        self.caught_up_at = 0.0
        """What was in the journal at this moment of time.monotonic() is in the database; 0 as long as none is known."""
        self._insert = insert
        self._batch = batch
        self._piece = min(_LARGE_PIECE, batch * 2 * _TYPICAL_FRAME)
        self._calm = False
        self._lock: int | None = None
        self._unreadable: set[Path] = set()
        directory.mkdir(parents=True, exist_ok=True)

    async def drain_once(self) -> int:
        """Insert what the journal holds now; returns the number of records, 0 also when another drainer is at work.

        Whatever `insert` raises comes out of here; what was inserted before stays noted.
        """
        if not self.take():
            return 0
        began = time.monotonic()
        before = self.inserted
        for path in segments.list_segments(self.directory):
            descriptor = self._open(path)
            if descriptor is not None:
                try:
                    await self._drain_segment(path, descriptor)
                finally:
                    os.close(descriptor)
        self.caught_up_at = began
        return self.inserted - before

    async def run(self, stop: asyncio.Event, *, interval: float = 1.0) -> None:
        """Drain every `interval` seconds until `stop` is set, and once more then.

        Errors of the insert are logged and counted; the next try follows after twice the time, up to 10 seconds.
        """
        delay = interval
        while True:
            stopping = stop.is_set()
            self._calm = not stopping
            try:
                await self.drain_once()
                delay = interval
            except Exception:  # noqa: BLE001 - whatever the database says, the records stay and are tried again
                self.failures += 1
                delay = min(_BACKOFF_SECONDS, max(interval, 2 * delay))
                _log.exception("usage records stay in the journal, next try in about %.1f s", delay)
            if stopping:
                return
            try:
                # Spread out, so that the nodes do not return to a recovering database all at once.
                await asyncio.wait_for(stop.wait(), delay * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            except TimeoutError:
                pass

    def depth(self) -> tuple[int, int]:
        """(records, bytes) that wait in the journal; the records are estimated from the size of those seen so far."""
        waiting = segments.waiting_bytes(self.directory)
        typical = self.inserted_bytes / self.inserted if self.inserted else _TYPICAL_FRAME
        return (max(1, round(waiting / typical)) if waiting else 0), waiting

    @property
    def working(self) -> bool:
        """Whether this is the drainer that works on this node."""
        return self._lock is not None

    def take(self) -> bool:
        """Become the drainer that works on this node; False when another one is. `drain_once` does this by itself."""
        if self._lock is None:
            lock = os.open(self.directory / segments.LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not segments.try_lock(lock):
                os.close(lock)
                return False
            self._lock = lock
        return True

    def close(self) -> None:
        """Let another drainer of the node take over. Calling it again does nothing."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _open(self, path: Path) -> int | None:
        """A descriptor of the segment, None when it is gone or cannot be read; that must not hold up the others."""
        try:
            descriptor = segments.open_segment(path)
        except FileNotFoundError:
            return None  # the drainer before this one deleted it just before it gave up the lock
        except OSError as error:
            if path not in self._unreadable:
                _log.error("%s cannot be read, its records wait: %s", path, error.strerror)
                self._unreadable.add(path)
            return None
        self._unreadable.discard(path)
        return descriptor

    async def _drain_segment(self, path: Path, descriptor: int) -> None:
        # In this order: with the lock in hand, the size is final.
        abandoned = segments.try_lock(descriptor)
        size = os.fstat(descriptor).st_size
        offset = segments.read_offset(path, size)
        while offset < size:
            calm = self._calm and size - offset < _CALM_BYTES
            piece, found = self._read(descriptor, offset, size, abandoned=abandoned, calm=calm)
            if not found.consumed:
                break  # a writer is in the middle of this frame
            began = time.monotonic()
            if found.records:
                await self._insert(found.records)
                self.inserted += len(found.records)
                self.inserted_bytes += found.consumed
            for begin, end in found.damaged:
                self._report(path, offset + begin, piece[begin:end])
            offset += found.consumed
            segments.write_offset(path, offset)
            if calm and offset < size:
                await asyncio.sleep(_PAUSES * (time.monotonic() - began))
        if abandoned:
            segments.remove_segment(path)

    def _read(
        self, descriptor: int, offset: int, size: int, *, abandoned: bool, calm: bool = False
    ) -> tuple[bytes, Parsed]:
        """A piece of the segment from `offset` on and what is in it; nothing consumed means: the rest is to come."""
        for wanted in (min(self._piece, size - offset), min(_LARGE_PIECE, size - offset)):
            piece = os.pread(descriptor, wanted, offset)
            found = parse(piece, min(self._batch, _CALM_RECORDS) if calm else self._batch)
            if found.consumed or len(piece) < wanted:  # shorter: the writer took back what a full disk cut off
                return piece, found
        # No frame at all begins here. That is damage, but for what may be the beginning of a frame that ends behind the
        # piece or is being written.
        if offset + len(piece) < size:
            found.consumed = len(piece) - MAX_FRAME
        elif abandoned:
            found.consumed = len(piece)
        if found.consumed:
            found.damaged.append((0, found.consumed))
        return piece, found

    def _report(self, path: Path, offset: int, data: bytes) -> None:
        kept = segments.keep_damage(path, offset, data)
        self.damaged += 1
        self.damaged_bytes += len(data)
        _log.error("%s: %d bytes at %d are no usage record; moved to %s", path.name, len(data), offset, kept.name)
