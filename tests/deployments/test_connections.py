"""HTTP/1.1 as clients speak it, well and badly: framing, limits, pipelining, smuggling shapes."""

import asyncio

import pytest

from deployments.limits import Limits
from tests.deployments.client import Client, request
from tests.deployments.gateway import Clock, Gateway, until
from tests.deployments.mock import STREAM, UNARY_BYTES, Upstream, normal
from tests.stopwatch import Stopwatch


async def test_keep_alive(gateway: Gateway) -> None:
    async with Client(gateway.port) as client:
        for _ in range(3):
            client.send(request("GET", "/v1/models", gateway.headers()))
            answer = await client.answer()
            assert answer.status == 200
            assert "connection" not in answer.headers
            assert answer.headers["date"].endswith("GMT")
        client.send(request("GET", "/healthz", {"connection": "close"}))
        answer = await client.answer()
        assert answer.headers["connection"] == "close"
        assert await client.closed() == b""
    await until(lambda: not gateway.server.connections)


async def test_requests_byte_by_byte_and_cut_everywhere(gateway: Gateway, upstream: Upstream) -> None:
    data = gateway.raw({"stream": True})
    async with Client(gateway.port) as client:
        for at in range(len(data)):
            client.send(data[at : at + 1])
            await asyncio.sleep(0)
        assert (await client.answer()).body == STREAM
        for cut in range(1, len(data), 9):
            client.send(data[:cut])
            await asyncio.sleep(0.001)
            client.send(data[cut:])
            assert (await client.answer()).body == STREAM
    assert all(call.body == upstream.calls[0].body for call in upstream.calls)


async def test_pipelined_requests_are_answered_in_order(gateway: Gateway, upstream: Upstream) -> None:
    async with Client(gateway.port) as client:
        last = request("GET", "/version", {"connection": "close"})
        client.send(gateway.raw({"stream": True}) + gateway.raw() + request("GET", "/nope") + gateway.raw() + last)
        assert (await client.answer()).body == STREAM
        assert (await client.answer()).body == UNARY_BYTES
        assert (await client.answer()).status == 404
        assert (await client.answer()).body == UNARY_BYTES
        answer = await client.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert await client.closed() == b""
    await gateway.records(3)
    assert gateway.server.buffered_bytes == 0
    assert gateway.server.open_requests == 0


async def test_a_thousand_pipelined_requests(gateway: Gateway) -> None:
    async with Client(gateway.port) as client:
        client.send(request("GET", "/version") * 1000)
        for _ in range(1000):
            assert (await client.answer()).status == 200


async def test_what_follows_a_request_for_close_is_not_answered(gateway: Gateway) -> None:
    async with Client(gateway.port) as client:
        client.send(request("GET", "/version", {"connection": "close"}) + request("GET", "/version"))
        assert (await client.answer()).status == 200
        assert await client.closed() == b""


async def test_garbage_behind_a_good_request(gateway: Gateway, upstream: Upstream) -> None:
    async with Client(gateway.port) as client:
        client.send(gateway.raw() + b"\x16\x03\x01 garbage\r\n\r\n")
        assert (await client.answer()).body == UNARY_BYTES
        assert b"HTTP/1.1 2" not in await client.closed()
    await gateway.records(1)


async def test_head(gateway: Gateway) -> None:
    async with Client(gateway.port) as client:
        for path, status in (("/healthz", 200), ("/v1/models", 200), ("/nope", 404), ("/v1/embeddings", 405)):
            client.send(request("HEAD", path, gateway.headers()))
            answer = await client.answer(bodiless=True)
            assert answer.status == status
            assert int(answer.headers["content-length"]) > 0
        client.send(request("GET", "/healthz"))
        assert (await client.answer()).json == {"status": "ok"}


async def test_expect_continue(gateway: Gateway) -> None:
    data = gateway.raw(headers={"expect": "100-Continue"})
    head, body = data.split(b"\r\n\r\n", 1)
    async with Client(gateway.port) as client:
        client.send(head + b"\r\n\r\n")
        watch = Stopwatch()
        assert await asyncio.wait_for(client.reader.readuntil(b"\r\n\r\n"), 20) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert watch.s < 1
        client.send(body)
        assert (await client.answer()).status == 200


async def test_chunked_requests_and_their_trailers(gateway: Gateway, upstream: Upstream) -> None:
    body = b'{"model":"gpt-x","messages":[]}'
    other = await gateway.add_key("other", models=[])
    head = gateway.headers(**{"transfer-encoding": "chunked"})
    pieces = b"".join(
        b"%x;ext=1\r\n%b\r\n" % (len(body[at : at + 5]), body[at : at + 5]) for at in range(0, len(body), 5)
    )
    trailers = f"authorization: Bearer {other}\r\ncontent-encoding: gzip\r\n".encode()
    async with Client(gateway.port) as client:
        client.send(request("POST", "/v1/chat/completions", head) + pieces + b"0\r\n" + trailers + b"\r\n")
        assert (await client.answer()).status == 200
    assert upstream.calls[0].json == {"model": "up-model", "messages": []}
    assert "transfer-encoding" not in upstream.calls[0].headers


