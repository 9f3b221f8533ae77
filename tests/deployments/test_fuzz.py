"""Random damage to good requests: never a 5xx, never a hang, always one record for a request with a valid key."""

import asyncio
import random

import msgspec
import pytest

from tests.deployments.client import Client
from tests.deployments.gateway import CHAT, Gateway, until
from tests.deployments.mock import Call, Upstream

ROUNDS = 4000
SECONDS = 12.0
PIECES = [
    b"", b"\0", b"\xff", b"\xc3", b"\xf0\x9f", b'"', b"\\", b"{", b"}", b"[", b"]", b":", b",", b"null", b"true",
    b"1e999", b"-", b"\\u0000", b"\\ud800", b'"model"', b'"stream":true', b'"stream_options":{}', b"NaN", b"\r\n",
    b"\r\n\r\n", b" " * 50, b'"messages":', b"9" * 400, b"[" * 500,
]  # fmt: skip


def damage(data: bytes, dice: random.Random) -> bytes:
    """A few small wounds."""
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        at = dice.randrange(len(data) + 1)
        until_ = min(at + dice.choice([0, 0, 1, 1, 2, 8]), len(data))
        data = data[:at] + dice.choice([*PIECES, bytes([dice.randrange(256)])]) + data[until_:]
    return data


async def echo(call: Call) -> None:
    """Whatever was sent is fine, JSON in any case."""
    await call.answer(200, b'{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}')


@pytest.mark.timeout(60)
async def test_damaged_bodies(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = echo
    dice = random.Random(2026)
    good = msgspec.json.encode(
        {**CHAT, "stream": True, "stream_options": {"include_usage": False}, "tools": [{"a": [1, 2.5, None, "x"]}]}
    )
    seen: dict[int, int] = {}
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), 0
    async with Client(gateway.port) as client:
        while sent < ROUNDS and loop.time() - began < SECONDS / 2:
            sent += 1
            body = damage(good, dice)
            client.send(gateway.raw(body))
            answer = await client.answer()
            seen[answer.status] = seen.get(answer.status, 0) + 1
            assert answer.status in (200, 400, 404), body
            if answer.status != 200:
                assert answer.error["message"]
    assert set(seen) == {200, 400, 404}
    for call in upstream.calls:
        msgspec.json.decode(call.body, type=dict[str, msgspec.Raw])
        call.body.decode()
    await until(lambda: gateway.journal.appended == sent)
    assert gateway.server.buffered_bytes == 0


@pytest.mark.timeout(60)
async def test_damaged_requests(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = echo
    dice = random.Random(1122)
    loop = asyncio.get_running_loop()
    began, sent, refused = loop.time(), 0, 0
    while sent < ROUNDS // 8 and loop.time() - began < SECONDS / 2:
        sent += 1
        good = gateway.raw(headers={"accept": "text/event-stream", "openai-beta": "x"})
        head, body = good.split(b"\r\n\r\n", 1)
        data = damage(head, dice) + b"\r\n\r\n" + body
        async with Client(gateway.port) as client:
            client.send(data)
            client.writer.write_eof() if dice.random() < 0.3 else None
            try:
                async with asyncio.timeout(0.15):
                    answer = await client.answer()
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                continue  # the head asks for more than was sent, or the client has closed its side
            assert answer.status < 500, data
            refused += answer.status != 200
    assert refused > 20
    await until(lambda: not gateway.server.connections and not gateway.server.open_requests)
    assert (gateway.server.open_requests, gateway.server.buffered_bytes) == (0, 0)
    assert not [record for record in await gateway.records() if record.status >= 500]
