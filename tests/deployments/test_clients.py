"""Clients that leave, and clients that read slowly."""

import asyncio
import resource
import socket

import psutil
import pytest

from deployments import table
from deployments.limits import Limits
from tests.deployments.client import Client
from tests.deployments.gateway import Gateway, at_rest, until
from tests.deployments.mock import WORDS, Call, Upstream, event, stalls, streams

MB = 1 << 20


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_leaving_in_a_stream_ends_the_upstream_call_and_is_booked(
    gateway: Gateway, upstream: Upstream, how: str
) -> None:
    await gateway.add_price("up-model", 1_000_000_000, 1_000_000_000)
    upstream.behave = streams(*WORDS * 200, pause=0.02)
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": True}))
        await client.head()
        for _ in range(6):
            await client.piece()
        taken = upstream.calls[0].sent
        if how == "reset":
            client.writer.transport.abort()
    await until(lambda: upstream.calls[0].gone_at > 0, 1.0)
    assert upstream.calls[0].sent - taken < 50 * len(WORDS[0]), "of 594 pieces that were to come, one each 0.02 s"
    await until(lambda: upstream.open == 0)
    record = await gateway.record()
    assert (record.status, record.end, record.error) == (200, "client_gone", "")
    assert record.usage_source == "estimate"
    assert record.output_tokens >= 5
    assert record.cost > 0
    assert gateway.server.open_requests == gateway.server.open_streams == 0


@pytest.mark.parametrize("stream", [False, True])
async def test_leaving_before_the_head_ends_the_upstream_call(
    gateway: Gateway, upstream: Upstream, stream: bool
) -> None:
    upstream.behave = stalls
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": stream}))
        await until(lambda: len(upstream.calls) == 1)
    await until(lambda: upstream.calls[0].gone_at > 0, 1.0)


async def test_what_is_left_behind_by_a_client_that_left_does_not_stay(
    gateway: Gateway, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "READ_MARGIN_S", 0.1)
    await gateway.add_channel(
        "hasty", upstream.url, models={"hasty": ""}, settings={"first_byte_timeout_s": 0.2, "idle_timeout_s": 0.2}
    )
    upstream.behave = stalls
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"model": "hasty"}))
        await until(lambda: len(upstream.calls) == 1)
    await until(lambda: upstream.calls[0].gone_at > 0, 1.0)


@pytest.mark.parametrize("stream", [False, True])
async def test_leaving_before_the_first_byte(gateway: Gateway, upstream: Upstream, stream: bool) -> None:
    upstream.behave = stalls
    await gateway.get("/v1/models")
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": stream}))
        await until(lambda: len(upstream.calls) == 1)
    record = await gateway.record()
    assert (record.status, record.end, record.usage_source, record.cost) == (499, "client_gone", "none", 0)
    assert gateway.replica.resting == set()


async def test_leaving_in_the_middle_of_a_request_leaves_nothing(gateway: Gateway, upstream: Upstream) -> None:
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"user": "x" * 100_000})[:50_000])
        await until(lambda: gateway.server.buffered_bytes > 0)
    await until(lambda: not gateway.server.connections)
    assert gateway.server.buffered_bytes == 0
    assert not upstream.calls
    assert await gateway.records(0) == []


