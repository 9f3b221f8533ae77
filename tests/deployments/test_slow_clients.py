"""Clients that send byte by byte, to keep a connection and what it holds for ever."""

import asyncio
from collections.abc import Awaitable, Callable

from deployments.limits import Limits
from tests.deployments.client import Client, request
from tests.deployments.gateway import Clock, Gateway, until
from tests.deployments.mock import UNARY_BYTES, Upstream
from tests.stopwatch import Stopwatch


async def drip(client: Client, data: bytes, pause_s: float) -> None:
    for at in range(len(data)):
        client.send(data[at : at + 1])
        await asyncio.sleep(pause_s)


async def test_a_dripped_body_ends_with_408(make_gateway: Callable[..., Awaitable[Gateway]]) -> None:
    gateway = await make_gateway(limits=Limits(read_timeout_s=0.5, read_rate=1000.0))
    head = {"content-length": "5000"}
    chunked = {"transfer-encoding": "chunked"}
    for headers, data in ((head, b"x" * 5000), (chunked, b"1\r\nx\r\n" * 5000), (chunked, b"1;" + b"e" * 5000)):
        async with Client(gateway.port) as client:
            watch = Stopwatch()
            client.send(request("POST", "/v1/chat/completions", gateway.headers(**headers)))
            dripping = asyncio.create_task(drip(client, data, 0.05))
            answer = await client.answer()
            assert not dripping.done(), "it would have gone on for minutes"
            dripping.cancel()
            assert (answer.status, answer.headers["connection"]) == (408, "close")
            assert watch.s < 3.0
    assert gateway.server.buffered_bytes == 0


async def test_a_slow_body_above_the_rate_is_read(
    make_gateway: Callable[..., Awaitable[Gateway]], upstream: Upstream
) -> None:
    gateway = await make_gateway(limits=Limits(read_timeout_s=30.0, read_rate=20.0))
    await gateway.add_channel("one", upstream.url)
    clock = Clock(gateway.server.loop)
    gateway.server.loop = clock  # type: ignore[assignment]  # all of a loop that a server uses
    data = gateway.raw({"user": "x" * 1000})
    head, body = data.split(b"\r\n\r\n", 1)
    async with Client(gateway.port) as client:
        client.send(head + b"\r\n\r\n")
        for at in range(0, len(body) - 25, 25):
            client.send(body[at : at + 25])
            await until(lambda so_far=at + 25: gateway.server.buffered_bytes == so_far)  # type: ignore[misc]
            clock.now += 1.0
            for connection in list(gateway.server.connections):
                connection.sweep(clock.now)
        client.send(body[at + 25 :])
        answer = await client.answer()
    assert (answer.status, answer.body) == (200, UNARY_BYTES)
