"""The small request of a channel's test, and calls through Adapter replicas, in every protocol."""

import msgspec
import pytest

from deployments import compiler, table
from deployments.messages import Live, Pool, Update
from deployments.probe import small_request
from deployments.table import Channel, Target
from tests.deployments import speakers
from tests.deployments.asks import PROTOCOLS, ask, said
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream
from tests.deployments.test_pool import Member


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_the_small_request(spoken: Gateway, protocol: str, stream: bool) -> None:
    async with spoken.sessions() as session:
        data = await compiler.compile_table(session, spoken.settings.timeouts)
    assert data is not None
    row = next(each for each in data.channels if each.name == f"only-{protocol}")
    way, body = small_request(Target(Channel(row, "sk"), "up"), stream=stream)
    assert (way.plan.upstream, "ping" in body.decode()) == (protocol, True)
    document = msgspec.json.decode(body)
    if protocol == "gemini":
        assert ("streamGenerateContent" in way.path) is stream
    else:
        assert (document["model"], document.get("stream", False)) == ("up", stream)
    nothing = msgspec.structs.replace(row, protocols={name: msgspec.structs.replace(each, paths={})
                                                      for name, each in row.protocols.items()})  # fmt: skip
    with pytest.raises(ValueError, match="no protocol"):
        small_request(Target(Channel(nothing, "sk"), "up"), stream=stream)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("up", PROTOCOLS)
async def test_through_an_adapter_replica(spoken: Gateway, upstream: Upstream, up: str, stream: bool) -> None:
    member = Member(spoken)
    url = await member.start()
    try:
        async with spoken.sessions() as session:
            data = await compiler.compile_table(session, spoken.settings.timeouts)
        assert data is not None
        blob = table.encode(data)
        for replica in (spoken.replica, member.replica):
            replica.apply(Update(table=blob, live=Live("", (Pool("openai", (url,)),)), live_seq=1))
        for client in PROTOCOLS:
            answer = await ask(spoken, client, f"x-{up}", stream=stream)
            assert answer.status == 200, answer.body
            if not stream:
                assert said(client, answer.json)[0] == speakers.TEXT
        names = {"messages": "x-api-key", "gemini": "x-goog-api-key"}
        for call in upstream.calls:
            assert speakers.protocol_of(call) == up
            assert f"sk-upstream-only-{up}" in call.headers[names.get(up, "authorization")]
            assert "x-gateway-internal" not in call.headers
            assert sorted(name for name, _ in call.header_list) == sorted({name for name, _ in call.header_list})
        assert member.server.open_requests == 0
    finally:
        await member.stop()
