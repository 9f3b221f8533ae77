"""The framing readers: whole, byte by byte, and with what does not belong."""

import pytest

from benchmarks.http1 import ChunkedDecoder, FramingError, RequestReader, ResponseReader, build_request

BODY = b'{"model":"m"}'
PLAIN = build_request("POST", "/v1/x", "h", [("accept", "*/*")], BODY)
CHUNKED = (
    b"POST /v1/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'5\r\n{"mod\r\n8;name=value\r\nel":"m"}\r\n0\r\ntrailer: t\r\n\r\n'
)
ANSWERS = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
}


def pieces(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("wire", [PLAIN, CHUNKED], ids=["length", "chunked"])
def test_requests_in_any_pieces(wire, size):
    reader = RequestReader()
    found = [request for piece in pieces(wire * 3, size) for request in reader.feed(piece)]
    assert [(r.method, r.path, r.body) for r in found] == [(b"POST", b"/v1/x", BODY)] * 3


def test_a_body_of_50_megabytes():
    body = b"x" * (50 * 1024 * 1024)
    reader = RequestReader()
    found = [r for piece in pieces(build_request("POST", "/", "h", [], body), 262_144) for r in reader.feed(piece)]
    assert len(found) == 1
    assert found[0].body == body


def test_expect_continue_is_seen_until_the_body_is_whole():
    reader = RequestReader()
    assert reader.feed(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n") == []
    assert reader.expects_continue
    assert len(reader.feed(b"{}")) == 1
    assert not reader.expects_continue


@pytest.mark.parametrize(
    "wire",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: two\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"x" * 70_000,
    ],
)
def test_what_is_not_http_is_refused(wire):
    with pytest.raises(FramingError):
        RequestReader().feed(wire)


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("kind", ANSWERS)
def test_answers_in_any_pieces(kind, size):
    reader = ResponseReader()
    body = b"".join(reader.feed(piece) for piece in pieces(ANSWERS[kind], size))
    assert (body, reader.status, reader.complete) == (b"hello", 200, True)


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_cut_short_is_not_complete(kind):
    reader = ResponseReader()
    reader.feed(ANSWERS[kind][:-1])
    assert not reader.complete
    assert not reader.end_of_stream()


def test_an_answer_without_length_ends_with_the_connection():
    reader = ResponseReader()
    assert reader.feed(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello") == b"hello"
    assert not reader.complete
    assert reader.close
    assert reader.end_of_stream()


def test_not_an_answer():
    with pytest.raises(FramingError, match="not an HTTP"):
        ResponseReader().feed(b"SSH-2.0-x\r\n\r\n")


def test_what_follows_the_last_chunk_is_kept():
    decoder = ChunkedDecoder()
    assert decoder.feed(b"1\r\na\r\n0\r\n\r\nnext") == b"a"
    assert decoder.complete
    assert decoder.rest == b"next"
