"""Reservations and caps in every protocol: what is asked for in its terms, and how a stream ends that is cut."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from adapters.head import NO_TARGET, Target
from adapters.protocols.table import WIRES
from deployments.settings_quota import Quota
from deployments.worst_case import output_of
from tests.deployments import asks, speakers
from tests.deployments.asks import PROTOCOLS, ask, events
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream, streams
from tests.deployments.test_gate import INPUT, OUTPUT, USD, account, person

ALL = [(client, up) for client in PROTOCOLS for up in PROTOCOLS]
MAXIMA: dict[str, Callable[[int], dict[str, Any]]] = {
    "chat": lambda most: {"max_completion_tokens": most},
    "responses": lambda most: {"max_output_tokens": most},
    "messages": lambda most: {"max_tokens": most},
    "gemini": lambda most: {"generationConfig": {"maxOutputTokens": most}},
}


def asked_for(protocol: str, body: Any) -> Any:
    """The maximum of output in a request to a provider."""
    if protocol == "gemini":
        return body["generationConfig"]["maxOutputTokens"]
    if protocol == "chat":
        return body.get("max_completion_tokens") or body.get("max_tokens")
    return body["max_output_tokens" if protocol == "responses" else "max_tokens"]


async def priced(gateway: Gateway) -> None:
    for protocol in PROTOCOLS:
        await gateway.add_price(f"up-{protocol}", INPUT, OUTPUT)


@pytest.mark.parametrize(("client", "up"), ALL)
async def test_what_is_used_is_reserved_and_booked(spoken: Gateway, upstream: Upstream, client: str, up: str) -> None:
    await priced(spoken)
    key, account_id = await person(spoken, USD)
    answer = await ask(spoken, client, f"x-{up}", key=key, **MAXIMA[client](50))
    assert answer.status == 200, answer.body
    assert asked_for(up, upstream.calls[0].json) == 50
    record = await spoken.record()
    assert record.cost == (7 * INPUT + 4 * OUTPUT) // 10**6 + 2 * INPUT // 10**6
    assert 50 * OUTPUT // 10**6 <= record.reserved < 5000 * OUTPUT // 10**6
    assert (await account(spoken, account_id)).balance == USD - record.cost


@pytest.mark.parametrize(("client", "up"), ALL)
async def test_a_balance_that_does_not_cover_it(spoken: Gateway, upstream: Upstream, client: str, up: str) -> None:
    await priced(spoken)
    key, _ = await person(spoken, 100_000)
    answer = await ask(spoken, client, f"x-{up}", key=key, **MAXIMA[client](10_000))
    assert answer.status == 402
    assert upstream.calls == []
    if client == "gemini":
        config = {"maxOutputTokens": 30, "candidateCount": 8}
        answer = await ask(spoken, client, f"x-{up}", key=key, generationConfig=config)
        assert answer.status in (400, 402)


@pytest.mark.parametrize(("client", "up"), ALL)
async def test_a_stream_that_goes_on_beyond_what_is_paid_for_ends_truthfully(
    spoken: Gateway, upstream: Upstream, client: str, up: str
) -> None:
    await priced(spoken)
    body = asks.body(client, f"x-{up}", stream=True)
    if client == "messages":
        body["max_tokens"] = 5000
    pieces = speakers.STREAMS[up]
    word = next(number for number, piece in enumerate(pieces) if b"Hel" in piece)
    upstream.behave = streams(*pieces[: word + 1], *[pieces[word]] * 400, end="stall")
    headers = {"authorization": "", **asks.headers(client, spoken.key), "x-gateway-cost-cap": "0.0005"}
    answer = await spoken.post(msgspec.json.encode(body), asks.path(client, f"x-{up}", stream=True), headers=headers)
    assert answer.status == 200, answer.body
    assert answer.whole
    assert asked_for(up, upstream.calls[0].json) < 125
    _ended(client, answer.body)
    record = await spoken.record()
    assert (record.end, record.finish_reason) == ("complete", "length")
    if (client, up) != ("gemini", "gemini"):  # there each event counts what was said so far
        assert record.output_tokens >= 100
    assert record.output_tokens <= 500


def _ended(client: str, body: bytes) -> None:
    heard = events(body)
    if client == "chat":
        assert heard[-1]["choices"][0]["finish_reason"] == "length"
        assert body.endswith(b"data: [DONE]\n\n")
    elif client == "responses":
        assert heard[-1]["type"] == "response.incomplete"
        response = heard[-1]["response"]
        assert response["incomplete_details"] == {"reason": "max_output_tokens"}
        said = "".join(event["delta"] for event in heard if event["type"] == "response.output_text.delta")
        assert response["output"][0]["content"][0]["text"] == said
    elif client == "messages":
        assert [event["type"] for event in heard[-3:]] == ["content_block_stop", "message_delta", "message_stop"]
        assert heard[-2]["delta"]["stop_reason"] == "max_tokens"
    else:
        assert heard[-1]["candidates"][0]["finishReason"] == "MAX_TOKENS"


@pytest.mark.parametrize(
    ("config", "each", "choices", "fixed"),
    [
        ({"maxOutputTokens": 70}, 70, 1, True),
        ({"max_output_tokens": 70, "candidate_count": 3}, 70, 3, True),
        ({"maxOutputTokens": 0}, 8192, 1, False),
        ({"maxOutputTokens": "many"}, 8192, 1, False),
        ({"candidateCount": -2}, 8192, 1, False),
        ({}, 8192, 1, False),
    ],
)
def test_the_bound_of_a_gemini_request(config: dict[str, Any], each: int, choices: int, fixed: bool) -> None:
    for name in ("generationConfig", "generation_config"):
        body = {"contents": [{"parts": [{"text": "x"}]}], name: config}
        head = WIRES["gemini"].parse("chat", msgspec.json.encode(body), Target("m", "generateContent"))
        bound = output_of(head, Quota())
        assert (bound.each, bound.choices, bound.fixed) == (each, choices, fixed)


def test_the_bounds_of_the_others() -> None:
    for protocol in ("chat", "responses", "messages"):
        body = msgspec.json.encode({**asks.body(protocol, "m"), **MAXIMA[protocol](70)})
        assert output_of(WIRES[protocol].parse("chat", body, NO_TARGET), Quota()).each == 70
    counting = WIRES["messages"].parse("count_tokens", msgspec.json.encode(asks.body("messages", "m")), NO_TARGET)
    assert output_of(counting, Quota()).total == 0
    head = WIRES["gemini"].parse("count_tokens", b'{"contents":[{"parts":[]}]}', Target("m", "countTokens"))
    assert output_of(head, Quota()).total == 0
