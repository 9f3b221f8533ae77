"""The parts that need no gateway: keys and fingerprints, the spool, the seal."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.errors import ClientError
from deployments.idempotency_claims import Kept, seal, unseal
from deployments.idempotency_key import MAX_LENGTH, check_same, claim_id, fingerprint, read
from deployments.idempotency_spool import BLOCK, Spool
from storage.crypto import SealError, SecretBox

BOX = SecretBox(b"m" * 32)


@pytest.mark.parametrize("value", [b"k", b" k ", b"a b", b"x" * MAX_LENGTH, b"0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_keys_that_are_taken(value: bytes) -> None:
    assert read(value) == value.strip()


@pytest.mark.parametrize("value", [b"", b"  ", b"x" * (MAX_LENGTH + 1), b"a\x00b", b"a\nb", "ü".encode()])
def test_keys_that_are_refused(value: bytes) -> None:
    with pytest.raises(ClientError) as refused:
        read(value)
    assert refused.value.status == 400


def test_the_scope_has_no_two_readings() -> None:
    scopes = [(1, "/a", b"b"), (1, "/a", b"c"), (2, "/a", b"b"), (1, "/b", b"b"), (12, "/a", b"b"), (1, "/a b", b"")]
    assert len({claim_id(*scope) for scope in scopes}) == len(scopes)


def test_a_fingerprint_is_of_every_byte() -> None:
    json = b"application/json"
    one = fingerprint(b"{}", b"", json)
    assert one == fingerprint(b"{}", b"", json)
    asked = [fingerprint(b"{} ", b"", json), fingerprint(b"{}", b"a=1", json), fingerprint(b"a=1{}", b"", json)]
    assert len({one, *asked}) == 4
    check_same(one, one)
    with pytest.raises(ClientError) as refused:
        check_same(one, asked[0])
    assert refused.value.status == 422


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary={}", 'Multipart/form-data; x=y; boundary="{}"'])
def test_a_form_is_the_same_with_another_boundary(kind: str) -> None:
    def form(boundary: str, value: str) -> bytes:
        body = f"--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n{value}\r\n--{boundary}--\r\n"
        return fingerprint(body.encode(), b"", kind.format(boundary).encode())

    assert form("one", "1") == form("two-2", "1") != form("one", "2")


@pytest.mark.parametrize("memory", [0, 1000, 2 * BLOCK, 1 << 30])
def test_a_spool_gives_back_what_it_took(tmp_path: Path, memory: int) -> None:
    pieces = [os.urandom(size) for size in (1, 5000, 3 * BLOCK, BLOCK - 1, 1, 0, 70_000)]
    whole = b"".join(pieces)
    spool = Spool(tmp_path, memory)
    offset, seen = 0, b""
    for piece in pieces:
        spool.append(piece)
        while more := spool.read(offset):
            offset += len(more)
            seen += more
    assert seen == whole == spool.whole()
    assert spool.size == len(whole)
    assert spool.in_memory <= max(memory, BLOCK)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(0, 100_000), max_size=8), data=st.data())
def test_a_spool_is_read_from_anywhere(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
) -> None:
    whole = bytes(itertools.islice(itertools.cycle(range(251)), sum(sizes)))
    spool = Spool(tmp_path_factory.getbasetemp(), 50_000)
    at = 0
    for size in sizes:
        spool.append(whole[at : at + size])
        at += size
    offset = data.draw(st.integers(0, len(whole)))
    piece = spool.read(offset)
    assert piece == whole[offset : offset + len(piece)]
    assert bool(piece) == (offset < len(whole))


def test_nothing_of_a_spool_stands_in_its_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 0)
    spool.append(b"secret " * BLOCK)
    assert spool._file is not None
    size = os.fstat(spool._file.fileno()).st_size
    assert size > 6 * BLOCK
    assert b"secret" not in os.pread(spool._file.fileno(), size, 0)


@pytest.mark.parametrize("body", [b"", b"text", bytes(range(256)) * 100, "wörld 🌍".encode()])
def test_a_sealed_answer_opens_for_its_claim_alone(body: bytes) -> None:
    kept = Kept(200, b"content-type: text/event-stream\r\n", body, streamed=True, whole=False)
    sealed = seal(BOX, b"1" * 32, kept)
    assert unseal(BOX, b"1" * 32, sealed) == kept
    with pytest.raises(SealError):
        unseal(BOX, b"2" * 32, sealed)


def test_an_answer_that_repeats_itself_is_stored_small() -> None:
    body = b'data: {"id":"c1","object":"chat.completion.chunk"}\n\n' * 10_000
    assert len(seal(BOX, b"1" * 32, Kept(200, b"", body, streamed=True, whole=True))) < len(body) / 20
