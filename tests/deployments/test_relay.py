"""The admin API on the data plane's address."""

import gzip

import pytest

from admin import packing
from deployments.messages import Live
from deployments.relay import ACCEPTS, PACKED
from tests.deployments.client import Client, request
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import Call, Upstream, closes


@pytest.fixture
async def relayed(make_gateway, upstream: Upstream) -> Gateway:
    """A gateway whose admin is `upstream`."""
    gateway: Gateway = await make_gateway(admin=True)
    gateway.replica.live = Live(admin_url=f"http://127.0.0.1:{upstream.port}")
    return gateway


async def show(call: Call) -> None:
    await call.answer(200, call.target.encode(), "text/plain", "set-cookie: a=b\r\netag: x\r\nserver: other\r\n")


@pytest.mark.parametrize("path", ["/api/v1/keys?limit=1&x=%20", "/scim/v2/Users", "/.well-known/change-password"])
async def test_admin_paths_are_relayed(relayed: Gateway, upstream: Upstream, path: str) -> None:
    upstream.behave = show
    headers = {"authorization": "Bearer gwa-x", "cookie": "c", "connection": "keep-alive", "x-forwarded-for": "6.6.6.6"}
    answer = await relayed.get(path, headers)
    assert (answer.status, answer.body) == (200, path.encode())
    assert answer.headers["set-cookie"] == "a=b"
    assert "server" not in answer.headers
    seen = upstream.calls[0].headers
    assert (seen["authorization"], seen["x-forwarded-for"]) == ("Bearer gwa-x", "6.6.6.6, 127.0.0.1")
    assert seen["x-gateway-internal"] == relayed.replica.internal_token
    assert await relayed.records(0) == []


@pytest.mark.parametrize(("taken", "asked"), [("br, gzip;q=0.5", "gzip"), ("gzip;q=0, br", None), ("", None)])
async def test_what_the_admin_packs_is_handed_on_as_it_is(
    relayed: Gateway, upstream: Upstream, taken: str, asked: str | None
) -> None:
    assert (ACCEPTS, PACKED) == (packing.ACCEPTS, packing.PACKED)
    packed = gzip.compress(b"{}" * 1000)

    async def packs(call: Call) -> None:
        await call.answer(200, packed, "application/json", f"{PACKED}: gzip\r\nvary: accept-encoding\r\n")

    upstream.behave = packs
    answer = await relayed.get("/api/v1/keys", {"accept-encoding": taken, ACCEPTS: "br"})
    assert upstream.calls[0].headers.get(ACCEPTS) == asked
    assert (answer.headers["content-encoding"], answer.body) == ("gzip", packed)


async def test_answers_without_a_body_leave_the_connection_in_order(relayed: Gateway, upstream: Upstream) -> None:
    async def behave(call: Call) -> None:
        if call.method == "DELETE":
            await call.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        elif call.method == "HEAD":
            await call.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n")
        elif call.method == "PUT":
            await call.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            await call.begin(kind="text/plain")
            await call.chunk(b"x" * 100_000)
            await call.chunk(b"y")
            await call.end()

    upstream.behave = behave
    async with Client(relayed.port) as client:
        for method, status, size in (("DELETE", 204, 0), ("HEAD", 200, 0), ("PUT", 304, 0), ("GET", 200, 100_001)):
            client.send(request(method, "/api/v1/keys/1"))
            answer = await client.answer(bodiless=method == "HEAD")
            assert (answer.status, len(answer.body), answer.whole) == (status, size, True)
        client.send(request("GET", "/healthz"))
        assert (await client.answer()).json == {"status": "ok"}


async def test_an_admin_that_breaks_off(relayed: Gateway, upstream: Upstream) -> None:
    upstream.behave = closes
    answer = await relayed.get("/api/v1/keys")
    assert (answer.status, answer.error["code"]) == (503, "admin_away")

    async def half(call: Call) -> None:
        await call.begin(kind="text/plain")
        await call.chunk(b"x" * 10)
        await closes(call)

    upstream.behave = half
    answer = await relayed.get("/api/v1/keys")
    assert not answer.whole, "no client can take it for complete"


async def test_a_page_that_watches_is_counted_apart_from_what_clients_wait_for(
    relayed: Gateway, upstream: Upstream
) -> None:
    counts = relayed.replica.relayed
    seen = []

    async def watched(call: Call) -> None:
        seen.append((counts.requests, counts.streams))
        await call.begin()
        await call.chunk(b"event: state\n\n")
        await until(lambda: counts.streams == 1)
        await call.end()

    upstream.behave = watched
    assert (await relayed.get("/api/v1/live")).whole
    assert seen == [(1, 0)]
    upstream.behave = closes
    assert (await relayed.get("/api/v1/live")).status == 503
    await until(lambda: (counts.requests, counts.streams) == (0, 0))


@pytest.mark.parametrize(("method", "status", "calls"), [("GET", 200, 2), ("HEAD", 200, 2), ("POST", 503, 1)])
async def test_what_only_reads_is_asked_again_on_a_new_connection(
    relayed: Gateway, upstream: Upstream, method: str, status: int, calls: int
) -> None:
    """Its connection was kept from the request before, and is given up by the other side as it is used again."""

    async def given_up(call: Call) -> None:
        if len(upstream.calls) == 2:
            await closes(call)
        await call.answer(200, b"" if call.method == "HEAD" else b"ok", "text/plain")

    upstream.behave = given_up
    assert (await relayed.get("/api/v1/keys")).status == 200
    async with Client(relayed.port) as client:
        client.send(request(method, "/api/v1/keys"))
        answer = await client.answer(bodiless=method == "HEAD")
    assert answer.status == status
    assert len(upstream.calls) == 1 + calls


@pytest.mark.parametrize(
    "path", ["/api/\\..\\x", "/api/%", "/api/../../etc", "/api/" + "x" * 5000, "/api/v1/keys?%ff&a=b#c"]
)
async def test_strange_paths_are_not_a_fault(relayed: Gateway, upstream: Upstream, path: str) -> None:
    upstream.behave = show
    assert (await relayed.get(path)).status in (200, 400, 404)
