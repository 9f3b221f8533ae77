"""Clients that send byte by byte, to keep a connection and what it holds for ever."""

import asyncio
from collections.abc import Awaitable, Callable

from deployments.limits import Limits
from tests.deployments.client import Client, request
from tests.deployments.gateway import Gateway
from tests.deployments.mock import UNARY_BYTES, Upstream


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
            began = asyncio.get_running_loop().time()
            client.send(request("POST", "/v1/chat/completions", gateway.headers(**headers)))
            dripping = asyncio.create_task(drip(client, data, 0.05))
            answer = await asyncio.wait_for(client.answer(), 5.0)
            dripping.cancel()
            assert (answer.status, answer.headers["connection"]) == (408, "close")
            assert asyncio.get_running_loop().time() - began < 3.0
    assert gateway.server.buffered_bytes == 0


async def test_a_slow_body_above_the_rate_is_read(
    make_gateway: Callable[..., Awaitable[Gateway]], upstream: Upstream
) -> None:
    gateway = await make_gateway(limits=Limits(read_timeout_s=0.3, read_rate=20.0))
    await gateway.add_channel("one", upstream.url)
    data = gateway.raw()
    head, body = data.split(b"\r\n\r\n", 1)
    async with Client(gateway.port) as client:
        client.send(head + b"\r\n\r\n")
        await drip(client, body, 2.5 / len(body))
        answer = await client.answer()
    assert (answer.status, answer.body) == (200, UNARY_BYTES)
