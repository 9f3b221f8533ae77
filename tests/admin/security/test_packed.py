"""Packed bodies: what comes in is not unpacked by the admin API, what is fetched for somebody is not either."""

import asyncio
import gzip

import httpx
import pytest

from admin.federation.oauth import ProviderError, call
from admin.outbound import outbound_client

BOMB = gzip.compress(bytes(4 * 1024 * 1024))


async def test_bodies_are_read_as_they_are(api, refused) -> None:
    packed = gzip.compress(b'{"name": "a", "provider": "openai"}')
    for coding in ("gzip", "br", "zstd", "gzip, gzip"):
        answer = await api.post(
            "/channels", content=packed, headers={"content-encoding": coding, "content-type": "application/json"}
        )
        refused(answer, 400)


async def test_a_notification_is_not_unpacked(anyone) -> None:
    answer = await anyone.post("/api/payments/epay/notify", content=BOMB, headers={"content-encoding": "gzip"})
    assert answer.status_code == 400


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
async def test_answers_are_never_unpacked(coding: str) -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: {len(BOMB)}\r\n\r\n"
        writer.write(head.encode() + BOMB)
        await writer.drain()
        writer.close()

    async def allowed() -> list[str]:
        return ["127.0.0.0/8"]

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, outbound_client(allowed) as client:
        answer = await client.get(url)
        assert answer.content == BOMB
        with pytest.raises(ProviderError):
            await call(client, "GET", url, headers={})
        assert b"accept-encoding: identity\r\n" in seen[0].lower()
        assert isinstance(client, httpx.AsyncClient)
