"""Channels with a proxy that wants a login."""

import pytest

from adapters.errors import UpstreamError, classify
from deployments.table import Channel, ChannelRow, with_login
from deployments.upstream import Direct
from tests.deployments.gateway import Gateway
from tests.deployments.mock import UNARY_BYTES, Upstream
from tests.deployments.proxies import Proxy, Socks

LOGINS = [("gateway", "plain"), ("a b@c/d?e#f%41", "p:w:@/?#%2F&=+!~é")]  # a user's name ends at the first colon


def channel(base_url: str, proxy: str, login: str) -> Channel:
    row = ChannelRow(
        1, "a", "openai-compatible", "openai", base_url, b"", {"*": ""}, 0, 1, {}, True, 30.0, 30.0, 30.0, proxy
    )
    return Channel(row, "sk-upstream", login)


@pytest.mark.parametrize("kind", [Proxy, Socks])
@pytest.mark.parametrize(("user", "password"), LOGINS)
async def test_the_login_reaches_the_proxy(upstream: Upstream, kind: type[Proxy], user: str, password: str) -> None:
    direct = Direct()
    async with kind(user, password) as proxy:
        used = channel(upstream.url, proxy.url, f"{user}:{password}")
        for _ in range(2):
            endpoint = used.protocols["chat"]
            answer = await direct.send(used, endpoint, "/chat/completions", list(used.headers), b"{}")
            assert (answer.status, await answer.whole(10_000)) == (200, UNARY_BYTES)
            await answer.close()
        assert proxy.carried >= 1
        assert proxy.refused == 0
    assert upstream.calls[0].headers["authorization"] == "Bearer sk-upstream"
    await direct.close()


@pytest.mark.parametrize("kind", [Proxy, Socks])
@pytest.mark.parametrize("login", ["", "gateway:wrong"])
async def test_without_the_right_login_nothing_passes(upstream: Upstream, kind: type[Proxy], login: str) -> None:
    direct = Direct()
    async with kind("gateway", "right") as proxy:
        used = channel(upstream.url, proxy.url, login)
        if kind is Socks:
            with pytest.raises(UpstreamError) as failed:
                await direct.send(used, used.protocols["chat"], "/chat/completions", list(used.headers), b"{}")
            assert "wrong" not in str(failed.value)
        else:
            answer = await direct.send(used, used.protocols["chat"], "/chat/completions", list(used.headers), b"{}")
            assert (answer.status, classify(answer.status, "", b"").klass) == (407, "upstream_auth")
            await answer.close()
        assert (proxy.carried, proxy.refused) == (0, 1)
    assert not upstream.calls
    await direct.close()


async def test_a_tunnel_is_asked_for_with_the_login() -> None:
    direct = Direct()
    async with Proxy("gateway", "pass@word") as proxy:
        used = channel("https://provider.example/v1", proxy.url, "gateway:pass@word")
        with pytest.raises(UpstreamError) as failed:
            await direct.send(used, used.protocols["chat"], "/chat/completions", list(used.headers), b"{}")
        assert proxy.carried == 1
        assert "pass@word" not in str(failed.value)
    await direct.close()


async def test_a_request_through_the_gateway(gateway: Gateway, upstream: Upstream) -> None:
    async with Socks("gateway", "p@ss:word") as proxy:
        login = gateway.box.seal("gateway:p@ss:word", "channel-proxy:proxied")
        await gateway.add_channel(
            "proxied", upstream.url, models={"m": ""}, settings={"proxy": proxy.url}, proxy_secret=login
        )
        assert (await gateway.post({"model": "m"})).body == UNARY_BYTES
        assert (proxy.carried, proxy.refused) == (1, 0)
        stolen = gateway.box.seal("gateway:p@ss:word", "channel-proxy:another")
        await gateway.add_channel(
            "stolen", upstream.url, models={"n": ""}, settings={"proxy": proxy.url}, proxy_secret=stolen
        )
        assert (await gateway.post({"model": "n"})).status == 404, "a channel whose secret does not open is not used"


def test_the_address_with_a_login() -> None:
    assert with_login("socks5://h:1080", "u:p@:/ %") == "socks5://u:p%40%3A%2F%20%25@h:1080"
    assert with_login("http://h", "") == "http://h"
    assert with_login("", "u:p") == ""
