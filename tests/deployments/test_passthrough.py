"""What goes right: the same bytes, the listed edits, one record with the right numbers."""

import msgspec
import pytest

from tests.deployments.client import Client
from tests.deployments.gateway import CHAT, Gateway
from tests.deployments.mock import (
    STREAM,
    STREAM_WITH_USAGE,
    UNARY_BYTES,
    Call,
    Upstream,
    answers,
    event,
    streams,
)


async def test_unary(gateway: Gateway, upstream: Upstream) -> None:
    price_id = await gateway.add_price("up-model", 2_000_000_000, 8_000_000_000, 1_000_000_000)
    answer = await gateway.post({"temperature": 0.5})
    assert (answer.status, answer.body) == (200, UNARY_BYTES)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["openai-processing-ms"] == "12"
    call = upstream.calls[0]
    assert call.target == "/v1/chat/completions"
    assert call.json == {**CHAT, "model": "up-model", "temperature": 0.5}
    assert call.headers["authorization"] == "Bearer sk-upstream-one"
    record = await gateway.record()
    assert answer.headers["x-request-id"] == record.request_id
    assert (record.status, record.end, record.error, record.stream) == (200, "complete", "", False)
    assert (record.operation, record.model, record.upstream_model) == ("chat", "gpt-x", "up-model")
    assert (record.response_model, record.finish_reason) == ("up-model-2026", "stop")
    assert (record.input_tokens, record.output_tokens, record.cached_tokens, record.reasoning_tokens) == (9, 4, 2, 1)
    assert (record.usage_source, record.price_id) == ("upstream", price_id)
    assert record.cost == 7 * 2_000 + 2 * 1_000 + 4 * 8_000
    assert (record.attempts, record.attempt_log, record.upstream_request_id) == (1, "", "up_1")
    assert (record.provider, record.client_ip, record.replica) == ("openai-compatible", "127.0.0.1", "test")
    assert 0 < record.queue_us <= record.first_byte_us <= record.total_us
    assert record.first_token_us == 0


@pytest.mark.parametrize("asked", [False, True])
async def test_stream(gateway: Gateway, upstream: Upstream, asked: bool) -> None:
    options = {"stream_options": {"include_usage": True}} if asked else {}
    answer = await gateway.post({"stream": True, **options})
    assert answer.status == 200
    assert answer.whole
    assert answer.body == (STREAM_WITH_USAGE if asked else STREAM)
    assert answer.headers["content-type"] == "text/event-stream"
    assert upstream.calls[0].json["stream_options"] == {"include_usage": True}
    record = await gateway.record()
    assert (record.status, record.end, record.stream, record.usage_source) == (200, "complete", True, "upstream")
    assert (record.input_tokens, record.output_tokens, record.finish_reason) == (9, 4, "stop")
    assert 0 < record.queue_us <= record.first_byte_us <= record.first_token_us <= record.total_us


async def test_completions_and_embeddings(gateway: Gateway, upstream: Upstream) -> None:
    answer = await gateway.post(b'{"model":"text-x","prompt":"x"}', "/v1/completions")
    assert answer.status == 200
    answer = await gateway.post(b'{"model":"embed-x","input":["x"]}', "/v1/embeddings")
    assert answer.status == 200
    assert [call.target for call in upstream.calls] == ["/v1/completions", "/v1/embeddings"]
    assert [call.json["model"] for call in upstream.calls] == ["text-x", "embed-x"]
    text, embed = await gateway.records(2)
    assert (text.operation, text.output_tokens) == ("text_completion", 4)
    assert (embed.operation, embed.input_tokens, embed.output_tokens) == ("embeddings", 8, 0)


