"""The binary form of a usage record: exact, readable across versions, and total."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models import Usage
from storage.records import FIELDS, UsageRecord, decode, encode

texts = st.text(max_size=30)
records = st.builds(
    UsageRecord,
    request_id=texts,
    started_at=st.integers(0, 2**62),
    model=texts,
    stream=st.booleans(),
    status=st.integers(0, 999),
    cost=st.integers(0, 2**53),
    attempt_log=texts,
)


@given(records)
def test_every_record_comes_back_as_it_was(record: UsageRecord) -> None:
    assert decode(encode(record)) == record


def test_a_record_of_an_older_version_gets_defaults() -> None:
    old = msgspec.msgpack.encode(["r1", 5, 7])
    assert decode(old) == UsageRecord("r1", 5, key_id=7)


def test_fields_of_a_newer_version_are_ignored(make_record: Callable[..., UsageRecord]) -> None:
    record = make_record("r1")
    newer = msgspec.msgpack.encode([*msgspec.structs.astuple(record), "new", 1])
    assert decode(newer) == record


@pytest.mark.parametrize("data", [b"", b"\xc0", b"\x91\x01", b"\xdc\x00"])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode(data)


def test_what_cannot_be_encoded_is_replaced_not_lost() -> None:
    record = UsageRecord("r1", 1, model="gpt-\ud800", input_tokens=2**70, output_tokens=-(2**70), stream=True)
    assert decode(encode(record)) == UsageRecord(
        "r1", 1, model="gpt-?", input_tokens=2**63 - 1, output_tokens=-(2**63), stream=True
    )


def test_the_table_has_the_fields_of_the_record() -> None:
    assert tuple(column.name for column in Usage.__table__.columns) == (*FIELDS, "batch")


def test_the_order_of_the_fields_is_part_of_the_format() -> None:
    assert FIELDS[:4] == ("request_id", "started_at", "key_id", "channel_id")
    assert FIELDS[30] == "upstream_request_id"
    assert FIELDS.index("cost") == 19
    assert FIELDS[31:] == (
        "user_id",
        "organisation_id",
        "group",
        "accounts",
        "provider_cost",
        "reserved",
        "price_detail",
        "client_protocol",
        "upstream_protocol",
        "plan",
        "losses",
        "error_text",
        "team_id",
    )
    assert encode(UsageRecord("r", 1))[:3] == b"\xdc\x00\x2d"
