"""Fetching media from addresses that clients choose: what is refused, what is bounded, what comes back."""

import asyncio
import datetime as dt
import gzip
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.address_guard import Guard, is_open_port
from adapters.errors import ClientError, GatewayFault
from deployments.fetch import Fetcher
from deployments.settings_fetch import Fetch

PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 100
Answers = dict[str, bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]]


class Server:
    """Answers by path; `heads` are the requests that came."""

    def __init__(self) -> None:
        self.answers: Answers = {}
        self.heads: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            answer = self.answers[head.split(" ")[1]]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def ok(body: bytes, kind: str = "image/png", more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{more}\r\n".encode() + body


def moved(target: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n".encode()


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


Make = Callable[..., Fetcher]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """A fetcher that may reach this machine; names resolve as `names` says."""
    made: list[Fetcher] = []

    def build(
        names: dict[str, list[str]] | None = None, allow: tuple[str, ...] = ("127.0.0.1/32",), **rules: Any
    ) -> Fetcher:
        async def resolve(host: str, port: int) -> list[str]:
            if names is None:
                return [host]
            if host not in names:
                raise OSError(host)
            return names[host]

        fetcher = Fetcher(Fetch(allow=list(allow), **rules), count=None, resolve=resolve)
        made.append(fetcher)
        return fetcher

    yield build
    for fetcher in made:
        await fetcher.close()


async def refusal(fetcher: Fetcher, *urls: str) -> str:
    with pytest.raises(ClientError) as raised:
        await fetcher.fetch(urls)
    assert raised.value.status == 400
    assert raised.value.code == "media_not_fetched"
    return raised.value.message


async def test_media_come_back_as_base64_each_once(server: Server, make: Make) -> None:
    server.answers = {"/a": ok(PNG, "image/png; x=1"), "/b?c=%20d": ok(b"%PDF-1.7", "application/octet-stream")}
    fetcher = make({"media.example": ["127.0.0.1"]})
    first, second = f"http://media.example:{server.port}/a", f"http://media.example:{server.port}/b?c=%20d#page=2"
    found = await fetcher.fetch([first, second, first])
    assert b64decode(found[first].data) == PNG
    assert (found[first].media_type, found[second].media_type) == ("image/png", "application/pdf")
    assert len(server.heads) == 2
    assert f"host: media.example:{server.port}" in server.heads[0].lower()
    assert "accept-encoding: identity" in server.heads[0].lower()
    assert "cookie" not in server.heads[0].lower()
    assert await fetcher.fetch([]) == {}


@pytest.mark.parametrize(
    ("kind", "body", "media_type"),
    [
        ("image/jpg", b"\xff\xd8\xff\xe0abc", "image/jpeg"),
        ("image/png", b"\xff\xd8\xff\xe0abc", "image/jpeg"),
        ("text/plain", PNG + b"\0", "image/png"),
        ("text/plain; charset=utf-8", b"BM is how this text begins", "text/plain"),
        ("", PNG, "image/png"),
    ],
)
async def test_bytes_say_more_than_headers(server: Server, make: Make, kind: str, body: bytes, media_type: str) -> None:
    server.answers = {"/": ok(body, kind)}
    url = f"http://127.0.0.1:{server.port}/"
    assert (await make().fetch([url]))[url].media_type == media_type


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://internal.example/",
        "http://no-such-name.invalid/",
    ],
)
async def test_what_is_not_public_is_not_connected_to(url: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        if host.endswith(".example"):
            return ["10.1.2.3", "fd00::1"]
        loop = asyncio.get_running_loop()
        return [str(row[4][0]) for row in await loop.getaddrinfo(host, port)]

    fetcher = Fetcher(Fetch(), resolve=resolve)
    assert "its host has no public address" in await refusal(fetcher, url)
    await fetcher.close()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.100.100.200",
        "168.63.129.16", "192.0.0.192", "192.88.99.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:a00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "::127.0.0.1",
        "no address",
    ],
)  # fmt: skip
def test_guard_refuses(address: str) -> None:
    assert not Guard().passes(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_guard_lets_public_addresses_pass(address: str) -> None:
    assert Guard().passes(address)


def test_guard_lets_pass_what_the_operator_allows() -> None:
    guard = Guard(["10.1.0.0/16", "fd00:1::/32"])
    assert guard.passes("10.1.2.3")
    assert guard.passes("::ffff:10.1.2.3")
    assert guard.passes("fd00:1::5")
    assert not guard.passes("10.2.0.1")
    assert [is_open_port(port) for port in (22, 25, 80, 443, 1023, 8080)] == [False, False, True, True, False, True]


async def test_redirects_are_checked_like_the_first_address(server: Server, make: Make) -> None:
    base = f"http://media.example:{server.port}"
    server.answers = {
        "/there": moved("/picture"),
        "/picture": ok(PNG),
        "/inside": moved("http://10.0.0.1/"),
        "/name": moved(f"http://inside.example:{server.port}/picture"),
        "/file": moved("file:///etc/passwd"),
        "/round": moved("/round"),
        "/smtp": moved("http://media.example:25/"),
    }
    names = {"media.example": ["127.0.0.1"], "inside.example": ["10.0.0.1"], "10.0.0.1": ["10.0.0.1"]}
    fetcher = make(names)
    assert (await fetcher.fetch([f"{base}/there"]))[f"{base}/there"].media_type == "image/png"
    assert "no public address" in await refusal(fetcher, f"{base}/inside")
    assert "no public address" in await refusal(fetcher, f"{base}/name")
    assert "must begin with https://" in await refusal(fetcher, f"{base}/file")
    assert "redirects too often" in await refusal(fetcher, f"{base}/round")
    assert "port 25" in await refusal(fetcher, f"{base}/smtp")
    assert len(server.heads) == 2 + 3 + 4 + 1


async def test_a_name_is_connected_to_at_the_address_that_was_checked(server: Server) -> None:
    asked = 0

    async def resolve(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return ["10.0.0.1", "127.0.0.1"] if asked == 1 else ["10.0.0.1"]

    server.answers = {"/": ok(PNG)}
    fetcher = Fetcher(Fetch(allow=["127.0.0.1/32"]), resolve=resolve)
    url = f"http://rebind.example:{server.port}/"
    assert (await fetcher.fetch([url]))[url].media_type == "image/png"
    assert asked == 1
    assert "no public address" in await refusal(fetcher, url)
    await fetcher.close()


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n" + PNG)
    for _ in range(100):
        await asyncio.sleep(0.05)
        writer.write(b"x")
        await writer.drain()


async def test_bounds(server: Server, make: Make) -> None:
    server.answers = {
        "/big": ok(PNG + b"x" * 5000),
        "/liar": b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n" + PNG + b"x" * 5000,
        "/fit": ok(PNG + b"x" * 1500),
        "/packed": ok(gzip.compress(b"x" * 100_000), more="content-encoding: gzip\r\n"),
        "/html": ok(b"<html>", "text/html"),
        "/empty": ok(b""),
        "/away": b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        "/noise": b"what?\r\n\r\n",
        "/drip": drip,
    }
    base = f"http://127.0.0.1:{server.port}"
    fetcher = make(max_bytes=2048, request_bytes=4096, per_request=4, timeout_s=60)
    hasty = make(max_bytes=2048, timeout_s=0.5)
    expected = {
        "/big": "larger than the 2048 bytes",
        "/liar": "larger than the 2048 bytes",
        "/packed": "packed",
        "/html": "its type is not taken (text/html)",
        "/empty": "it is empty",
        "/away": "status 404",
        "/noise": "does not answer as it should",
    }
    for path, words in expected.items():
        assert words in await refusal(fetcher, base + path), path
    assert "longer than 0.5 s" in await refusal(hasty, base + "/drip")
    urls = [f"{base}/fit?{number}" for number in range(3)]
    for url in urls:
        server.answers[url.removeprefix(base)] = server.answers["/fit"]
    assert "larger together" in await refusal(fetcher, *urls)
    assert len(await fetcher.fetch(urls[:2])) == 2
    assert "more media by URL than the 4" in await refusal(fetcher, *(f"{base}/{number}" for number in range(5)))
    assert "'127.0.0.1'" in await refusal(fetcher, f"{base}/away?secret=1")
    assert "secret" not in await refusal(fetcher, f"{base}/away?secret=1")


async def test_no_more_are_fetched_at_one_time_than_allowed(server: Server, make: Make) -> None:
    server.answers = {"/": ok(PNG)}
    url = f"http://127.0.0.1:{server.port}/"
    fetcher = make(at_once=1, timeout_s=0.1)
    async with fetcher._slots:
        with pytest.raises(GatewayFault) as raised:
            await fetcher.fetch([url])
    assert (raised.value.status, raised.value.code) == (503, "media_busy")
    fetcher._rules = fetcher._rules.model_copy(update={"timeout_s": 60.0})  # it bounds the fetching too
    assert (await fetcher.fetch([url]))[url].media_type == "image/png"


async def test_names_are_resolved_by_the_system(server: Server) -> None:
    server.answers = {"/": ok(PNG)}
    fetcher = Fetcher(Fetch(allow=["127.0.0.1/32"]))
    url = f"http://localhost:{server.port}/"
    assert (await fetcher.fetch([url]))[url].media_type == "image/png"
    await fetcher.close()


async def test_addresses_that_cannot_be(make: Make) -> None:
    fetcher = make(per_request=10)
    for url, words in {
        "ftp://example.com/x": "must begin with https://",
        "file:///etc/passwd": "must begin with https://",
        "http:///x": "must begin with https://",
        "https://user:password@example.com/": "user name or password",
        "https://example.com:99999/": "not valid",
        "https://example.com/" + "x" * 9000: "too long",
        "": "must begin with https://",
    }.items():
        assert words in await refusal(fetcher, url), url
    assert "fetches none" in await refusal(make(enabled=False), "https://example.com/")


async def test_the_next_address_is_tried_when_one_is_closed(server: Server, make: Make) -> None:
    server.answers = {"/": ok(PNG)}
    fetcher = make({"media.example": ["127.0.0.2", "127.0.0.1"]}, allow=("127.0.0.0/8",))
    url = f"http://media.example:{server.port}/"
    assert (await fetcher.fetch([url]))[url].media_type == "image/png"
    assert "does not answer" in await refusal(
        make({"a.example": ["127.0.0.2"]}, allow=("127.0.0.0/8",)), url.replace("media", "a")
    )


def certificate(path: Path, name: str) -> ssl.SSLContext:
    """A server's context for that name; its certificate is written to `path`, to be trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(pem)
    both = path.with_suffix(".both")
    both.write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


async def test_the_certificate_is_checked_for_the_name_in_the_url(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certificate(tmp_path / "ca.pem", "media.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    async with serving(context) as server:
        server.answers = {"/": ok(PNG)}
        fetcher = make({"media.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})
        url = f"https://media.example:{server.port}/"
        assert (await fetcher.fetch([url]))[url].media_type == "image/png"
        assert "does not answer" in await refusal(fetcher, url.replace("media", "other"))
