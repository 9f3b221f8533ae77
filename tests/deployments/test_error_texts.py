"""What a record says in words of a request that failed: what its client was told, and nothing else."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream, answers

Make = Callable[..., Awaitable[Gateway]]


async def told(gateway: Gateway, body: dict[str, object] | None = None) -> tuple[str, str]:
    """(what the client was told, what the record says)."""
    answer = await gateway.post(body)
    (record,) = await gateway.records(1)
    return answer.json["error"]["message"] if answer.status >= 400 else "", record.error_text


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "max_tokens is too large: 999999"),
        (422, "temperature must be below 2"),
        (401, "Incorrect API key provided: sk-secret"),  # of the gateway's own account: not for the client
        (500, "stack trace of the provider"),
    ],
)
async def test_a_provider_that_refuses(make_gateway: Make, upstream: Upstream, status: int, message: str) -> None:
    upstream.behave = answers(status, msgspec.json.encode({"error": {"message": message, "type": "x"}}))
    gateway = await make_gateway(max_attempts=1)
    await gateway.add_channel("only", upstream.url)
    said, written = await told(gateway)
    assert written == said
    assert ("secret" in written, "stack" in written) == (False, False)
    if status in (400, 422):
        assert written == message


async def test_a_model_that_nobody_has(make_gateway: Make, upstream: Upstream) -> None:
    gateway = await make_gateway()
    await gateway.add_channel("only", upstream.url)
    said, written = await told(gateway, {"model": "nobody-has-this"})
    assert written == said
    assert "nobody-has-this" in written


async def test_nothing_where_nothing_went_wrong(make_gateway: Make, upstream: Upstream) -> None:
    gateway = await make_gateway()
    await gateway.add_channel("only", upstream.url)
    assert await told(gateway) == ("", "")
