"""The watcher of a Messages stream: same bytes, same counts, however the bytes arrive."""

from collections.abc import Iterator

import pytest

from adapters.protocols.messages.tap import StreamTap, Unary
from adapters.tap import MAX_HELD_BYTES
from adapters.usage import Extra, Usage

START = (
    b'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",'
    b'"model":"claude-x-2026","content":[],"stop_reason":null,"usage":{"input_tokens":9,"cache_read_input_tokens":20,'
    b'"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3},'
    b'"output_tokens":1}}}\n\n'
)
BEGIN = (
    b'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
    b'"content_block":{"type":"text","text":""}}\n\n'
)
PING = b'event: ping\ndata: {"type": "ping"}\n\n'
TEXT = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
    b'"delta":{"type":"text_delta","text":"%b"}}\n\n'
)
STOP = b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
DELTA = (
    b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},'
    b'"usage":{"output_tokens":14,"output_tokens_details":{"thinking_tokens":4},'
    b'"server_tool_use":{"web_search_requests":2}}}\n\n'
)
OVER = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
ERROR = b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n'
WORDS = [b"Hello", "Grüße, 世界 🎉".encode(), b"a \\n\\n b", b'\\"message_stop\\" event: error \\"type\\":\\"error\\"']
WHOLE = START + BEGIN + PING + b"".join(TEXT % word for word in WORDS) + STOP + DELTA + OVER
COUNTED = Usage(34, 14, 20, 5, 4, "upstream", Extra(cache_write_1h=3, tools={"web_search": 2}))


def chunkings(data: bytes) -> Iterator[list[bytes]]:
    """Whole, byte by byte, and cut once at every position."""
    yield [data]
    yield [data[i : i + 1] for i in range(len(data))]
    yield from ([data[:cut], data[cut:]] for cut in range(1, len(data)))


def run(tap: StreamTap, chunks: list[bytes]) -> bytes:
    out = b""
    for chunk in chunks:
        out += tap.feed(chunk)
        if tap.failed:
            return out
    return out + tap.finish()


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize("withhold", [False, True])
def test_any_chunking_gives_the_same(withhold: bool, crlf: bool) -> None:
    sent = WHOLE.replace(b"\n", b"\r\n") if crlf else WHOLE
    for chunks in chunkings(sent):
        tap = StreamTap(withhold=withhold)
        assert run(tap, chunks) == sent
        assert (tap.model, tap.finish_reason, tap.done, tap.started) == ("claude-x-2026", "end_turn", True, True)
        assert tap.complete
        assert tap.over
        assert not tap.failed
        assert tap.events == len(WORDS)
        assert tap.counted(1000) == COUNTED


def test_an_error_in_the_middle_is_kept_back() -> None:
    sent = START + BEGIN + TEXT % b"x"
    for chunks in chunkings(sent + ERROR + TEXT % b"y"):
        tap = StreamTap()
        assert run(tap, chunks) == sent
        assert tap.failed
        assert not tap.complete


def test_an_answer_that_breaks_off_is_estimated() -> None:
    tap = StreamTap()
    assert run(tap, [START + BEGIN + TEXT % (b"x" * 400), (TEXT % b"y")[:30]]) == START + BEGIN + TEXT % (b"x" * 400)
    assert not tap.complete
    used = tap.counted(1000)
    assert (used.input, used.source) == (34, "estimate")
    assert 90 <= used.output <= 130
    assert StreamTap().counted(100) == Usage()
    silent = StreamTap()
    silent.feed(TEXT % b"words")
    assert silent.counted(400).source == "estimate"


def test_counts_at_the_start_alone_are_kept() -> None:
    tap = StreamTap()
    run(tap, [START, DELTA.replace(b'"usage":{', b'"usage":{"input_tokens":0,"cache_read_input_tokens":0,'), OVER])
    assert tap.counted(0) == COUNTED


def test_the_end_without_a_blank_line_counts() -> None:
    tap = StreamTap()
    assert run(tap, [WHOLE.rstrip(b"\n")]) == WHOLE.rstrip(b"\n")
    assert tap.done


def test_an_event_of_megabytes_goes_through_in_pieces() -> None:
    tap = StreamTap()
    huge = TEXT % (b"z" * (MAX_HELD_BYTES * 3))
    pieces = [huge[at : at + 10_000] for at in range(0, len(huge), 10_000)]
    assert run(tap, [START, BEGIN, *pieces, STOP + DELTA + OVER]) == START + BEGIN + huge + STOP + DELTA + OVER
    assert tap.started
    assert tap.done
    assert tap.counted(0) == COUNTED


def test_what_is_no_json_is_the_clients_business() -> None:
    tap = StreamTap()
    sent = b'event: x\ndata: "message_stop\n\ndata: {"message_stop"\n\ndata: {"type":"error"\n\n: "error"\n\n'
    assert run(tap, [sent]) == sent
    assert not tap.over


def test_a_whole_answer() -> None:
    seen = Unary(
        b'{"type":"message","model":"claude-x","stop_reason":"max_tokens","content":[],'
        b'"usage":{"input_tokens":3,"output_tokens":4.0,"cache_read_input_tokens":null}}'
    )
    assert (seen.model, seen.finish_reason, seen.valid) == ("claude-x", "max_tokens", True)
    assert seen.usage == Usage(3, 4, source="upstream")
    assert Unary(b'{"input_tokens":14}').valid
    assert not Unary(b"<html>").valid
    assert not Unary(b'{"model":').valid
    odd = Unary(b'{"model":7,"usage":[]}')
    assert odd.valid
    assert odd.usage == Usage()
