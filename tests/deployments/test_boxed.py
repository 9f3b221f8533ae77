"""A client of Gemini that wants a list as its answer, on channels that are bound to objects."""

import msgspec
import pytest

from tests.deployments.asks import ask, events
from tests.deployments.gateway import Gateway
from tests.deployments.mock import DONE, UNARY, USAGE, Call, Upstream, event

LIST = {"responseMimeType": "application/json", "responseSchema": {"type": "ARRAY", "items": {"type": "STRING"}}}
PIECES = ('{"val', 'ue":["re', 'd","blue"', "]}")


async def answers(call: Call) -> None:
    """A provider that keeps to the schema."""
    assert call.json["response_format"]["json_schema"]["schema"]["type"] == "object"
    if not call.json.get("stream"):
        message = {"role": "assistant", "content": "".join(PIECES)}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        await call.answer(200, msgspec.json.encode({**UNARY, "choices": choices}))
        return
    await call.begin()
    for piece in PIECES:
        await call.chunk(event(piece))
    await call.chunk(event(finish="stop") + USAGE + DONE)
    await call.end()


@pytest.mark.parametrize("stream", [False, True])
async def test_the_client_gets_the_list(gateway: Gateway, upstream: Upstream, stream: bool) -> None:
    upstream.behave = answers
    await gateway.add_channel("c", upstream.url, models={"m": ""}, settings={"protocols": ["chat"]})
    answer = await ask(gateway, "gemini", "m", stream=stream, generationConfig=LIST)
    assert answer.status == 200, answer.body
    found = events(answer.body) if stream else [answer.json]
    parts = [part for one in found for part in one["candidates"][0]["content"]["parts"]]
    assert "".join(part["text"] for part in parts) == '["red","blue"]'
    assert (await gateway.record()).plan == "gemini to chat; answer asked for in an object"
