"""OpenAI's own client on kept responses: create, go on, retrieve, list, delete, cancel."""

from collections.abc import AsyncIterator, Awaitable, Callable

import openai
import pytest

from tests.deployments import speakers
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream

Make = Callable[..., Awaitable[Gateway]]


@pytest.fixture
async def client(make_gateway: Make, upstream: Upstream) -> AsyncIterator[openai.AsyncOpenAI]:
    """A client of a gateway with a channel that speaks Messages only."""
    upstream.behave = speakers.speaks
    gateway = await make_gateway(responses={"store": "on"})
    await gateway.add_channel("only", upstream.url, models={"x": "up"}, settings={"protocols": ["messages"]})
    url = f"http://127.0.0.1:{gateway.port}/v1"
    async with openai.AsyncOpenAI(api_key=gateway.key, base_url=url, max_retries=0) as made:
        yield made


async def test_a_conversation(client: openai.AsyncOpenAI, upstream: Upstream) -> None:
    first = await client.responses.create(model="x", input="one")
    assert (first.output_text, first.to_dict()["store"], first.previous_response_id) == (speakers.TEXT, True, None)
    async with client.responses.stream(model="x", input="two", previous_response_id=first.id) as stream:
        async for _ in stream:
            pass
        second = await stream.get_final_response()
    assert (second.output_text, second.previous_response_id) == (speakers.TEXT, first.id)
    assert [turn["role"] for turn in upstream.calls[-1].json["messages"]] == ["user", "assistant", "user"]

    found = await client.responses.retrieve(second.id)
    assert found.to_dict() == {key: value for key, value in second.to_dict().items() if key != "parsed"} | {
        "output": found.to_dict()["output"]
    }
    assert found.output_text == speakers.TEXT
    items = [item async for item in client.responses.input_items.list(second.id, order="asc", limit=2)]
    assert [item.type for item in items] == ["message"] * 3
    assert len({item.id for item in items}) == 3
    with pytest.raises(openai.BadRequestError, match="cancelled"):
        await client.responses.cancel(second.id)
    await client.responses.delete(second.id)
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(second.id)
    with pytest.raises(openai.BadRequestError) as raised:
        await client.responses.create(model="x", input="three", previous_response_id=second.id)
    assert raised.value.code == "previous_response_not_found"
