"""Appending: what is written down stays, a full journal or disk refuses aloud, files have one owner."""

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.journal import JournalFull, JournalWriter, segments
from storage.journal.frames import frame, parse
from storage.journal.writer import _CHECK_SECONDS
from storage.records import UsageRecord

MakeRecord = Callable[..., UsageRecord]


def written(directory: Path) -> list[str]:
    data = b"".join(path.read_bytes() for path in segments.list_segments(directory))
    found = parse(data, 10**6)
    assert found.consumed == len(data)
    return [record.request_id for record in found.records]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The writer's clock: set the only item."""
    now = [1000.0]
    monkeypatch.setattr("storage.journal.writer.time.monotonic", lambda: now[0])
    return now


def test_records_are_in_the_file_when_append_returns(tmp_path: Path, make_record: MakeRecord) -> None:
    writer = JournalWriter(tmp_path / "new" / "journal", "replica-1")
    for number in range(3):
        writer.append(make_record(f"r{number}"))
        assert written(writer.directory) == [f"r{count}" for count in range(number + 1)]
    assert writer.appended == 3
    assert writer.appended_bytes == writer.pending_bytes == writer.directory_bytes == 3 * len(frame(make_record("r0")))
    writer.close()


def test_the_file_belongs_to_the_user_alone(tmp_path: Path) -> None:
    JournalWriter(tmp_path, "a").close()
    (path,) = segments.list_segments(tmp_path)
    assert path.name == "a.00000001.journal"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_segment_is_locked_while_its_writer_lives(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, "a")
    (path,) = segments.list_segments(tmp_path)
    descriptor = segments.open_segment(path)
    assert not segments.try_lock(descriptor)
    writer.close()
    assert segments.try_lock(descriptor)
    os.close(descriptor)


def test_segments_rotate_at_their_size_and_leave_the_old_one_unlocked(tmp_path: Path, make_record: MakeRecord) -> None:
    length = len(frame(make_record("r0")))
    writer = JournalWriter(tmp_path, "a", segment_bytes=2 * length)
    for number in range(5):
        writer.append(make_record(f"r{number}"))
    paths = segments.list_segments(tmp_path)
    assert [path.stat().st_size for path in paths] == [2 * length, 2 * length, length]
    assert written(tmp_path) == [f"r{number}" for number in range(5)]
    old = segments.open_segment(paths[0])
    assert segments.try_lock(old)
    os.close(old)
    writer.close()


def test_a_record_larger_than_a_segment_has_one_of_its_own(tmp_path: Path, make_record: MakeRecord) -> None:
    writer = JournalWriter(tmp_path, "a", segment_bytes=10)
    writer.append(make_record("r0"))
    writer.append(make_record("r1"))
    writer.close()
    assert written(tmp_path) == ["r0", "r1"]
    assert len(segments.list_segments(tmp_path)) == 2


def test_a_writer_never_takes_a_number_that_was_used(tmp_path: Path) -> None:
    (tmp_path / "a.00000007.journal.offset").write_text("123")
    (tmp_path / "other.00000009.journal").touch()
    (tmp_path / "a.b.00000050.journal").touch()
    JournalWriter(tmp_path, "a").close()
    assert (tmp_path / "a.00000008.journal").exists()


def test_two_writers_of_one_name_have_files_of_their_own(tmp_path: Path, make_record: MakeRecord) -> None:
    first, second = JournalWriter(tmp_path, "a"), JournalWriter(tmp_path, "a")
    first.append(make_record("r1"))
    second.append(make_record("r2"))
    first.close()
    second.close()
    assert written(tmp_path) == ["r1", "r2"]


