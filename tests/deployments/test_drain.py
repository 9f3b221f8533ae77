"""Stopping: nothing new is accepted, what is open finishes, what does not finish is told so and booked."""

import asyncio

import msgspec
import pytest

from tests.deployments.client import Client, request
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import STREAM, WORDS, Behaviour, Call, Upstream, event, stalls, streams
from tests.stopwatch import Stopwatch


def begins(go_on: asyncio.Event) -> Behaviour:
    """A stream whose first word comes at once, the rest when `go_on` is set."""

    async def behave(call: Call) -> None:
        await call.begin()
        await call.chunk(WORDS[0])
        await go_on.wait()
        for piece in (*WORDS[1:], event(finish="stop"), b"data: [DONE]\n\n"):
            await call.chunk(piece)
        await call.end()

    return behave


async def test_open_streams_finish_and_new_connections_are_refused(gateway: Gateway, upstream: Upstream) -> None:
    go_on = asyncio.Event()
    upstream.behave = begins(go_on)
    async with Client(gateway.port) as busy, Client(gateway.port) as idle, Client(gateway.port) as used:
        used.send(request("GET", "/healthz"))
        await used.answer()
        busy.send(gateway.raw({"stream": True}))
        await busy.head()
        gateway.plane.draining = True
        draining = asyncio.get_running_loop().create_task(gateway.server.drain(60.0))
        assert await idle.closed() == b""
        assert await used.closed() == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", gateway.port)
        go_on.set()
        received = b""
        while piece := await busy.piece():
            received += piece
        assert received == STREAM
        assert await busy.closed() == b""
        assert await draining == 0
    assert (await gateway.record()).end == "complete"
    assert not gateway.server.listening


async def test_an_answer_while_draining_says_close(gateway: Gateway, upstream: Upstream) -> None:
    go_on = asyncio.Event()
    upstream.behave = begins(go_on)
    async with Client(gateway.port) as client, Client(gateway.port) as half:
        client.send(gateway.raw({"stream": True}))
        data = gateway.raw()
        half.send(data[:-3])
        await until(lambda: gateway.server.open_requests == 1 and gateway.server.buffered_bytes > 50)
        gateway.plane.draining = True
        draining = asyncio.get_running_loop().create_task(gateway.server.drain(60.0))
        await until(lambda: gateway.server.draining)
        go_on.set()
        assert (await client.answer()).headers.get("connection") in (None, "close")
        assert await client.closed() == b""
        half.send(data[-3:])
        answer = await half.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        await draining


async def test_requests_in_the_queue_are_not_begun(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = streams(*WORDS, event(finish="stop"), b"data: [DONE]\n\n", pause=0.05)
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": True}) + request("GET", "/version"))
        await client.head()
        await gateway.server.drain(60.0)
        while await client.piece():
            pass
        assert await client.closed() == b""


async def test_what_does_not_finish_is_cut_with_an_error_event(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = streams(*WORDS, end="stall")
    async with Client(gateway.port) as client, Client(gateway.port) as waiting:
        client.send(gateway.raw({"stream": True}))
        await client.head()
        for _ in WORDS:
            await client.piece()
        upstream.behave = stalls
        waiting.send(gateway.raw())
        await until(lambda: len(upstream.calls) == 2)
        watch = Stopwatch()
        assert await gateway.server.drain(0.3, 60.0) == 2
        assert watch.s < 1.0, "what is cut ends at once: nobody waits for the 60 s that it may take"
        error = msgspec.json.decode((await client.piece()).removeprefix(b"data: "))["error"]
        assert error["code"] == "drained"
        assert await client.piece() == b""
        answer = await waiting.answer()
        assert (answer.status, answer.error["code"], answer.headers["retry-after"]) == (503, "drained", "1")
    records = await gateway.records(2)
    assert {(record.status, record.end) for record in records} == {(200, "drained"), (503, "drained")}
    assert all(record.error == "drained" for record in records)
    assert not gateway.server.tasks


async def test_readyz_says_that_it_drains(gateway: Gateway) -> None:
    gateway.plane.draining = True
    answer = await gateway.get("/readyz")
    assert (answer.status, answer.json["status"]) == (503, "draining")


async def test_a_stop_without_anything_open_is_immediate(gateway: Gateway) -> None:
    watch = Stopwatch()
    assert await gateway.server.drain(60.0) == 0
    assert watch.s < 0.2
