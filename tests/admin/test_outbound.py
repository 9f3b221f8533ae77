"""Calls to addresses that people typed: private ones are refused by number, whatever name leads there."""

import asyncio

import httpx
import pytest

from admin import outbound
from admin.outbound import RefusedAddressError, outbound_client

ANSWER = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/x\r\ncontent-length: 2\r\n\r\nok"


async def _serve(seen: list[bytes]) -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def _client(allow: list[str], addresses: list[str]) -> httpx.AsyncClient:
    async def allowed() -> list[str]:
        return allow

    async def resolve(host: str, port: int) -> list[str]:
        if host == "gone.example":
            raise OSError
        return addresses

    return outbound_client(allowed, resolve=resolve)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "0.0.0.0", "100.100.100.200"],
)
async def test_private_addresses(address: str) -> None:
    async with await _client([], [address]) as client:
        with pytest.raises(RefusedAddressError):
            await client.get("http://hooks.example/x")


async def test_the_next_address_is_tried_and_a_private_one_never() -> None:
    seen: list[bytes] = []
    server = await _serve(seen)
    port = server.sockets[0].getsockname()[1]
    # The server hears 127.0.0.1 only: the others refuse. 10.0.0.1 is not allowed and would time out.
    dead = ["127.0.0.2", "10.0.0.1", "127.0.0.3"]
    async with server:
        async with await _client(["127.0.0.0/8"], [*dead, "127.0.0.1"]) as client:
            assert (await client.post(f"http://hooks.example:{port}/a", content=b"hello")).status_code == 302
        async with await _client(["127.0.0.0/8"], [*dead, "127.0.0.4", "127.0.0.1"]) as client:
            with pytest.raises(httpx.ConnectError) as failed:
                await client.get(f"http://hooks.example:{port}/a")
    assert len(seen) == 1
    assert str(failed.value.request.url) == f"http://hooks.example:{port}/a"


async def test_other_schemes_logins_and_names_that_lead_nowhere() -> None:
    async with await _client(["127.0.0.0/8"], ["127.0.0.1"]) as client:
        for url in ("ftp://a.example/", "http://ann:pw@a.example/"):
            with pytest.raises((httpx.UnsupportedProtocol, RefusedAddressError)):
                await client.get(url)
        with pytest.raises(RefusedAddressError):
            await client.get("http://gone.example/")


async def test_an_allowed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    server = await _serve(seen)
    port = server.sockets[0].getsockname()[1]
    async with server, await _client(["127.0.0.0/8"], ["127.0.0.1"]) as client:
        answer = await client.post(f"http://hooks.example:{port}/a?b=c", content=b"hello")
        assert (answer.status_code, answer.content, str(answer.url)) == (
            302,
            b"ok",
            f"http://hooks.example:{port}/a?b=c",
        )
        assert seen[0].startswith(b"POST /a?b=c HTTP/1.1\r\n")
        assert f"host: hooks.example:{port}\r\n".encode() in seen[0].lower()
    monkeypatch.setattr(outbound, "MAX_ANSWER", 1)
    server = await _serve(seen)
    port = server.sockets[0].getsockname()[1]

    async def allowed() -> list[str]:
        return ["127.0.0.0/8"]

    transport = outbound.GuardedTransport(allowed, most=1)
    async with server, httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.ReadError):
            await client.get(f"http://127.0.0.1:{port}/")