async def test_leaving_with_requests_in_the_queue(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = streams(*WORDS, end="stall")
    await gateway.get("/v1/models")
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": True}) + gateway.raw() * 5)
        await client.head()
    await until(lambda: not gateway.server.connections and not gateway.server.open_requests)
    assert gateway.server.buffered_bytes == 0
    assert (await gateway.record()).end == "client_gone"


async def test_leaving_after_the_last_byte_is_complete(gateway: Gateway, upstream: Upstream) -> None:
    for _ in range(20):
        async with Client(gateway.port) as client:
            client.send(gateway.raw({"stream": True}))
            assert (await client.answer()).whole
    assert {record.end for record in await gateway.records(20)} == {"complete"}


async def flood(call: Call) -> None:
    """As much as the gateway takes."""
    await call.begin()
    piece = event("x" * 16_000)
    while call.sent < 400 * MB:
        await call.chunk(piece)


def slow_socket(port: int) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    sock.connect(("127.0.0.1", port))
    sock.setblocking(False)
    return sock


async def test_a_client_that_does_not_read_slows_the_upstream_and_not_the_memory(
    gateway: Gateway, upstream: Upstream
) -> None:
    upstream.behave = flood
    before = psutil.Process().memory_info().rss
    with slow_socket(gateway.port) as sock:
        sock.send(gateway.raw({"stream": True}))
        await until(lambda: bool(upstream.calls) and upstream.calls[0].sent > 100_000)
        held = await at_rest(lambda: upstream.calls[0].sent)  # the upstream waits
        assert held < 32 * MB, "what lies in the kernel's and our buffers"
        connection = next(iter(gateway.server.connections))
        assert connection.blocked
        assert connection.transport.get_write_buffer_size() < MB
        assert psutil.Process().memory_info().rss - before < 48 * MB
    await until(lambda: upstream.open == 0)
    assert (await gateway.record()).end == "client_gone"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


async def test_a_slow_client_gets_every_byte(gateway: Gateway, upstream: Upstream) -> None:
    pieces = [event("y" * 100_000) for _ in range(200)]
    upstream.behave = streams(*pieces, event(finish="stop"), b"data: [DONE]\n\n")
    await gateway.add_channel("hasty", upstream.url, models={"hasty": ""}, settings={"idle_timeout_s": 0.6})
    with slow_socket(gateway.port) as sock:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(sock, gateway.raw({"stream": True, "model": "hasty"}))
        await asyncio.sleep(1.1)  # longer than the upstream may be silent: the client is slow, not the provider
        received = bytearray()
        while not received.endswith(b"0\r\n\r\n"):
            received += await asyncio.wait_for(loop.sock_recv(sock, 1 << 20), 20)
    assert received.count(b'yyyyyyyy"}') == 200
    assert (await gateway.record()).end == "complete"


async def test_a_client_that_never_reads_is_cut_and_booked(make_gateway, upstream: Upstream) -> None:
    gateway = await make_gateway(limits=Limits(write_timeout_s=0.5))
    await gateway.add_channel("one", upstream.url)
    upstream.behave = flood
    with slow_socket(gateway.port) as sock:
        sock.send(gateway.raw({"stream": True}))
        await until(lambda: bool(upstream.calls))
        await until(lambda: upstream.open == 0, 5.0)
        await until(lambda: not gateway.server.connections)
    record = await gateway.record()
    assert (record.end, record.error, record.status) == ("client_gone", "client_stalled", 200)


async def test_a_client_that_never_takes_a_whole_answer_is_cut(make_gateway, upstream: Upstream) -> None:
    gateway = await make_gateway(limits=Limits(write_timeout_s=0.5))
    await gateway.add_channel("one", upstream.url)

    async def large(call: Call) -> None:
        await call.answer(200, b'{"a":"%b"}' % (b"x" * 20 * MB))

    upstream.behave = large
    with slow_socket(gateway.port) as sock:
        sock.send(gateway.raw())
        await until(lambda: gateway.journal.appended == 1, 5.0)
        await until(lambda: not gateway.server.connections, 5.0)


async def test_small_answers_that_are_never_read(make_gateway, upstream: Upstream) -> None:
    """Nothing is blocked in our own buffer, so only the end of the connection can free it."""
    gateway = await make_gateway(limits=Limits(write_timeout_s=0.5, idle_timeout_s=0.5, read_timeout_s=0.5))
    with slow_socket(gateway.port) as sock:
        sock.send(b"GET /version HTTP/1.1\r\n\r\n" * 200 + b"nonsense")
        await until(lambda: not gateway.server.connections, 6.0)
