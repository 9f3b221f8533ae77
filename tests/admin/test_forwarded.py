"""Where a request comes from: what proxies say, whom is believed, and what reaches the application."""

import ipaddress
from types import SimpleNamespace
from typing import Any

import pytest

from admin.forwarded import Forwarded, trusted_hops
from admin.options.network import Network

LOCAL = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128")]


@pytest.mark.parametrize(
    ("chain", "hops"),
    [
        (["203.0.113.5"], 0),
        (["203.0.113.5", "127.0.0.1"], 1),
        (["203.0.113.5", "10.1.1.1", "127.0.0.1"], 2),
        (["127.0.0.1", "203.0.113.5"], 0),
        (["6.6.6.6", "203.0.113.5", "127.0.0.1"], 1),
        (["203.0.113.5", "::ffff:10.0.0.1"], 1),
        (["203.0.113.5", "[::1]:4711"], 1),
        (["203.0.113.5", "10.0.0.1:4711"], 1),
        (["203.0.113.5", "unknown", "10.0.0.1"], 1),
        ([], 0),
    ],
)
def test_hops(chain: list[str], hops: int) -> None:
    assert trusted_hops(chain, LOCAL) == hops


class _Options:
    async def get(self, group: Any) -> Network:
        return Network(trusted_proxies=["127.0.0.1", "10.0.0.0/8"])


class _Services:
    options = _Options()


async def seen(headers: dict[str, str], client: str = "127.0.0.1") -> tuple[str, str, str, bool]:
    """(client, scheme, host, whether a header of a proxy is left)."""
    found: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append(scope)

    state = SimpleNamespace(state=SimpleNamespace(services=_Services()))
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "client": (client, 1),
        "headers": [(b"host", b"internal:1"), *pairs],
    }
    scope["app"] = state
    await Forwarded(app)(scope, None, None)  # type: ignore[arg-type]  # neither is used
    (after,) = found
    (host,) = [value.decode() for name, value in after["headers"] if name == b"host"]
    left = any(name.startswith((b"x-forwarded", b"x-real", b"forwarded")) for name, _ in after["headers"])
    return after["gateway.client_ip"], after["scheme"], host, left


async def test_straight_from_the_ingress() -> None:
    headers = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "http", "x-forwarded-host": "ai.example:8000"}
    assert await seen(headers) == ("198.51.100.7", "http", "ai.example:8000", False)


async def test_behind_a_proxy_that_is_trusted() -> None:
    headers = {
        "x-forwarded-for": "6.6.6.6, 203.0.113.5, 10.0.0.3",
        "x-forwarded-proto": "https, http",
        "x-forwarded-host": "ai.example, internal",
        "x-real-ip": "6.6.6.6",
        "forwarded": "for=6.6.6.6",
    }
    assert await seen(headers) == ("203.0.113.5", "https", "ai.example", False)


async def test_behind_a_proxy_that_is_not() -> None:
    headers = {
        "x-forwarded-for": "6.6.6.6, 203.0.113.5",
        "x-forwarded-proto": "https, http",
        "x-forwarded-host": "evil.test, ai.example",
    }
    assert await seen(headers) == ("203.0.113.5", "http", "ai.example", False)


@pytest.mark.parametrize("host", ["a b", "evil.test/path", "a\u00e9", "user@evil.test", "x" * 300])
async def test_a_host_that_is_none_is_left_out(host: str) -> None:
    assert (await seen({"x-forwarded-for": "198.51.100.7", "x-forwarded-host": host}))[2] == "internal:1"


async def test_nonsense_is_nobody() -> None:
    assert (await seen({"x-forwarded-for": "<script>, ';--, 1.2.3.4.5"}))[0] == "unknown"
    assert (await seen({}, "198.51.100.9"))[0] == "198.51.100.9"
    assert (await seen({"x-forwarded-for": ",".join(["10.0.0.1"] * 500)}))[0] == "10.0.0.1"
