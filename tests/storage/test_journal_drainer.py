"""Draining: every whole record is inserted, in spite of failures, damage and other drainers, and files go when done."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.journal import JournalDrainer, JournalWriter, segments
from storage.journal.frames import MAX_FRAME, frame
from storage.records import UsageRecord

MakeRecord = Callable[..., UsageRecord]


class Table:
    """A table that ignores a request id it has, and fails on demand."""

    def __init__(self) -> None:
        self.rows: dict[str, UsageRecord] = {}
        self.batches: list[int] = []
        self.error: Exception | None = None
        self.failures = 0
        self.failed_twice = asyncio.Event()
        self.filled = asyncio.Event()

    async def insert(self, records: Sequence[UsageRecord]) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            self.failures += 1
            if self.failures == 2:
                self.failed_twice.set()
            raise self.error
        self.batches.append(len(records))
        for record in records:
            self.rows.setdefault(record.request_id, record)
        self.filled.set()


@pytest.fixture
def table() -> Table:
    return Table()


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def write(directory: Path, name: str, records: Sequence[UsageRecord], *, close: bool = True) -> JournalWriter:
    writer = JournalWriter(directory, name)
    for record in records:
        writer.append(record)
    if close:
        writer.close()
    return writer


async def test_records_of_a_living_writer_are_inserted_and_its_segment_stays(
    tmp_path: Path, table: Table, make_record: MakeRecord
) -> None:
    writer = write(tmp_path, "a", [make_record("r1"), make_record("r2")], close=False)
    drainer = JournalDrainer(tmp_path, table.insert)
    assert await drainer.drain_once() == 2
    assert await drainer.drain_once() == 0
    assert writer.pending_bytes == 0
    writer.append(make_record("r3"))
    assert drainer.depth() == (1, writer.pending_bytes)
    assert await drainer.drain_once() == 1
    assert table.rows == {name: make_record(name) for name in ("r1", "r2", "r3")}
    assert len(segments.list_segments(tmp_path)) == 1
    writer.close()
    assert await drainer.drain_once() == 0
    assert names(tmp_path) == ["drain.lock"]
    assert (drainer.inserted, drainer.damaged) == (3, 0)
    drainer.close()


async def test_segments_left_by_rotation_are_deleted_while_the_writer_goes_on(
    tmp_path: Path, table: Table, make_record: MakeRecord
) -> None:
    writer = JournalWriter(tmp_path, "a", segment_bytes=1000)
    for number in range(20):
        writer.append(make_record(f"r{number}"))
    assert len(segments.list_segments(tmp_path)) > 3
    drainer = JournalDrainer(tmp_path, table.insert, batch=3)
    assert await drainer.drain_once() == 20
    assert len(segments.list_segments(tmp_path)) == 1
    assert set(table.rows) == {f"r{number}" for number in range(20)}
    assert max(table.batches) == 3
    writer.close()
    drainer.close()


async def test_the_empty_segment_of_a_starting_writer_may_go_but_never_a_record(
    tmp_path: Path, table: Table, make_record: MakeRecord
) -> None:
    drainer = JournalDrainer(tmp_path, table.insert)
    writer = JournalWriter(tmp_path, "a")
    await drainer.drain_once()
    writer.append(make_record("r1"))
    assert await drainer.drain_once() == 1
    writer.close()
    drainer.close()


async def test_one_drainer_of_a_node_works_and_another_takes_over(
    tmp_path: Path, table: Table, make_record: MakeRecord
) -> None:
    first, second = JournalDrainer(tmp_path, table.insert), JournalDrainer(tmp_path, table.insert)
    await first.drain_once()
    write(tmp_path, "a", [make_record("r1")])
    assert await second.drain_once() == 0
    assert second.depth()[0] == 1
    first.close()
    first.close()
    assert await second.drain_once() == 1
    second.close()


async def test_a_failing_insert_keeps_everything_and_notes_what_was_done(
    tmp_path: Path, table: Table, make_record: MakeRecord
) -> None:
    write(tmp_path, "a", [make_record(f"r{number}") for number in range(4)])
    drainer = JournalDrainer(tmp_path, table.insert, batch=2)
    table.error = ConnectionError("the database is away")
    with pytest.raises(ConnectionError):
        await drainer.drain_once()
    assert drainer.depth()[1] == (tmp_path / "a.00000001.journal").stat().st_size
    table.error = None
    assert await drainer.drain_once() == 4
    assert table.batches == [2, 2]
    drainer.close()


async def test_run_retries_drains_a_last_time_and_stops(
    tmp_path: Path, table: Table, make_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "a", [make_record("r1")])
    drainer = JournalDrainer(tmp_path, table.insert)
    stop = asyncio.Event()
    table.error = OSError("connection refused")
    with caplog.at_level(logging.CRITICAL):
        running = asyncio.gather(drainer.run(stop, interval=0.01))
        await asyncio.wait_for(table.failed_twice.wait(), 30)
    table.error = None
    await asyncio.wait_for(table.filled.wait(), 30)
    assert drainer.failures == 2
    last = write(tmp_path, "b", [make_record("r2")], close=False)
    stop.set()
    await asyncio.wait_for(running, 30)
    assert set(table.rows) == {"r1", "r2"}
    last.close()
    drainer.close()


async def test_a_cancelled_drain_inserts_again_what_was_not_noted(
    tmp_path: Path, table: Table, make_record: MakeRecord
) -> None:
    write(tmp_path, "a", [make_record("r1")])
    hanging = asyncio.Event()

    async def hang(records: Sequence[UsageRecord]) -> None:
        await table.insert(records)  # committed, but the answer never comes
        hanging.set()
        await asyncio.sleep(60)

    first = JournalDrainer(tmp_path, hang)
    task = asyncio.gather(first.drain_once())
    await hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    first.close()
    second = JournalDrainer(tmp_path, table.insert)
    assert await second.drain_once() == 1
    assert list(table.rows) == ["r1"]
    second.close()


@pytest.mark.parametrize("offset", [b"", b"nonsense", b"-5", b"999999999", b"3"])
async def test_a_wrong_offset_loses_nothing(
    tmp_path: Path, table: Table, make_record: MakeRecord, offset: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "a", [make_record("r1"), make_record("r2")])
    (tmp_path / "a.00000001.journal.offset").write_bytes(offset)
    drainer = JournalDrainer(tmp_path, table.insert)
    with caplog.at_level(logging.CRITICAL):
        await drainer.drain_once()
    assert set(table.rows) >= {"r2"}
    if offset != b"3":
        assert set(table.rows) == {"r1", "r2"}
    drainer.close()


async def test_a_cut_tail_waits_for_a_living_writer_and_is_put_aside_for_a_dead_one(
    tmp_path: Path, table: Table, make_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    writer = write(tmp_path, "a", [make_record("r1")], close=False)
    (path,) = segments.list_segments(tmp_path)
    part = frame(make_record("r2"))[:40]
    with path.open("ab") as file:
        file.write(part)
    drainer = JournalDrainer(tmp_path, table.insert)
    assert await drainer.drain_once() == 1
    assert await drainer.drain_once() == 0
    assert drainer.depth() == (1, len(part))
    assert drainer.damaged == 0
    write(tmp_path, "b", [make_record("r3")])
    writer.close()
    with caplog.at_level(logging.ERROR):
        assert await drainer.drain_once() == 1
    assert (drainer.damaged, drainer.damaged_bytes) == (1, len(part))
    assert "40 bytes" in caplog.text
    (kept,) = (name for name in names(tmp_path) if name.endswith(".damaged"))
    assert (tmp_path / kept).read_bytes() == part
    assert segments.list_segments(tmp_path) == []
    assert set(table.rows) == {"r1", "r3"}
    drainer.close()


async def test_long_damage_is_passed_in_pieces(
    tmp_path: Path, table: Table, make_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.00000001.journal"
    junk = bytes(3 * MAX_FRAME + 17)
    path.write_bytes(frame(make_record("r1")) + junk + frame(make_record("r2")) + b"\xff" * 5)
    drainer = JournalDrainer(tmp_path, table.insert)
    with caplog.at_level(logging.CRITICAL):
        assert await drainer.drain_once() == 2
    assert set(table.rows) == {"r1", "r2"}
    assert drainer.damaged_bytes == len(junk) + 5
    assert not path.exists()
    drainer.close()


async def test_a_record_larger_than_a_usual_piece_is_read(
    tmp_path: Path, table: Table, make_record: MakeRecord
) -> None:
    large = make_record("r2", attempt_log="x" * 900_000)
    write(tmp_path, "a", [make_record("r1"), large, make_record("r3")])
    drainer = JournalDrainer(tmp_path, table.insert, batch=10)
    assert await drainer.drain_once() == 3
    assert table.rows["r2"] == large
    assert drainer.damaged == 0
    drainer.close()


async def test_an_unreadable_segment_does_not_hold_up_the_others(
    tmp_path: Path, table: Table, make_record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.00000001.journal").mkdir()
    write(tmp_path, "b", [make_record("r1")])
    drainer = JournalDrainer(tmp_path, table.insert)
    with caplog.at_level(logging.ERROR):
        assert await drainer.drain_once() == 1
        await drainer.drain_once()
    assert caplog.text.count("cannot be read") == 1
    (tmp_path / "a.00000001.journal").rmdir()
    await drainer.drain_once()
    drainer.close()


async def test_a_segment_that_vanishes_is_no_error(
    tmp_path: Path, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "list_segments", lambda directory: [directory / "gone.00000001.journal"])
    drainer = JournalDrainer(tmp_path, table.insert)
    assert await drainer.drain_once() == 0
    assert drainer.depth() == (0, 0)
    drainer.close()


# A pause of the machine while an example is drawn would be called too slow.
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_whatever_happens_to_the_bytes_the_other_records_arrive(
    tmp_path_factory: pytest.TempPathFactory, make_record: MakeRecord, data: st.DataObject
) -> None:
    directory = tmp_path_factory.mktemp("journal")
    count = data.draw(st.integers(1, 8))
    ids = [f"r{number}" for number in range(count)]
    write(directory, "a", [make_record(name) for name in ids])
    write(directory, "b", [make_record("other")])
    (path, _) = segments.list_segments(directory)
    lengths = [len(frame(make_record(name))) for name in ids]
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    hit = next(number for number in range(count) if at < sum(lengths[: number + 1]))
    if data.draw(st.booleans()):
        content[at] ^= data.draw(st.integers(1, 255))
        lost = {ids[hit]}
    else:
        del content[at:]
        lost = set(ids[hit:])
    path.write_bytes(content)
    table = Table()
    drainer = JournalDrainer(directory, table.insert, batch=data.draw(st.integers(1, 4)))
    logging.disable(logging.CRITICAL)
    try:
        inserted = asyncio.run(drainer.drain_once())
    finally:
        logging.disable(logging.NOTSET)
    assert set(table.rows) == {*ids, "other"} - lost
    assert inserted == len(table.rows)
    assert segments.list_segments(directory) == []
    drainer.close()


async def test_the_lock_of_the_drainer_is_the_kernels(tmp_path: Path, table: Table) -> None:
    drainer = JournalDrainer(tmp_path, table.insert)
    await drainer.drain_once()
    descriptor = os.open(tmp_path / "drain.lock", os.O_RDWR)
    assert not segments.try_lock(descriptor)
    drainer.close()
    assert segments.try_lock(descriptor)
    os.close(descriptor)