H2C = {"upgrade": "h2c", "http2-settings": "AAMAAABkAAQAAP__", "connection": "Upgrade, HTTP2-Settings"}


async def test_an_offer_of_http2_is_not_taken(gateway: Gateway, upstream: Upstream) -> None:
    data = gateway.raw(headers=H2C)
    async with Client(gateway.port) as client:
        client.send(data)
        answer = await client.answer()
        assert (answer.status, answer.body) == (200, UNARY_BYTES)
        client.send(data)
        assert (await client.answer()).status == 200
    for cut in range(1, len(data), 7):
        async with Client(gateway.port) as client:
            client.send(data[:cut])
            await asyncio.sleep(0.001)
            client.send(data[cut:])
            assert (await client.answer()).status in (200, 400), "refused when the offer arrives in two pieces"
    assert all(call.json["model"] == "up-model" for call in upstream.calls)


async def test_words_about_http2_in_a_body_are_words(gateway: Gateway, upstream: Upstream) -> None:
    text = "a\nupgrade: h2c\r\nconnection: x\r\n\r\n"
    answer = await gateway.post({"user": text})
    assert answer.status == 200
    assert upstream.calls[0].json["user"] == text
    async with Client(gateway.port) as client:
        data = gateway.raw(b'{"model":"gpt-x","messages":[],"user":"\nupgrade: h2c"}')
        client.send(data[:-20])
        await asyncio.sleep(0.02)
        client.send(data[-20:])
        assert (await client.answer()).status == 400


async def test_websocket_and_connect(gateway: Gateway) -> None:
    offer = {"upgrade": "websocket", "connection": "upgrade", "sec-websocket-key": "x", "sec-websocket-version": "13"}
    async with Client(gateway.port) as client:
        client.send(request("GET", "/v1/models", gateway.headers(**offer)))
        answer = await client.answer()
        assert answer.status in (200, 400)
        assert await client.closed() == b""
    async with Client(gateway.port) as client:
        client.send(b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n")
        assert 400 <= (await client.answer()).status < 500


BODY = b'{"model":"gpt-x","messages":[]}'
SMUGGLED = b"GET /version HTTP/1.1\r\nhost: x\r\n\r\n"
SHAPES = {
    "two lengths": b"content-length: 31\r\ncontent-length: 5\r\n\r\n",
    "two equal lengths": b"content-length: 31\r\ncontent-length: 31\r\n\r\n",
    "list of lengths": b"content-length: 31, 31\r\n\r\n",
    "length and chunked": b"content-length: 31\r\ntransfer-encoding: chunked\r\n\r\n",
    "chunked and length": b"transfer-encoding: chunked\r\ncontent-length: 31\r\n\r\n",
    "negative length": b"content-length: -1\r\n\r\n",
    "plus length": b"content-length: +31\r\n\r\n",
    "hex length": b"content-length: 0x1f\r\n\r\n",
    "length with a space": b"content-length: 3 1\r\n\r\n",
    "huge length": b"content-length: " + b"9" * 30 + b"\r\n\r\n",
    "endless length": b"content-length: " + b"9" * 5000 + b"\r\n\r\n",
    "space before colon": b"content-length : 31\r\n\r\n",
    "bare LF": b"content-length: 31\nx: y\r\n\r\n",
    "bare LF at the end": b"content-length: 31\n\n",
    "bare CR": b"x: y\rcontent-length: 31\r\n\r\n",
    "folded": b"content-length:\r\n 31\r\n\r\n",
    "NUL": b"x: a\x00b\r\ncontent-length: 31\r\n\r\n",
    "chunked twice": b"transfer-encoding: chunked, chunked\r\n\r\n",
    "chunked not last": b"transfer-encoding: chunked, gzip\r\n\r\n",
    "xchunked": b"transfer-encoding: xchunked\r\n\r\n",
    "chunked in quotes": b'transfer-encoding: "chunked"\r\n\r\n',
    "vertical tab": b"transfer-encoding: \x0bchunked\r\n\r\n",
    "header without name": b": x\r\ncontent-length: 31\r\n\r\n",
    "header without colon": b"nonsense\r\ncontent-length: 31\r\n\r\n",
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_smuggling_shapes_never_make_two_requests_of_one(
    gateway: Gateway, upstream: Upstream, shape: str
) -> None:
    start = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gateway.key}\r\n".encode()
    async with Client(gateway.port) as client:
        client.send(start + SHAPES[shape] + BODY + SMUGGLED)
        answer = await client.answer()
        assert 400 <= answer.status < 500
        assert answer.error["type"] == "invalid_request_error"
        assert answer.headers["connection"] == "close"
        assert await client.closed() == b"", "nothing after it is answered"
    assert not upstream.calls


@pytest.mark.parametrize(
    "chunks",
    [
        b"-1\r\n",
        b"g\r\n",
        b"1f \r\n",
        b"0x1f\r\n",
        b"fffffffffffffffff\r\n",
        b"5\r\n{}xyz{\r\n",
        b"1f\n" + BODY + b"\n0\n\n",
    ],
)
async def test_broken_chunks(gateway: Gateway, upstream: Upstream, chunks: bytes) -> None:
    async with Client(gateway.port) as client:
        client.send(
            request("POST", "/v1/chat/completions", gateway.headers(**{"transfer-encoding": "chunked"})) + chunks
        )
        answer = await client.answer()
        assert 400 <= answer.status < 500
        assert await client.closed() == b""
    assert not upstream.calls


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"get / http/1.1\r\n\r\n",
        b"BREW /pot HTTP/1.1\r\n\r\n",
        b"\0" * 100,
    ],
)
async def test_what_is_not_http(gateway: Gateway, data: bytes) -> None:
    async with Client(gateway.port) as client:
        client.send(data)
        answer = await client.answer()
        assert 400 <= answer.status < 500
        assert await client.closed() == b""


