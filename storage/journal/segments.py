"""The files of a journal directory: names, locks, offsets. Knows nothing of what is inside a segment."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from pathlib import Path

SUFFIX = ".journal"
OFFSET_SUFFIX = ".offset"
LOCK_FILE = "drain.lock"

_NUMBERED = re.compile(r"(?P<name>.+)\.(?P<number>\d{8})\.journal(?:\..+)?")


def segment_path(directory: Path, name: str, number: int) -> Path:
    """The path of a writer's segment."""
    return directory / f"{name}.{number:08d}{SUFFIX}"


def list_segments(directory: Path) -> list[Path]:
    """All segments, each writer's in the order written. Empty when there is no such directory."""
    return sorted(directory.glob(f"*{SUFFIX}"))


def total_bytes(directory: Path) -> int:
    """Bytes that all segments take."""
    total = 0
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith(SUFFIX):
                with contextlib.suppress(FileNotFoundError):  # a drainer deletes at any time
                    total += entry.stat().st_size
    return total


def waiting_bytes(directory: Path) -> int:
    """Bytes of all segments that are not in the database yet. 0 when there is no such directory."""
    waiting = 0
    for path in list_segments(directory):
        with contextlib.suppress(FileNotFoundError):  # as above
            size = path.stat().st_size
            waiting += size - read_offset(path, size)
    return waiting


def next_number(directory: Path, name: str) -> int:
    """A number above all that this writer's files bear, an orphaned offset included."""
    matches = (_NUMBERED.fullmatch(path.name) for path in directory.iterdir())
    return 1 + max((int(match["number"]) for match in matches if match and match["name"] == name), default=0)


def create_segment(directory: Path, name: str) -> tuple[Path, int]:
    """A new, empty, locked segment: its path and a descriptor to append with."""
    number = next_number(directory, name)
    while True:
        path = segment_path(directory, name, number)
        number += 1
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return path, descriptor
        # A drainer saw the file before it was locked, took it for an empty one of a dead writer and deleted it.
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Lock the open file for this descriptor alone; False when somebody else holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_segment(path: Path) -> int:
    """A descriptor of the segment to read and lock it. Raises OSError."""
    return os.open(path, os.O_RDWR | os.O_CLOEXEC)  # a lock over NFS needs write access


def _offset_path(segment: Path) -> Path:
    return segment.with_name(segment.name + OFFSET_SUFFIX)


def read_offset(segment: Path, size: int) -> int:
    """How far the segment is drained; 0 when unknown, or beyond its `size`: inserting twice is harmless."""
    try:
        offset = int(_offset_path(segment).read_bytes())
    except (FileNotFoundError, ValueError):
        return 0
    return offset if 0 <= offset <= size else 0


def write_offset(segment: Path, offset: int) -> None:
    """Remember how far the segment is drained; a reader sees the old number or the new one."""
    _write_whole(_offset_path(segment), b"%d\n" % offset)


def keep_damage(segment: Path, offset: int, data: bytes) -> Path:
    """Put bytes that are no record aside; doing it twice gives the same file."""
    path = segment.with_name(f"{segment.name}.{offset}.damaged")
    _write_whole(path, data)
    return path


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(data)
    draft.rename(path)


def remove_segment(segment: Path) -> None:
    """Delete a drained segment; only for who holds its lock.

    The offset goes first. Killed in between, the segment is read again from its start; the other way round, a later
    segment of the same name would inherit the offset and lose records.
    """
    _offset_path(segment).unlink(missing_ok=True)
    segment.unlink(missing_ok=True)
