"""The contract of the catalogue on the wire: whatever a client speaks, a provider is asked as its row says."""

from typing import Any

import pytest

from adapters.providers.row import Provider
from adapters.registry import PROVIDERS
from tests.deployments import speakers
from tests.deployments.asks import PROTOCOLS, ask, said
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream

SHOWN = {"bearer": "authorization", "x-api-key": "x-api-key", "x-goog-api-key": "x-goog-api-key", "api-key": "api-key"}
SECRET = "sk-upstream-made"


@pytest.fixture
async def served(gateway: Gateway, upstream: Upstream) -> Gateway:
    upstream.behave = speakers.speaks
    return gateway


async def channel_of(gateway: Gateway, row: Provider, upstream: Upstream, *protocols: str) -> None:
    """A channel with its type, its key, and the mock in place of the provider's host."""
    settings: dict[str, Any] = {"parameters": {name: f"{name.replace('_', '-')}-1" for name in row.needs}}
    if protocols:
        regions = {region for name in protocols for region in row.speaks[name].regions}
        settings |= {"protocols": list(protocols)} | ({"region": regions.pop()} if regions else {})
    models = {"m": "claude-deepseek-v4"} | {
        glob.replace("*", "x"): "" for each in row.speaks.values() for glob in each.models
    }
    url = f"http://127.0.0.1:{upstream.port}"
    await gateway.add_channel("made", url, provider=row.id, models=models, settings=settings)


def check(row: Provider, call: Call) -> str:
    """That a call is as the row says; returns its protocol."""
    protocol = speakers.protocol_of(call)
    speaks = row.speaks[protocol]
    path = speaks.path
    for name in row.needs:
        path = path.replace(f"{{{name}}}", f"{name.replace('_', '-')}-1")
    assert call.target.startswith(path + "/"), call.target
    shown = {name: call.headers[name].removeprefix("Bearer ") for name in SHOWN.values() if name in call.headers}
    assert shown == {SHOWN[speaks.auth]: SECRET}
    assert all(call.headers[name] == value for name, value in speaks.headers.items())
    return protocol


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_client_on_every_provider(served: Gateway, upstream: Upstream, provider: str) -> None:
    row = PROVIDERS[provider]
    await channel_of(served, row, upstream)
    for client in PROTOCOLS:
        for stream in (False, True):
            for tools in (False, True):
                upstream.calls.clear()
                answer = await ask(served, client, "m", stream=stream, tools=tools)
                assert answer.status == 200, (client, answer.body)
                if not stream:
                    assert said(client, answer.json)[0] == ("" if tools else speakers.TEXT)
                spoken = check(row, upstream.calls[0])
                first = next(iter(row.speaks))
                passes = client in row.speaks and row.speaks[client].default and not row.speaks[client].models
                assert spoken in ({client} if passes and not row.speaks[client].regions else {client, first})


@pytest.mark.parametrize(
    ("provider", "protocol"), [(row.id, protocol) for row in PROVIDERS.values() for protocol in row.speaks]
)
async def test_every_protocol_of_every_provider(
    served: Gateway, upstream: Upstream, provider: str, protocol: str
) -> None:
    """Named by the channel, for a model that it is offered for: only that one is spoken."""
    row = PROVIDERS[provider]
    await channel_of(served, row, upstream, protocol)
    models = row.speaks[protocol].models
    answer = await ask(served, "chat", models[0].replace("*", "x") if models else "m")
    assert answer.status == 200, answer.body
    assert [check(row, call) for call in upstream.calls] == [protocol]
