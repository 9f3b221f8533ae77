"""Frames: every whole one is found, whatever happened to the bytes around it; damage never becomes a record."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.journal.frames import HEADER, MAX_PAYLOAD, Parsed, frame, frame_end, parse
from storage.records import UsageRecord

records = st.builds(
    UsageRecord,
    request_id=st.uuids().map(str),
    started_at=st.integers(0, 2**62),
    model=st.text(max_size=20),
    attempt_log=st.text(max_size=20),
    cost=st.integers(0, 2**40),
)
journals = st.lists(records, min_size=1, max_size=6, unique_by=lambda record: record.request_id)


@given(journals)
def test_whole_frames_are_read_to_the_end(written: list[UsageRecord]) -> None:
    data = b"".join(map(frame, written))
    assert parse(data, 100) == Parsed(written, len(data), [])


@given(journals)
def test_a_journal_cut_anywhere_gives_the_records_before_the_cut(written: list[UsageRecord]) -> None:
    frames = [frame(record) for record in written]
    data = b"".join(frames)
    ends = [sum(map(len, frames[: count + 1])) for count in range(len(frames))]
    for cut in range(len(data)):
        whole = sum(end <= cut for end in ends)
        found = parse(data[:cut], 100)
        assert found.records == written[:whole]
        assert found.consumed == (ends[whole - 1] if whole else 0)
        assert found.damaged == []


@settings(max_examples=60)
@given(journals, st.integers(1, 255), st.data())
def test_a_changed_byte_costs_one_record(written: list[UsageRecord], flip: int, data: st.DataObject) -> None:
    frames = [frame(record) for record in written]
    journal = bytearray(b"".join(frames))
    at = data.draw(st.integers(0, len(journal) - 1))
    hit = next(number for number in range(len(frames)) if at < sum(map(len, frames[: number + 1])))
    journal[at] ^= flip
    found = parse(bytes(journal), 100)
    assert found.records == written[:hit] + written[hit + 1 :]
    start = sum(map(len, frames[:hit]))
    if hit < len(frames) - 1:
        assert found.consumed == len(journal)
        assert found.damaged == [(start, start + len(frames[hit]))]
    else:
        assert found.consumed == start


@given(journals, st.binary(max_size=60), st.data())
def test_foreign_bytes_between_frames_cost_nothing(
    written: list[UsageRecord], junk: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(written)))
    journal = b"".join(map(frame, written[:at])) + junk + b"".join(map(frame, written[at:]))
    assert parse(journal, 100).records == written


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    found = parse(data, 100)
    assert found.records == []
    assert found.consumed <= len(data)


def test_a_client_cannot_forge_a_frame_inside_a_string(make_record: Callable[..., UsageRecord]) -> None:
    forged = frame(make_record("forged", cost=0))
    carrier = make_record("r1", model=forged.decode("latin-1"), attempt_log=forged.decode("utf-8", "surrogateescape"))
    journal = frame(carrier)
    assert [record.request_id for record in parse(journal[1:] + frame(make_record("r2")), 100).records] == ["r2"]


def test_the_limit_is_kept_and_the_rest_is_read_next(make_record: Callable[..., UsageRecord]) -> None:
    frames = [frame(make_record(f"r{number}")) for number in range(5)]
    found = parse(b"".join(frames), 2)
    assert [record.request_id for record in found.records] == ["r0", "r1"]
    assert found.consumed == len(frames[0]) + len(frames[1])


def test_a_whole_frame_that_is_no_record_is_stepped_over(make_record: Callable[..., UsageRecord]) -> None:
    from binascii import crc32

    payload = msgspec.msgpack.encode({"some": "thing"})
    other = HEADER.pack(len(payload), crc32(payload)) + payload
    found = parse(other + frame(make_record("r1")), 100)
    assert [record.request_id for record in found.records] == ["r1"]
    assert found.damaged == [(0, len(other))]


@pytest.mark.parametrize("data", [b"", bytes(8), bytes(1000), b"\xff" * 100])
def test_zeros_and_ones_are_no_frame(data: bytes) -> None:
    assert frame_end(data, 0) == 0
    assert parse(data, 10) == Parsed([], 0, [])


def test_a_record_beyond_all_measure_is_refused(make_record: Callable[..., UsageRecord]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        frame(make_record("r1", model="m" * MAX_PAYLOAD))
