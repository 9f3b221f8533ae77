"""The HTTP/1.1 client towards providers, against raw servers: framing, reuse, TLS, codings, and what must not be."""

import asyncio
import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import brotli
import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.errors import UpstreamError
from deployments import http1_pool
from deployments.http1_answer import HIGH_WATER
from deployments.http1_pool import Http1Pool, _address, _head
from tests.deployments.gateway import at_rest, until

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    tasks: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def head(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


def says(*pieces: bytes, close: bool = False) -> Serve:
    """Answers every request with these bytes, in separate writes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await head(reader)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.002)
            if close:
                return

    return serve


async def ask(pool: Http1Pool, port: int, method: str = "GET", path: str = "/x", **more: object) -> tuple[int, bytes]:
    answer = await pool.request(method, f"http://127.0.0.1:{port}{path}", [], b"", connect_s=30.0)
    try:
        return answer.status, await answer.whole(1 << 24)
    finally:
        await answer.close()


@pytest.fixture
async def pool() -> AsyncIterator[Http1Pool]:
    made = Http1Pool()
    yield made
    await made.close()


BODY = b"hello, " * 50


@pytest.mark.parametrize(
    ("pieces", "close", "kept"),
    [
        ((b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(BODY), BODY), False, True),
        (
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"%x\r\n" % len(BODY), BODY, b"\r\n0\r\n\r\n"),
            False,
            True,
        ),
        (
            (
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\nx-late: 1\r\n\r\n"
                % (len(BODY), BODY),
            ),
            False,
            True,
        ),
        ((b"HTTP/1.1 200 OK\r\n\r\n", BODY), True, False),
        ((b"HTTP/1.0 200 OK\r\n\r\n", BODY), True, False),
        ((b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY),), False, False),
        (
            (
                b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n",
                b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY),
            ),
            False,
            True,
        ),
    ],
    ids=["length", "chunked", "trailer", "until-close", "http10", "close", "interim"],
)
async def test_every_framing_gives_the_body(
    pool: Http1Pool, pieces: tuple[bytes, ...], close: bool, kept: bool
) -> None:
    async with server(says(*pieces, close=close)) as port:
        for _ in range(2):
            assert await ask(pool, port) == (200, BODY)
        assert bool(pool._idle.get(_address(f"http://127.0.0.1:{port}/").place)) is kept


@pytest.mark.parametrize("status", [204, 304])
async def test_statuses_without_a_body(pool: Http1Pool, status: int) -> None:
    async with server(says(b"HTTP/1.1 %d x\r\n\r\n" % status)) as port:
        assert await ask(pool, port) == (status, b"")
        assert await ask(pool, port) == (status, b"")


async def test_head_has_no_body(pool: Http1Pool) -> None:
    async with server(says(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n")) as port:
        assert await ask(pool, port, "HEAD") == (200, b"")


@pytest.mark.parametrize(
    ("coding", "packed"),
    [("gzip", gzip.compress(BODY)), ("br", brotli.compress(BODY)), ("zstd", zstandard.compress(BODY))],
    ids=["gzip", "br", "zstd"],  # bytes of gzip hold the time
)
async def test_a_packed_answer_is_unpacked(pool: Http1Pool, coding: str, packed: bytes) -> None:
    start = b"HTTP/1.1 200 OK\r\ncontent-encoding: %b\r\ncontent-length: %d\r\n\r\n" % (coding.encode(), len(packed))
    async with server(says(start, packed[:9], packed[9:])) as port:
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/", [], b"", connect_s=30.0)
        assert await answer.whole(1 << 20) == BODY
        assert answer.header("content-encoding") is None
        assert answer.header("content-length") is None


@pytest.mark.parametrize(
    ("pieces", "klass"),
    [
        ((), "upstream_reset"),
        ((b"HTTP/1.1 200 OK\r\ncontent-le",), "upstream_reset"),
        ((b"SSH-2.0-OpenSSH\r\n",), "upstream_reset"),
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",), "upstream_cut"),
        ((b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",), "upstream_cut"),
        ((b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",), "upstream_cut"),
        ((b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n\r\nnot gzip!",), "upstream_cut"),
        ((b"HTTP/1.1 200 OK\r\nx: %b\r\n\r\n" % (b"y" * 200_000),), "upstream_reset"),
    ],
)
async def test_what_is_no_answer(pool: Http1Pool, pieces: tuple[bytes, ...], klass: str) -> None:
    async with server(says(*pieces, close=True)) as port:
        with pytest.raises(UpstreamError) as error:
            await ask(pool, port)
    assert error.value.klass == klass
    assert str(port) not in error.value.message


async def test_a_reset_is_not_the_end_of_a_body_without_a_length(pool: Http1Pool) -> None:
    read = asyncio.Event()  # a reset takes away what the other side has not read

    async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nhalf")
        await writer.drain()
        await read.wait()
        linger = struct.pack("ii", 1, 0)  # closing sends RST
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async with server(resets) as port:
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/x", [], b"", connect_s=30.0)
        assert await answer.chunk() == b"half"
        read.set()
        with pytest.raises(UpstreamError) as error:
            await answer.whole(1 << 24)
        await answer.close()
    assert error.value.klass == "upstream_cut"


async def test_nobody_there(pool: Http1Pool) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody else can take the port meanwhile
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(UpstreamError) as error:
            await ask(pool, taken.getsockname()[1])
    assert error.value.klass == "upstream_unreachable"


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "http://user:pass@host/", "http://host:99999/", "nonsense"])
async def test_addresses_that_cannot_be(pool: Http1Pool, url: str) -> None:
    with pytest.raises(UpstreamError) as error:
        await pool.request("GET", url, [], b"", connect_s=1.0)
    assert error.value.klass == "upstream_config"


@pytest.mark.parametrize("header", [("a", "b\r\nc: d"), ("a\r\nb", "c"), ("a", "b\0"), ("a", "b\n")])
def test_a_header_cannot_break_out_of_its_line(header: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="line break"):
        _head("GET", _address("http://h/"), [header], 0)


def test_targets_and_hosts() -> None:
    assert _address("http://h:80/a b?c=d e").target == "/a%20b?c=d%20e"
    assert _address("https://h:444/v1").host == "h:444"
    assert _address("https://[::1]:443/").host == "[::1]"
    assert _address("http://h").target == "/"
    assert _address("http://b\u00fccher.example/").host == "xn--bcher-kva.example"


async def test_chunks_that_come_together_are_handed_on_together_and_none_waits(pool: Http1Pool) -> None:
    go = asyncio.Queue[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(await go.get())

    taken: list[bytes] = []

    def take(piece: bytes) -> bool:
        taken.append(piece)
        return True

    async with server(serve) as port:
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/x", [], b"", connect_s=30.0)
        pouring = asyncio.create_task(answer.pour(take))
        go.put_nowait(b"3\r\none\r\n3\r\ntwo\r\n5\r\nthr")  # the last one has not come whole
        await until(lambda: taken == [b"onetwothr"])
        go.put_nowait(b"ee\r\n")
        await until(lambda: taken == [b"onetwothr", b"ee"])
        go.put_nowait(b"4\r\nfour\r\n0\r\n\r\n")
        assert await pouring
        assert taken == [b"onetwothr", b"ee", b"four"]


async def test_what_came_before_something_that_is_no_answer_is_handed_on(pool: Http1Pool) -> None:
    taken: list[bytes] = []

    def take(piece: bytes) -> bool:
        taken.append(piece)
        return True

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\nnot a length\r\n")
        await reader.read()

    async with server(serve) as port:
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/x", [], b"", connect_s=30.0)
        with pytest.raises(UpstreamError) as refused:
            await answer.pour(take)
    assert taken == [b"one"]
    assert refused.value.klass == "upstream_cut"


async def test_a_reader_that_is_behind_holds_the_provider(pool: Http1Pool) -> None:
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (64 << 20))
        for _ in range(1024):
            writer.write(bytes(1 << 16))
            await writer.drain()
            sent += 1 << 16

    async with server(flood) as port:
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/", [], b"", connect_s=30.0)
        stopped_at = await at_rest(lambda: sent)
        assert stopped_at < HIGH_WATER + (24 << 20)  # what the kernel's buffers take, not all of it
        assert len(await answer.whole(1 << 27)) == 64 << 20
        await answer.close()


async def test_cancelling_before_the_head_and_dropping_after_it_cut_the_connection(pool: Http1Pool) -> None:
    gone: list[float] = []
    asked = asyncio.Event()

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await head(reader)
        asked.set()
        if b"/begun" in line:
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n")
        try:
            await reader.read()
        finally:
            gone.append(asyncio.get_running_loop().time())

    async with server(listens) as port:
        waiting = asyncio.get_running_loop().create_task(ask(pool, port))
        await asked.wait()
        waiting.cancel()
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/begun", [], b"", connect_s=30.0)
        assert await answer.chunk() == b"hi"
        await answer.close()
        await until(lambda: len(gone) == 2)


async def test_many_at_once_share_kept_connections(pool: Http1Pool) -> None:
    async with server(says(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY))) as port:

        async def some() -> None:
            for _ in range(25):
                assert await ask(pool, port) == (200, BODY)

        async with asyncio.timeout(90):
            await asyncio.gather(*(some() for _ in range(32)))


async def test_cancelled_at_any_moment_nothing_else_breaks(pool: Http1Pool) -> None:
    async with server(says(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY))) as port:

        async def some(number: int) -> None:
            for turn in range(25):
                if (number + turn) % 3:
                    assert await ask(pool, port) == (200, BODY)
                else:
                    task = asyncio.get_running_loop().create_task(ask(pool, port))
                    await asyncio.sleep(0.0004 * (turn % 12))
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)

        async with asyncio.timeout(90):
            await asyncio.gather(*(some(number) for number in range(16)))


async def test_a_kept_connection_that_the_provider_closed_is_not_used(pool: Http1Pool) -> None:
    async with server(says(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", close=True)) as port:
        for _ in range(3):
            assert await ask(pool, port) == (200, b"ok")
            kept = pool._idle[_address(f"http://127.0.0.1:{port}/").place]
            await until(lambda: not any(wire.usable for wire in kept))  # noqa: B023  # it ends in this turn


async def test_tls_with_a_trusted_and_with_an_unknown_certificate(
    pool: Http1Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "here.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(file)
    async with server(says(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY)), ours) as port:
        url = f"https://127.0.0.1:{port}/"
        with pytest.raises(UpstreamError) as error:
            await pool.request("GET", url, [], b"", connect_s=30.0)
        assert error.value.klass == "upstream_unreachable"
        monkeypatch.setattr(http1_pool, "_trust", lambda: ssl.create_default_context(cafile=str(file)))
        trusting = Http1Pool()
        for _ in range(2):
            answer = await trusting.request("GET", url, [], b"", connect_s=30.0)
            assert await answer.whole(1 << 20) == BODY
            await answer.close()
        await trusting.close()
