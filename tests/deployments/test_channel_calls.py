"""What an administrator asks a channel's provider, against an upstream."""

from typing import Any

import msgspec
import pytest

from admin.services import ChannelAskError
from admin.sessions import Sessions
from deployments import compiler
from deployments.channel_calls import ChannelCalls
from deployments.probe import small_request
from deployments.table import Channel, Target
from storage.models import ChannelKey
from tests.deployments.asks import PROTOCOLS
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream, answers


def _calls(gateway: Gateway) -> ChannelCalls:
    return ChannelCalls(Sessions(gateway.sessions), gateway.box, gateway.replica.direct, gateway.settings.timeouts)


@pytest.mark.parametrize("endpoint", [*PROTOCOLS, "embeddings"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_what_a_client_of_each_endpoint_would_cause(spoken: Gateway, protocol: str, endpoint: str) -> None:
    async with spoken.sessions() as session:
        data = await compiler.compile_table(session, spoken.settings.timeouts)
    assert data is not None
    row = next(each for each in data.channels if each.name == f"only-{protocol}")
    target = Target(Channel(row, "sk"), "up")
    for stream in (False, True):
        if endpoint == "embeddings" and protocol in {"responses", "messages"}:
            with pytest.raises(ValueError, match="no protocol"):
                small_request(target, stream=stream, endpoint=endpoint)
            continue
        try:
            way, body = small_request(target, stream=stream, endpoint=endpoint)
        except ValueError:
            assert endpoint == "embeddings"  # the channel of these tests need not offer them
            continue
        assert way.plan.upstream == protocol
        assert "ping" in body.decode()
        assert msgspec.json.decode(body)


async def test_a_test_of_each_key(gateway: Gateway, upstream: Upstream) -> None:
    number = await gateway.add_channel("several", upstream.url, push=False)
    ids = []
    for each in range(2):
        async with gateway.sessions.begin() as session:
            key = ChannelKey(channel_id=number, secret=b"", enabled=each == 1)
            session.add(key)
            await session.flush()
            key.secret = gateway.box.seal(f"sk-number-{each}", f"channel-key:{key.id}")
            ids.append(key.id)
    calls = _calls(gateway)
    for key_id, shown in ((ids[0], "0"), (ids[1], "1"), (0, "1")):
        assert (await calls.probe(number, "gpt-x", False, key_id=key_id)).ok
        assert upstream.calls[-1].headers["authorization"] == f"Bearer sk-number-{shown}"
    assert (await calls.probe(number, "gpt-x", False, key_id=999)).error == "unknown_channel"
    assert (await calls.probe(999, "gpt-x", False)).error == "unknown_channel"
    upstream.behave = answers(401, b'{"error":{"message":"Incorrect API key provided"}}')
    found = await calls.probe(number, "gpt-x", False)
    assert (found.ok, found.status, found.error) == (False, 401, "upstream_auth")
    assert b"Incorrect API key" in found.said
    assert "Incorrect" not in found.detail


async def test_models(gateway: Gateway, upstream: Upstream) -> None:
    number = await gateway.add_channel("a", upstream.url, push=False)
    upstream.behave = answers(200, b'{"object":"list","data":[{"id":"m-1"},{"id":"m-2"}]}')
    assert await _calls(gateway).models(number) == ["m-1", "m-2"]
    call = upstream.calls[-1]
    assert (call.method, call.target) == ("GET", "/v1/models")
    upstream.behave = answers(500)
    with pytest.raises(ChannelAskError, match="HTTP 500"):
        await _calls(gateway).models(number)
    upstream.behave = answers(200, b"<html>")
    with pytest.raises(ChannelAskError, match="no list of models"):
        await _calls(gateway).models(number)
    with pytest.raises(ChannelAskError, match="no such channel"):
        await _calls(gateway).models(999)


async def test_models_in_pages(gateway: Gateway, upstream: Upstream) -> None:
    number = await gateway.add_channel(
        "a", upstream.url.removesuffix("/v1"), push=False, provider="anthropic", settings={"protocols": ["messages"]}
    )

    async def behave(call: Call) -> None:
        more = "after_id" not in call.target
        found: dict[str, Any] = {"data": [{"id": "claude-1" if more else "claude-2"}], "has_more": more}
        await call.answer(200, msgspec.json.encode(found | {"last_id": "claude-1"}))

    upstream.behave = behave
    assert await _calls(gateway).models(number) == ["claude-1", "claude-2"]


async def test_balance(gateway: Gateway, upstream: Upstream) -> None:
    number = await gateway.add_channel("a", upstream.url, push=False)

    async def behave(call: Call) -> None:
        found = {"hard_limit_usd": 20} if call.target.endswith("/subscription") else {"total_usage": 500}
        await call.answer(200, msgspec.json.encode(found))

    upstream.behave = behave
    assert await _calls(gateway).balance(number) == (15_000_000_000, "USD")
    assert [call.target for call in upstream.calls] == [
        "/v1/dashboard/billing/subscription", "/v1/dashboard/billing/usage",
    ]  # fmt: skip
    other = await gateway.add_channel("b", upstream.url, push=False, provider="openai")
    with pytest.raises(ChannelAskError, match="tells no balance"):
        await _calls(gateway).balance(other)
    upstream.behave = answers(200, b"{}")
    with pytest.raises(ChannelAskError, match="holds no balance"):
        await _calls(gateway).balance(number)
