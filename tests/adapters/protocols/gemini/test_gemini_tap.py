"""The watcher of a passthrough: same bytes, same counts, however the bytes arrive."""

from typing import Any

import msgspec
import pytest

from adapters.protocols.gemini.tap import StreamTap, Unary
from adapters.tap import MAX_HELD_BYTES
from adapters.usage import Extra, Usage
from tests.adapters.protocols.gemini.test_gemini_stream import ERROR, STREAM, USAGE, array, chunkings, piece, sse

COUNTED = Usage(9, 5, reasoning=1, source="upstream")


def run(tap: StreamTap, chunks: list[bytes]) -> bytes:
    out = b""
    for chunk in chunks:
        out += tap.feed(chunk)
        if tap.failed:
            return out
    return out + tap.finish()


@pytest.mark.parametrize("stream", [sse(*STREAM), sse(*STREAM, end=b"\n\n"), array(*STREAM)])
def test_any_chunking_gives_the_same(stream: bytes) -> None:
    for chunks in chunkings(stream):
        tap = StreamTap(withhold=True)
        assert run(tap, chunks) == stream
        assert (tap.model, tap.finish_reason, tap.started, tap.failed) == ("gemini-3-pro", "STOP", True, False)
        assert tap.complete
        assert not tap.over
        assert tap.counted(1000) == COUNTED
        assert tap.usage == COUNTED


@pytest.mark.parametrize(
    ("stream", "kept"),
    [
        (sse(STREAM[0], ERROR, STREAM[1]), sse(STREAM[0])),
        (sse(STREAM[0]) + msgspec.json.format(msgspec.json.encode(ERROR)), sse(STREAM[0])),
        (sse(ERROR), b""),
        (array(STREAM[0], ERROR), None),
        (array(ERROR), None),
    ],
)
def test_errors_are_kept_back(stream: bytes, kept: bytes | None) -> None:
    for chunks in chunkings(stream):
        tap = StreamTap(withhold=False)
        out = run(tap, chunks)
        assert tap.failed
        assert tap.over
        assert b"overloaded" not in out
        if kept is not None:
            assert out == kept


def test_a_model_may_write_the_same_words() -> None:
    stream = sse(
        piece({"text": '"error": {} data: \n\n"finishReason":"X"'}),
        piece({"functionCall": {"name": "f", "args": {"error": "data: {"}}}, reason="STOP", usage=USAGE),
    )
    tap = StreamTap(withhold=False)
    assert run(tap, [stream]) == stream
    assert (tap.failed, tap.finish_reason) == (False, "STOP")
    assert tap.counted(0) == COUNTED


def test_a_stream_that_breaks_off_is_estimated_where_nothing_was_counted() -> None:
    tap = StreamTap(withhold=False)
    run(tap, [sse(piece({"text": "a" * 400}, usage={"promptTokenCount": 7}), piece({"text": "b" * 800}))])
    found = tap.counted(1000)
    assert (found.input, found.source) == (7, "estimate")
    assert found.output > 50
    tap = StreamTap(withhold=False)
    run(tap, [sse(piece({"text": "a" * 400}))])
    assert tap.counted(1000).source == "estimate"
    assert StreamTap(withhold=False).counted(1000) == Usage()


def test_strange_counts_and_sources_hide_nothing() -> None:
    one = piece({"text": "a"}, reason="STOP", usage={"promptTokenCount": []}, groundingMetadata=[1])
    tap = StreamTap(withhold=False)
    run(tap, [sse(one)])
    assert (tap.finish_reason, tap.counted(40).source) == ("STOP", "estimate")
    found = Unary(msgspec.json.encode({**one, "usageMetadata": {"promptTokenCount": 3}}))
    assert (found.finish_reason, found.usage) == ("STOP", Usage(3, source="upstream"))


def test_searches_are_counted() -> None:
    tap = StreamTap(withhold=False)
    run(
        tap, [sse(piece({"text": "a"}, reason="STOP", usage=USAGE, groundingMetadata={"webSearchQueries": ["a", "b"]}))]
    )
    assert tap.counted(0).extra == Extra(tools={"web_search": 2})


def test_events_are_handed_on_as_soon_as_they_are_whole() -> None:
    tap = StreamTap(withhold=False)
    event = sse(STREAM[0])
    assert tap.feed(event[:-1]) == b""
    assert tap.feed(event[-1:] + event + event[:9]) == event + event
    assert tap.feed(event[9:]) == event
    assert tap.events == 3
    elements = StreamTap(withhold=False)
    assert elements.feed(b"[{}") == b"[{}"
    assert elements.feed(b",{") == b""
    assert elements.feed(b"}]") == b",{}]"


@pytest.mark.parametrize("wrap", [sse, array])
def test_a_large_event_is_not_held(wrap: Any) -> None:
    data = "A" * (4 * MAX_HELD_BYTES)
    stream = wrap(
        piece({"inlineData": {"mimeType": "image/png", "data": data}}),
        piece(reason="STOP", usage=USAGE),
        piece({"text": "x"}),
    )
    tap = StreamTap(withhold=False)
    out = b""
    longest = 0
    for at in range(0, len(stream), 999):
        out += tap.feed(stream[at : at + 999])
        longest = max(longest, at + 999 - len(out))
    out += tap.finish()
    assert out == stream
    assert longest <= MAX_HELD_BYTES + 999
    assert (tap.finish_reason, tap.started) == ("STOP", True)
    assert tap.counted(0) == COUNTED


def test_a_large_event_that_is_cut() -> None:
    stream = sse(piece({"inlineData": {"mimeType": "image/png", "data": "A" * (2 * MAX_HELD_BYTES)}}))
    tap = StreamTap(withhold=False)
    assert run(tap, [stream[:-9]]) == stream[:-9]
    assert not tap.complete


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            msgspec.json.encode(piece({"text": "a"}, reason="STOP", usage=USAGE)),
            ("STOP", "gemini-3-pro", COUNTED, True),
        ),
        (b'{"promptFeedback":{"blockReason":"SAFETY"}}', ("SAFETY", "", Usage(), True)),
        (b'{"totalTokens":7}', ("", "", Usage(7, source="upstream"), True)),
        (b'{"embeddings":[{"values":[1]}]}', ("", "", Usage(), True)),
        (b'{"candidates":1}', ("", "", Usage(), True)),
        (b"[]", ("", "", Usage(), False)),
        (b"{", ("", "", Usage(), False)),
    ],
)
def test_whole_answers(body: bytes, expected: Any) -> None:
    found = Unary(body)
    assert (found.finish_reason, found.model, found.usage, found.valid) == expected