async def test_heads_that_are_too_large(make_gateway) -> None:
    gateway = await make_gateway(limits=Limits(max_header_bytes=8192))
    for head in (
        b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nx: " + b"y" * 9000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"x: y\r\n" * 5000 + b"\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 5000 + b"\r\n",
    ):
        for size in (len(head), 1000):
            async with Client(gateway.port) as client:
                for at in range(0, len(head), size):
                    client.send(head[at : at + size])
                    await asyncio.sleep(0)
                assert (await client.answer()).status == 431
                assert await client.closed() == b""


async def test_a_head_that_never_ends_is_bounded(make_gateway) -> None:
    """One header name or value without an end may not be collected without bound."""
    gateway = await make_gateway(limits=Limits(max_header_bytes=8192))
    chunked = b"POST /v1/chat/completions HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
    for start in (
        b"GET /",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nx: ",
        b"",
        chunked + b"0\r\nx: ",
        chunked + b"0\r\n",
        chunked + b"5;ext=",
    ):
        async with Client(gateway.port) as client:
            # Read while it is sent: a second after the answer the connection is closed, whatever else comes.
            answering = asyncio.ensure_future(client.answer())
            client.send(start)
            for _ in range(40):
                client.send(b"y" * 10_000)
                await asyncio.sleep(0.001)
            answer = await answering
            assert answer.status in (400, 431), start
            await client.closed()


async def test_clients_that_pause(make_gateway, upstream: Upstream) -> None:
    gateway = await make_gateway(limits=Limits(read_timeout_s=30.0, idle_timeout_s=75.0))
    clock = Clock(gateway.server.loop)
    gateway.server.loop = clock  # all of a loop that a server uses
    async with Client(gateway.port) as head, Client(gateway.port) as body, Client(gateway.port) as idle:
        head.send(b"GET /healthz HTT")
        body.send(gateway.raw()[:-5])
        open_ = gateway.server.connections
        await until(lambda: len(open_) == 3 and sum(one.reading for one in open_) == 2)
        await until(lambda: gateway.server.buffered_bytes > 0)
        clock.now += 29.0
        for connection in list(open_):
            connection.sweep(clock.now)
        assert not any(connection.closing for connection in open_)
        clock.now += 2.0
        for client in (head, body):
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (408, "close")
            assert await client.closed() == b""
        assert any(not one.closing for one in open_), "the idle one is not closed yet"
        clock.now += 75.0
        assert await idle.closed() == b""
    assert not upstream.calls
    await until(lambda: not gateway.server.connections)
    assert gateway.server.buffered_bytes == 0


async def test_http_1_0(gateway: Gateway) -> None:
    data = gateway.raw({"stream": True}).replace(b"HTTP/1.1", b"HTTP/1.0")
    async with Client(gateway.port) as client:
        client.send(data.replace(b"host:", b"connection: keep-alive\r\nhost:"))
        answer = await client.answer()
        assert "transfer-encoding" not in answer.headers
        assert answer.headers["connection"] == "close"
        assert answer.body == STREAM
    async with Client(gateway.port) as client:
        client.send(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert (await client.answer()).json == {"status": "ok"}
        assert await client.closed() == b""
    assert (await gateway.record()).end == "complete"


async def test_absolute_targets(gateway: Gateway) -> None:
    assert (await gateway.get("http://other.example/healthz?x=1", {})).status == 200


async def test_many_connections(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = normal
    answers = await asyncio.gather(*(gateway.post({"stream": number % 2 == 0}) for number in range(100)))
    assert {answer.status for answer in answers} == {200}
    await gateway.records(100)
    await until(lambda: not gateway.server.connections and not gateway.server.open_requests)
    assert (gateway.server.open_requests, gateway.server.open_streams, gateway.server.buffered_bytes) == (0, 0, 0)


async def test_a_client_that_closes_its_side_has_left(gateway: Gateway) -> None:
    await gateway.post()
    async with Client(gateway.port) as client:
        client.send(gateway.raw())
        client.writer.write_eof()
        data = await client.closed()
    assert data == b"" or data.startswith(b"HTTP/1.1 200")
    assert (await gateway.records(2))[1].end in ("client_gone", "complete")
