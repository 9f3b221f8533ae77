"""Tools whose names the provider's protocol does not take: asked for under another name, called under the client's."""

from typing import Any

import msgspec
import pytest

from tests.deployments import asks, speakers
from tests.deployments.asks import said
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream

NAME = "mcp__a_server_with_a_long_name__" + "x" * 80
TOOLS = [{"name": NAME, "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}]


def _renamed(value: Any, name: str) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value).replace(b'"weather"', msgspec.json.encode(name)))


@pytest.mark.parametrize("stream", [False, True])
async def test_a_name_of_112_characters(spoken: Gateway, upstream: Upstream, stream: bool) -> None:
    called = []

    async def calls_it(call: Call) -> None:
        name = call.json["tools"][0]["function"]["name"]
        called.append(name)
        if stream:
            await call.begin()
            for piece in speakers.TOOL_STREAMS["chat"]:
                await call.chunk(piece.replace(b'"weather"', msgspec.json.encode(name)))
            await call.end()
        else:
            await call.answer(200, msgspec.json.encode(_renamed(speakers.TOOL_ANSWERS["chat"], name)))

    upstream.behave = calls_it
    body = {**asks.body("messages", "x-chat", stream=stream), "tools": TOOLS}
    answer = await spoken.post(
        msgspec.json.encode(body), "/v1/messages", headers={"authorization": "", **asks.headers("messages", spoken.key)}
    )
    assert answer.status == 200, answer.body
    assert len(called[0]) <= 64
    if stream:
        assert NAME.encode() in answer.body
        assert called[0].encode() not in answer.body
    else:
        assert said("messages", answer.json)[1] == [(NAME, {"city": "Paris"})]
