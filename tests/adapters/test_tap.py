"""The watcher of a stream: same bytes, same counts, however the bytes arrive."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.protocols.chat.tap import StreamTap
from adapters.tap import MAX_HELD_BYTES
from adapters.usage import Usage

ROLE = b'data: {"id":"c","model":"gpt-x-2026","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]%b}\n\n'
TEXT = b'data: {"id":"c","choices":[{"index":0,"delta":{"content":"%b"}}]%b}\n\n'
STOP = b'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]%b}\n\n'
USAGE = (
    b'data: {"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,'
    b'"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}}\n\n'
)
DONE = b"data: [DONE]\n\n"
PING = b": keep-alive\n\n"
WORDS = [b"Hello", "Grüße, 世界 🎉".encode(), b"a \\n b", b'\\"usage\\":{} data: [DONE] \\"error\\":1']


def stream(null: bytes = b"", usage: bytes = USAGE) -> bytes:
    text = b"".join(TEXT % (word, null) for word in WORDS)
    return ROLE % null + PING + text + STOP % null + usage + DONE


NULL = b',"usage":null'
COUNTED = Usage(9, 4, 2, 0, 1, "upstream")


def chunkings(data: bytes) -> Iterator[list[bytes]]:
    """Whole, byte by byte, cut once at every position, and one event at a time."""
    yield [data]
    yield [data[i : i + 1] for i in range(len(data))]
    yield from ([data[:cut], data[cut:]] for cut in range(1, len(data)))
    separator = b"\r\n\r\n" if b"\r\n\r\n" in data else b"\n\n"
    *parts, rest = data.split(separator)
    yield [*(part + separator for part in parts), rest]


def run(tap: StreamTap, chunks: list[bytes]) -> bytes:
    out = b""
    for chunk in chunks:
        out += tap.feed(chunk)
        if tap.failed:
            return out
    return out + tap.finish()


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize(
    ("sent", "expected", "withhold"),
    [
        (stream(), stream(), False),
        (stream(NULL), stream(NULL), False),
        (stream(), stream(usage=b""), True),
        (stream(NULL), stream(usage=b""), True),
        (stream(b', "usage": null'), stream(usage=b""), True),
        (stream(usage=b""), stream(usage=b""), True),
    ],
)
def test_any_chunking_gives_the_same(sent: bytes, expected: bytes, withhold: bool, crlf: bool) -> None:
    if crlf:
        sent, expected = sent.replace(b"\n", b"\r\n"), expected.replace(b"\n", b"\r\n")
    for chunks in chunkings(sent):
        tap = StreamTap(withhold=withhold)
        assert run(tap, chunks) == expected
        assert (tap.model, tap.finish_reason, tap.done, tap.started) == ("gpt-x-2026", "stop", True, True)
        assert tap.complete
        assert not tap.failed
        if b'"prompt_tokens"' in sent:
            assert tap.counted(1000) == COUNTED
        else:
            assert tap.counted(1000).source == "estimate"
            assert tap.counted(1000).input == 250


def test_events_are_handed_on_as_soon_as_they_are_whole() -> None:
    tap = StreamTap(withhold=True)
    event = TEXT % (b"Hello", b"")
    assert tap.feed(event[:-1]) == b""
    assert tap.feed(event[-1:]) == event
    assert tap.feed(event + event[:7]) == event
    assert tap.feed(event[7:] + event + b"d") == event + event
    assert tap.events == 4


def test_usage_with_choices_is_never_withheld() -> None:
    event = (
        b'data: {"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n'
    )
    tap = StreamTap(withhold=True)
    assert tap.feed(event) == event
    assert tap.counted(0) == Usage(1, 2, source="upstream")


def test_the_last_usage_counts() -> None:
    tap = StreamTap(withhold=True)
    run(tap, [stream(usage=USAGE.replace(b":9,", b":5,") + USAGE)])
    assert tap.counted(0) == COUNTED


def test_usage_that_is_none_is_withheld_and_not_counted() -> None:
    for broken in (b'"many"', b"[1]", b'{"prompt_tokens":"9"}'):
        tap = StreamTap(withhold=True)
        event = b'data: {"choices":[],"usage":{"prompt_tokens":"9"}}\n\n' if broken[:1] == b"{" else b""
        assert run(tap, [stream(usage=event)]) == stream(usage=b"")
        assert tap.counted(40).source == "estimate"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (b'{"prompt_tokens":12.0,"completion_tokens":3.0}', Usage(12, 3, source="upstream")),
        (b'{"prompt_tokens":-5,"completion_tokens":3}', Usage(0, 3, source="upstream")),
        (b'{"prompt_tokens":null,"completion_tokens":null}', Usage(source="upstream")),
        (b'{"prompt_tokens":5,"prompt_cache_hit_tokens":4}', Usage(5, 0, 4, source="upstream")),
        (
            b'{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":99,"cache_write_tokens":99}}',
            Usage(5, 0, 5, 0, source="upstream"),
        ),
        (
            b'{"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":3}}',
            Usage(9, 0, 2, 3, source="upstream"),
        ),
        (
            b'{"prompt_tokens":5,"prompt_tokens_details":null,"completion_tokens_details":null}',
            Usage(5, source="upstream"),
        ),
        (
            b'{"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":99}}',
            Usage(0, 5, reasoning=5, source="upstream"),
        ),
        (b'{"prompt_tokens":1e300,"completion_tokens":%d}' % 10**40, Usage(1 << 40, 1 << 40, source="upstream")),
    ],
)
def test_counts_of_strange_upstreams(usage: bytes, expected: Usage) -> None:
    tap = StreamTap(withhold=False)
    event = b'data: {"choices":[],"usage":%b}\n\n' % usage
    assert tap.feed(event) == event
    assert tap.counted(0) == expected


ERROR = b'data: {"error":{"message":"account org-1 has no credit","type":"server_error"}}\n\n'


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize("prefix", [b"", b"event: error\n"])
def test_an_error_event_is_kept_back_and_ends_the_stream(prefix: bytes, crlf: bool) -> None:
    good = TEXT % (b"Hello", b"")
    sent = good + prefix + ERROR + good + DONE
    if crlf:
        good, sent = good.replace(b"\n", b"\r\n"), sent.replace(b"\n", b"\r\n")
    for chunks in chunkings(sent):
        tap = StreamTap(withhold=False)
        assert run(tap, chunks) == good
        assert tap.failed


def test_what_only_looks_like_an_error_goes_through() -> None:
    for event in (
        TEXT % (b"x", b',"error":null'),
        TEXT % (b"x", b',"error": null '),
        TEXT % (b"x", b',"error":{"message":"a warning beside choices"}'),
        b'data: "error"\n\n',
        b'data: {"error" is not JSON\n\n',
        b'data: {"choices":{"error":1}}\n\n',
    ):
        tap = StreamTap(withhold=True)
        assert tap.feed(event) == event
        assert not tap.failed


def test_words_of_the_model_do_not_end_a_stream() -> None:
    tap = StreamTap(withhold=False)
    tap.feed(TEXT % (b"data: [DONE]", b"") + TEXT % (b'\\"finish_reason\\":\\"stop\\"', b""))
    assert not tap.complete
    assert tap.feed(b"data:[DONE]\n\n")
    assert tap.complete


@pytest.mark.parametrize(
    ("sent", "complete", "out"),
    [
        (TEXT % (b"a", b""), False, TEXT % (b"a", b"")),
        (TEXT % (b"a", b"") + b'data: {"choices":[{"de', False, TEXT % (b"a", b"")),
        (TEXT % (b"a", b"") + STOP % b"", True, None),
        (TEXT % (b"a", b"") + STOP.rstrip() % b"", True, None),
        (TEXT % (b"a", b"") + b"data: [DONE]", True, None),
        (TEXT % (b"a", b"") + b"data: [DONE]\n", True, None),
        (b"", False, b""),
    ],
)
def test_streams_that_end_without_a_last_blank_line(sent: bytes, complete: bool, out: bytes | None) -> None:
    for chunks in chunkings(sent):
        tap = StreamTap(withhold=False)
        assert run(tap, chunks) == (sent if out is None else out)
        assert tap.complete is complete


def test_an_error_without_a_last_blank_line_is_kept_back() -> None:
    tap = StreamTap(withhold=False)
    assert tap.feed(ERROR.rstrip()) == b""
    assert tap.finish() == b""
    assert tap.failed


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize("size", [7, 1000, 65536, 1_000_000])
def test_a_huge_event_goes_through_and_what_follows_is_seen(size: int, crlf: bool) -> None:
    huge = TEXT % (b"x" * (3 * MAX_HELD_BYTES), b"")
    if size < 1000:
        huge = TEXT % (b"x" * (MAX_HELD_BYTES + 50), b"")
    sent, expected = huge + stream(), huge + stream(usage=b"")
    if crlf:
        sent, expected = sent.replace(b"\n", b"\r\n"), expected.replace(b"\n", b"\r\n")
    tap = StreamTap(withhold=True)
    out, most = [], 0
    for at in range(0, len(sent), size):
        out.append(tap.feed(sent[at : at + size]))
        most = max(most, len(tap._held))
    assert b"".join(out) + tap.finish() == expected
    assert most <= MAX_HELD_BYTES
    assert tap.started
    assert tap.counted(0) == COUNTED
    assert tap.events == 9
    assert tap.size == len(sent)


def test_a_huge_event_says_how_it_ended() -> None:
    event = b'data: {"model":"m","choices":[{"delta":{"content":"%b"},"finish_reason":"length"}]}\n\n' % (
        b"x" * 200_000
    )
    tap = StreamTap(withhold=False)
    assert b"".join(tap.feed(event[at : at + 1000]) for at in range(0, len(event), 1000)) == event
    assert (tap.model, tap.finish_reason, tap.started) == ("m", "length", True)
    assert tap.counted(4).output >= 40_000


def test_a_cut_huge_event_ends_without_more() -> None:
    tap = StreamTap(withhold=False)
    assert tap.feed(b"data: " + b"x" * 100_000)
    assert tap.finish() == b""
    assert not tap.complete


def test_estimates_when_no_usage_came() -> None:
    nothing = StreamTap(withhold=False)
    nothing.feed(ROLE % b"" + PING)
    assert nothing.counted(1000) == Usage(), "nothing was answered"
    one = StreamTap(withhold=False)
    one.feed(TEXT % (b"x" * 400, b""))
    assert one.counted(0).output >= 100
    many = StreamTap(withhold=False)
    many.feed(b"".join(TEXT % (b"word", b"") for _ in range(30)))
    assert many.counted(0).output == 30, "at least one token in an event"
    burst = StreamTap(withhold=False)
    burst.feed(ROLE % b"" + b"".join(TEXT % (b"x" * 4000, b"") for _ in range(3)))
    assert 2500 <= burst.counted(0).output <= 3500


def test_tokens_are_seen_in_every_shape() -> None:
    for delta in (
        b'"reasoning_content":"hm"',
        b'"refusal":"no"',
        b'"tool_calls":[{"function":{"name":"f","arguments":""}}]',
        b'"tool_calls":[{"function":{"arguments":"{"}}]',
        b'"content": "spaced"',
    ):
        tap = StreamTap(withhold=False)
        tap.feed(b'data: {"choices":[{"delta":{%b}}]}\n\n' % delta)
        assert tap.started
    tap = StreamTap(withhold=False)
    tap.feed(b'data: {"choices":[{"text":"completion"}]}\n\n')
    assert tap.started


events = st.one_of(
    st.sampled_from([PING, ROLE % b"", ROLE % NULL, STOP % NULL, USAGE, DONE, b"\n\n", b"event: x\ndata: {}\n\n"]),
    st.text(st.characters(exclude_characters='"\\', exclude_categories=["Cc", "Cs"]), max_size=20).map(
        lambda text: TEXT % (text.encode(), b"")
    ),
    st.binary(max_size=20).map(lambda junk: b"data: " + junk.replace(b"\n", b"").replace(b"\r", b"") + b"\n\n"),
)


@settings(max_examples=200)
@example([b"\n\n"] * 3, [10], False, True)
@given(st.lists(events, max_size=8), st.lists(st.integers(0, 400), max_size=12), st.booleans(), st.booleans())
def test_random_streams_in_random_chunks(parts: list[bytes], cuts: list[int], withhold: bool, crlf: bool) -> None:
    sent = b"".join(parts)
    if crlf:
        sent = sent.replace(b"\n", b"\r\n")
    places = sorted({cut for cut in cuts if cut < len(sent)} | {0, len(sent)})
    whole, pieces = StreamTap(withhold=withhold), StreamTap(withhold=withhold)
    expected = run(whole, [sent])
    assert run(pieces, [sent[a:b] for a, b in pairwise(places)]) == expected
    assert (whole.usage, whole.finish_reason, whole.done, whole.failed, whole.started) == (
        pieces.usage,
        pieces.finish_reason,
        pieces.done,
        pieces.failed,
        pieces.started,
    )
    if not withhold:
        assert expected == sent