def test_a_segment_deleted_before_it_was_locked_is_not_written_to(
    tmp_path: Path, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    stolen: list[Path] = []

    def deleting(descriptor: int, operation: int) -> None:
        if not stolen:  # a drainer takes the empty unlocked file for a dead writer's
            stolen.extend(segments.list_segments(tmp_path))
            segments.remove_segment(stolen[0])
        real(descriptor, operation)

    monkeypatch.setattr("storage.journal.segments.fcntl.flock", deleting)
    writer = JournalWriter(tmp_path, "a")
    writer.append(make_record("r1"))
    writer.close()
    assert written(tmp_path) == ["r1"]


def test_a_number_that_another_took_meanwhile_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.00000001.journal").touch()
    monkeypatch.setattr(segments, "next_number", lambda directory, name: 1)
    JournalWriter(tmp_path, "a").close()
    assert (tmp_path / "a.00000002.journal").exists()


@pytest.mark.parametrize("name", ["", "a/b", "../a", ".hidden", "a b", "a\0"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="named"):
        JournalWriter(tmp_path, name)


def test_nothing_is_appended_after_close(tmp_path: Path, make_record: MakeRecord) -> None:
    writer = JournalWriter(tmp_path, "a")
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.append(make_record("r1"))


def test_a_full_directory_refuses_and_opens_again_when_drained(
    tmp_path: Path, make_record: MakeRecord, clock: list[float]
) -> None:
    length = len(frame(make_record("r00")))
    writer = JournalWriter(tmp_path, "a", segment_bytes=10 * length, max_bytes=80 * length)
    for accepted in range(71):  # an eighth is kept for requests already accepted
        writer.ensure_room()
        writer.append(make_record(f"r{accepted:02}"))
    with pytest.raises(JournalFull, match="may hold"):
        writer.ensure_room()
    for number in range(9):
        writer.append(make_record(f"x{number:02}"))
    with pytest.raises(JournalFull):
        writer.append(make_record("r99"))
    assert sum(path.stat().st_size for path in segments.list_segments(tmp_path)) == 80 * length

    for path in segments.list_segments(tmp_path)[:4]:
        segments.remove_segment(path)
    with pytest.raises(JournalFull):
        writer.ensure_room()  # it was measured just now
    clock[0] += _CHECK_SECONDS
    writer.ensure_room()
    writer.append(make_record("r99"))
    writer.close()


def test_what_other_writers_hold_counts(tmp_path: Path, make_record: MakeRecord, clock: list[float]) -> None:
    length = len(frame(make_record("r00")))
    other = JournalWriter(tmp_path, "other")
    for _ in range(40):
        other.append(make_record("r00"))
    with pytest.raises(JournalFull):
        JournalWriter(tmp_path, "a", max_bytes=40 * length).append(make_record("r00"))
    other.close()


def test_a_full_disk_refuses_leaves_no_part_and_recovers(
    tmp_path: Path, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    writer = JournalWriter(tmp_path, "a")
    writer.append(make_record("r1"))
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr("storage.journal.writer.os.write", lambda descriptor, data: real(descriptor, data[:50]))
        with pytest.raises(JournalFull, match="disk"):
            writer.append(make_record("r2"))
        patch.setattr(Path, "write_bytes", _no_space)
        with pytest.raises(JournalFull, match="disk"):
            writer.ensure_room()
        clock[0] += _CHECK_SECONDS
        with pytest.raises(JournalFull, match="disk"):
            writer.ensure_room()
    assert written(tmp_path) == ["r1"]
    with pytest.raises(JournalFull):
        writer.ensure_room()
    clock[0] += _CHECK_SECONDS
    writer.ensure_room()
    writer.append(make_record("r3"))
    writer.close()
    assert written(tmp_path) == ["r1", "r3"]
    assert not (tmp_path / "a.probe").exists()


def _no_space(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_no_space_at_all_is_a_full_disk_and_other_errors_are_not_hidden(
    tmp_path: Path, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(tmp_path, "a", segment_bytes=300)
    with monkeypatch.context() as patch:
        patch.setattr("storage.journal.writer.os.write", _no_space)
        with pytest.raises(JournalFull):
            writer.append(make_record("r1"))
        patch.setattr("storage.journal.writer.os.write", _broken)
        with pytest.raises(OSError, match="Input/output"):
            writer.append(make_record("r1"))
    writer.append(make_record("r1"))
    with monkeypatch.context() as patch:
        patch.setattr("storage.journal.writer.create_segment", _no_space)
        with pytest.raises(JournalFull):
            writer.append(make_record("r2"))
        patch.setattr("storage.journal.writer.create_segment", _broken)
        with pytest.raises(OSError, match="Input/output"):
            writer.append(make_record("r2"))
    writer.append(make_record("r2"))
    writer.close()
    assert written(tmp_path) == ["r1", "r2"]


def _broken(*_: object) -> int:
    raise OSError(errno.EIO, "Input/output error")


def test_a_part_that_cannot_be_taken_back_is_left_behind(
    tmp_path: Path, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(tmp_path, "a")
    writer.append(make_record("r1"))
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr("storage.journal.writer.os.write", lambda descriptor, data: real(descriptor, data[:50]))
        patch.setattr("storage.journal.writer.os.ftruncate", _broken)
        with pytest.raises(JournalFull):
            writer.append(make_record("r2"))
    writer.append(make_record("r3"))
    writer.close()
    assert len(segments.list_segments(tmp_path)) == 2
    assert written(tmp_path) == ["r1", "r3"]
