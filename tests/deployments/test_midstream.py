"""A provider that reports an error after it has begun to answer."""

import pytest

from tests.deployments.asks import PROTOCOLS, ask
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream, event

ABOUT_TOOLS = b'event: error\ndata: {"error":{"message":"Tool choice is required","type":"invalid_request_error","code":"tool_use_failed"}}\n\n'  # fmt: skip  # noqa: E501  # recorded at Groq, 2026-02
ABOUT_KEY = b'data: {"error":{"message":"Account org-1 has no credit","type":"invalid_request_error"}}\n\n'


def fails(error: bytes, *pieces: str) -> object:
    async def behave(call: Call) -> None:
        await call.begin()
        for piece in pieces:
            await call.chunk(event(piece))
        await call.chunk(error)
        await call.end()

    return behave


@pytest.mark.parametrize("client", PROTOCOLS)
async def test_the_client_is_told_what_is_about_its_request(gateway: Gateway, upstream: Upstream, client: str) -> None:
    upstream.behave = fails(ABOUT_TOOLS, "Hello")  # type: ignore[assignment]
    await gateway.add_channel("c", upstream.url, models={"m": ""}, settings={"protocols": ["chat"]})
    answer = await ask(gateway, client, "m", stream=True)
    assert (answer.status, b"Hello" in answer.body, b"Tool choice is required" in answer.body) == (200, True, True)
    if client == "chat":
        assert answer.body.endswith(ABOUT_TOOLS)
    assert (await gateway.record()).end == "upstream_error"


@pytest.mark.parametrize("client", PROTOCOLS)
async def test_and_never_what_is_about_the_account(gateway: Gateway, upstream: Upstream, client: str) -> None:
    upstream.behave = fails(ABOUT_KEY, "Hello")  # type: ignore[assignment]
    await gateway.add_channel("c", upstream.url, models={"m": ""}, settings={"protocols": ["chat"]})
    answer = await ask(gateway, client, "m", stream=True)
    assert b"org-1" not in answer.body
    assert b"The provider refused" in answer.body


async def test_before_anything_was_said_it_is_an_error_answer(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = fails(ABOUT_TOOLS)  # type: ignore[assignment]
    await gateway.add_channel("c", upstream.url, models={"m": ""}, settings={"protocols": ["chat"]})
    await gateway.add_channel("d", upstream.url, models={"m": ""}, settings={"protocols": ["chat"]})
    answer = await ask(gateway, "chat", "m", stream=True)
    assert (answer.status, answer.json["error"]["message"]) == (400, "Tool choice is required")
    assert len(upstream.calls) == 1
