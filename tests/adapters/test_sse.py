"""The decoder of server-sent events: the same events, however the bytes are cut and whichever line ends they have."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import sse
from adapters.sse import Decoder, Frame

STREAM = (
    ': a comment\n\ndata: {"a":1}\n\n\nevent: message_start\ndata: {"t":"Grüße 🎉"}\n\n'
    "id: 7\nretry: 10\ndata:no space\n\nevent: nothing\n\ndata: one\n: between\ndata\ndata:  two\n\ndata:\n\n"
    "event:x\nevent: last name wins\ndata: [DONE]\n\n"
).encode()
EVENTS: list[Frame] = [
    (b"", b'{"a":1}'),
    (b"message_start", '{"t":"Grüße 🎉"}'.encode()),
    (b"", b"no space"),
    (b"", b"one\n\n two"),
    (b"last name wins", b"[DONE]"),
]


def decoded(pieces: list[bytes]) -> list[Frame]:
    decoder = Decoder()
    return [frame for piece in pieces for frame in decoder.feed(piece)] + decoder.flush()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
def test_any_line_end_and_any_cut(end: bytes, begin: bytes) -> None:
    data = begin + STREAM.replace(b"\n", end)
    assert decoded([data]) == EVENTS
    assert decoded([data[i : i + 1] for i in range(len(data))]) == EVENTS
    for cut in range(len(data)):
        assert decoded([data[:cut], data[cut:]]) == EVENTS


@settings(max_examples=200)
@given(st.lists(st.integers(0, len(STREAM)), max_size=8), st.lists(st.sampled_from([b"\n", b"\r\n"]), min_size=40))
def test_mixed_line_ends_and_many_cuts(cuts: list[int], ends: list[bytes]) -> None:
    lines = STREAM.split(b"\n")
    data = b"".join(line + ends[i % len(ends)] for i, line in enumerate(lines[:-1]))
    places = [0, *sorted(cuts), len(data)]
    assert decoded([data[a:b] for a, b in pairwise(places)]) == EVENTS


def test_the_last_event_needs_no_blank_line() -> None:
    decoder = Decoder()
    assert decoder.feed(b'data: {"cut":') == []
    assert decoder.flush() == [(b"", b'{"cut":')]
    assert decoder.flush() == []


def test_an_event_comes_with_the_chunk_that_completes_it() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: 1\r\n\r") == [(b"", b"1")]
    assert decoder.feed(b"\ndata: 2\r\n") == []
    assert decoder.feed(b"\r\n") == [(b"", b"2")]


def test_megabytes_in_small_pieces_take_linear_time() -> None:
    data = b"data: " + b"x" * (4 << 20) + b"\n\n"
    begun = time.process_time()
    assert len(decoded([data[i : i + 64] for i in range(0, len(data), 64)])[0][1]) == 4 << 20
    assert time.process_time() - begun < 2


def test_an_endless_event_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 1000)
    decoder = Decoder()
    assert decoder.feed(b"data: 1\n\ndata: ") == [(b"", b"1")]
    for _ in range(20):
        assert decoder.feed(b"x" * 100) == []
    assert decoder.too_long
    assert decoder.feed(b"\n\ndata: 2\n\n") == []
    assert decoder.flush() == []


def test_what_is_no_utf8_is_replaced() -> None:
    assert decoded([b"data: a\xff\n\n"]) == decoded([b"data: a", b"\xff\n", b"\n"]) == [(b"", "a\ufffd".encode())]
    assert decoded([b"data: \xc3", b"\xa9\n\n"]) == [(b"", "é".encode())]


def test_a_ping_is_no_event() -> None:
    assert decoded([sse.PING]) == []