async def test_a_client_is_not_seen_by_the_provider(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.post(
        headers={
            "cookie": "c=1",
            "x-forwarded-for": "10.1.1.1",
            "user-agent": "secret-agent",
            "openai-organization": "org-1",
            "openai-beta": "x=1",
        }
    )
    headers = upstream.calls[0].header_list
    names = [name for name, _ in headers]
    assert sorted(names) == sorted(set(names)), "no header twice"
    assert set(names) <= {
        "content-type", "accept-encoding", "user-agent", "authorization", "openai-beta", "host", "content-length",
        "accept",
    }  # fmt: skip
    assert dict(headers)["user-agent"] == "ray-llm-gateway"
    assert dict(headers)["openai-beta"] == "x=1"


async def test_bytes_in_a_header_that_cannot_be_sent_on_do_no_harm(gateway: Gateway) -> None:
    assert (await gateway.post(headers={"accept": "t\xe9xt", "openai-beta": "\xff"})).status == 200


async def test_split_frames_and_split_utf8(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = streams(*(STREAM_WITH_USAGE[at : at + 7] for at in range(0, len(STREAM_WITH_USAGE), 7)))
    answer = await gateway.post({"stream": True})
    assert answer.body == STREAM
    for piece in answer.pieces:
        piece.decode()
        assert piece.endswith(b"\n\n")
    assert (await gateway.record()).output_tokens == 4


async def test_huge_event(gateway: Gateway, upstream: Upstream) -> None:
    huge = event("x" * 1_000_000)
    upstream.behave = streams(huge, STREAM_WITH_USAGE)
    answer = await gateway.post({"stream": True})
    assert answer.body == huge + STREAM
    record = await gateway.record()
    assert (record.end, record.output_tokens) == ("complete", 4)


@pytest.mark.parametrize("usage", ["never", "twice"])
async def test_usage_never_or_twice(gateway: Gateway, upstream: Upstream, usage: str) -> None:
    late = STREAM_WITH_USAGE.replace(b'"prompt_tokens":9', b'"prompt_tokens":5').replace(b"data: [DONE]\n\n", b"")
    upstream.behave = streams(STREAM) if usage == "never" else streams(late, STREAM_WITH_USAGE)
    answer = await gateway.post({"stream": True})
    assert b'"usage"' not in answer.body
    record = await gateway.record()
    if usage == "never":
        assert record.usage_source == "estimate"
        assert record.output_tokens >= 3
    else:
        assert (record.usage_source, record.input_tokens, record.output_tokens) == ("upstream", 9, 4)


async def test_usage_in_numbers_that_nobody_can_store(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", 2_000_000_000, 8_000_000_000)
    body = b'{"model":"%b","choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":1e99}}' % (b"m" * 5000, 10**50)
    upstream.behave = answers(200, body)
    assert (await gateway.post()).status == 200
    record = await gateway.record()
    assert record.end == "complete"
    assert record.input_tokens >= 2**31 - 1


async def test_whole_answer_to_a_stream_request_and_the_other_way_round(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = answers(200, UNARY_BYTES)
    answer = await gateway.post({"stream": True})
    assert (answer.body, answer.headers["content-type"]) == (UNARY_BYTES, "application/json")
    upstream.behave = streams(STREAM_WITH_USAGE)
    answer = await gateway.post()
    assert answer.body == STREAM_WITH_USAGE
    assert [record.end for record in await gateway.records(2)] == ["complete", "complete"]


@pytest.mark.parametrize("size", [10, 70_000, 2_000_000])
async def test_large_answers(gateway: Gateway, upstream: Upstream, size: int) -> None:
    body = b'{"model":"m","choices":[{"message":{"content":"%b"}}]}' % (b"x" * size)
    upstream.behave = answers(200, body)
    answer = await gateway.post()
    assert answer.body == body
    record = await gateway.record()
    assert record.usage_source == "estimate"
    assert 0 < record.output_tokens <= -(-len(body) // 4), "by the tokenizer, where one is loaded"


async def test_strange_success_statuses_are_handed_on(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = answers(218, UNARY_BYTES)
    answer = await gateway.post()
    assert (answer.status, answer.body) == (218, UNARY_BYTES)
    assert (await gateway.record()).status == 218


async def test_large_request(gateway: Gateway, upstream: Upstream) -> None:
    body = msgspec.json.encode({**CHAT, "messages": [{"role": "user", "content": "word " * 400_000}]})
    answer = await gateway.post(body)
    assert answer.status == 200
    assert upstream.calls[0].json["messages"][0]["content"] == "word " * 400_000
    assert gateway.server.buffered_bytes == 0


async def test_a_large_request_is_let_go_once_its_stream_began(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = streams(event("x"), end="stall")
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": True, "user": "x" * 1_000_000}))
        await client.head()
        await client.piece()
        assert gateway.server.buffered_bytes == 0


async def test_a_provider_that_lingers_after_done(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = streams(STREAM_WITH_USAGE, end="stall")
    async with Client(gateway.port) as client:
        client.send(gateway.raw({"stream": True}))
        answer = await client.answer()
    assert answer.whole
    assert answer.body == STREAM
    assert (await gateway.record()).end == "complete"


async def test_kept_upstream_connections_are_used_again(gateway: Gateway, upstream: Upstream) -> None:
    async with Client(gateway.port) as client:
        for number in range(20):
            client.send(gateway.raw({"stream": number % 2 == 0}))
            assert (await client.answer()).whole
    assert upstream.connections <= 2
    await gateway.records(20)


async def test_channel_headers_override(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_channel(
        "two",
        upstream.url,
        models={"other": ""},
        headers={"Api-Key": "k", "Authorization": "Token t"},
        secret=None,
    )
    assert (await gateway.post({"model": "other"})).status == 200
    assert upstream.calls[0].headers["api-key"] == "k"
    assert upstream.calls[0].headers["authorization"] == "Token t"


async def test_models(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_channel("globs", upstream.url, models={"llama-*": ""})
    some = await gateway.add_key("some", models=["text-*", "llama-3"])
    listed = (await gateway.get("/v1/models")).json
    assert [row["id"] for row in listed["data"]] == ["embed-x", "gpt-x", "text-x"]
    assert listed["object"] == "list"
    assert listed["data"][0]["owned_by"] == "openai-compatible"
    assert [row["id"] for row in (await gateway.get("/v1/models", gateway.headers(some))).json["data"]] == ["text-x"]
    assert (await gateway.get("/v1/models/gpt-x")).json["id"] == "gpt-x"
    assert (await gateway.get("/v1/models/llama%2D3", gateway.headers(some))).json["id"] == "llama-3"
    for path, key in (("gpt-x", some), ("nope", gateway.key), ("%ff%00", gateway.key)):
        answer = await gateway.get(f"/v1/models/{path}", gateway.headers(key))
        assert (answer.status, answer.error["code"]) == (404, "model_not_found")
    assert await gateway.records() == []


async def test_small_endpoints(gateway: Gateway) -> None:
    assert (await gateway.get("/healthz", {})).json == {"status": "ok"}
    assert (await gateway.get("/readyz", {})).json == {"status": "ready"}
    assert (await gateway.get("/version", {})).json["name"] == "ray-llm-gateway"
    assert (await gateway.get("/metrics", {})).body == b"# metrics\n"
    assert (await gateway.get("/version?x=1", {})).status == 200


async def test_not_ready_without_a_table(gateway: Gateway) -> None:
    gateway.replica.has_table.clear()
    answer = await gateway.get("/readyz", {})
    assert (answer.status, answer.json["status"]) == (503, "waiting for the route table")


async def test_request_ids_differ(gateway: Gateway) -> None:
    seen = {(await gateway.post()).headers["x-request-id"] for _ in range(5)}
    assert len(seen) == 5


async def test_unpriced_and_unused(gateway: Gateway, upstream: Upstream) -> None:
    async def silent(call: Call) -> None:
        await call.answer(200, b'{"choices":[]}')

    upstream.behave = silent
    await gateway.post()
    record = await gateway.record()
    assert (record.price_id, record.cost, record.usage_source) == (0, 0, "estimate")
