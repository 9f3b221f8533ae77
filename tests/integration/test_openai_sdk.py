"""The official openai SDK against the gateway, sync and async: answers, streams, error classes, time limits."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionMessageParam

from tests.integration.instance import Instance, eventually

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say this is a test."}]


@pytest.fixture
def client(gateway: Instance, key: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=0, timeout=20) as made:
        yield made


@pytest.fixture
async def aclient(gateway: Instance, key: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=0, timeout=20) as made:
        yield made


def test_chat(client: OpenAI):
    answer = client.chat.completions.create(model="mock-unary", messages=HELLO, temperature=0.5)
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0
    assert answer._request_id
    assert answer._request_id.startswith("req_")


async def test_chat_async(aclient: AsyncOpenAI):
    answer = await aclient.chat.completions.create(model="mock-unary", messages=HELLO)
    assert answer.choices[0].message.content


def test_a_stream_whose_usage_was_not_asked_for_shows_none(client: OpenAI, gateway: Instance):
    raw = client.chat.completions.with_raw_response.create(model="mock-burst-20", messages=HELLO, stream=True)
    chunks = list(raw.parse())
    assert sum(bool(chunk.choices[0].delta.content) for chunk in chunks) == 20
    assert all(chunk.choices for chunk in chunks), "the usage chunk, which has no choices, reached the client"
    assert all(chunk.usage is None for chunk in chunks)
    request_id = raw.headers["x-request-id"]
    (record,) = gateway.usage_of({request_id}, request_id=request_id)
    assert (record["output_tokens"], record["usage_source"]) == (20, "upstream"), "asked for upstream all the same"


def test_a_stream_with_usage_shows_it_once_and_last(client: OpenAI):
    stream = client.chat.completions.create(
        model="mock-burst-20", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert [chunk.usage is not None for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 20


async def test_stream_async_arrives_as_it_is_made(aclient: AsyncOpenAI):
    began = time.monotonic()
    words = 0
    async with await aclient.chat.completions.create(model="mock-paced-1000x50", messages=HELLO, stream=True) as stream:
        async for chunk in stream:
            words += bool(chunk.choices[0].delta.content)
            if words == 20:
                break
    assert words == 20
    assert 0.9 < time.monotonic() - began < 25, "the stream was held back: its end comes after 50 s"


def test_stream_helper(client: OpenAI):
    with client.chat.completions.stream(model="mock-burst-8", messages=HELLO) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content


def test_completions(client: OpenAI):
    answer = client.completions.create(model="mock-unary", prompt="Say this")
    assert answer.object == "text_completion"
    assert answer.choices[0].text
    chunks = list(client.completions.create(model="mock-burst-8", prompt="Say this", stream=True))
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices)


@pytest.mark.parametrize("encoding", [{}, {"encoding_format": "float"}])
def test_embeddings(client: OpenAI, encoding: dict[str, Any]):
    # Without encoding_format the SDK asks for base64 and decodes it.
    answer = client.embeddings.create(model="mock-unary", input=["one", "two"], **encoding)
    assert [row.index for row in answer.data] == [0, 1]
    assert len(answer.data[0].embedding) == len(answer.data[1].embedding) > 100
    assert isinstance(answer.data[0].embedding[0], float)


async def test_embeddings_async(aclient: AsyncOpenAI):
    assert (await aclient.embeddings.create(model="mock-unary", input="one")).data[0].embedding


def test_models(client: OpenAI, gateway: Instance, upstream: str):
    channel = gateway.add_channel("named", upstream, {"sdk-listed": "mock-unary", "sdk-other": "mock-unary"})
    limited = gateway.add_key("sdk-models", models=["sdk-listed"])
    try:
        names = eventually(lambda: {row.id for row in client.models.list()}, lambda found: "sdk-listed" in found, 60)
        assert {"sdk-listed", "sdk-other"} <= names
        assert client.models.retrieve("sdk-listed").id == "sdk-listed"
        assert client.models.retrieve("mock-anything").id == "mock-anything", "what a glob matches exists"
        with OpenAI(base_url=f"{gateway.url}/v1", api_key=limited, max_retries=0) as other:
            assert [row.id for row in other.models.list()] == ["sdk-listed"]
            with pytest.raises(openai.NotFoundError):
                other.models.retrieve("sdk-other")
            assert other.chat.completions.create(model="sdk-listed", messages=HELLO).model == "mock-unary"
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("nowhere")
    finally:
        gateway.call("DELETE", f"/channels/{channel}")
        gateway.call("DELETE", "/keys/sdk-models")


def test_a_bad_key_is_authentication_error(gateway: Instance, key: str):
    for bad in ("sk-gw-" + "x" * 43, key[:-1], key + "x"):
        with OpenAI(base_url=f"{gateway.url}/v1", api_key=bad, max_retries=0) as client:
            with pytest.raises(openai.AuthenticationError) as caught:
                client.chat.completions.create(model="mock-unary", messages=HELLO)
            assert caught.value.status_code == 401
            assert bad not in str(caught.value)


def test_a_forbidden_model_is_permission_denied(gateway: Instance):
    limited = gateway.add_key("sdk-limited", models=["gpt-*"])
    try:
        with (
            OpenAI(base_url=f"{gateway.url}/v1", api_key=limited, max_retries=0) as client,
            pytest.raises(openai.PermissionDeniedError) as caught,
        ):
            client.chat.completions.create(model="mock-unary", messages=HELLO)
        assert caught.value.code == "model_not_allowed"
        assert caught.value.param == "model"
    finally:
        gateway.call("DELETE", "/keys/sdk-limited")


def test_an_unknown_model_is_not_found(client: OpenAI):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="nowhere", messages=HELLO)
    assert caught.value.code == "model_not_found"
    assert "nowhere" in caught.value.message
    assert caught.value.request_id


@pytest.mark.parametrize(
    "body",
    [
        {"model": 7, "messages": HELLO},
        {"model": "", "messages": HELLO},
        {"model": "mock-unary", "messages": HELLO, "stream": "yes"},
        {"messages": HELLO},
    ],
)
def test_a_wrong_request_is_bad_request(client: OpenAI, body: dict[str, Any]):
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/chat/completions", body=body, cast_to=object)
    assert caught.value.type == "invalid_request_error"


@pytest.mark.parametrize(
    ("model", "expected", "status"),
    [
        ("mock-error-400", openai.BadRequestError, 400),
        ("mock-error-429", openai.RateLimitError, 429),
        ("mock-error-500", openai.InternalServerError, None),
        ("mock-error-503", openai.InternalServerError, None),
        ("mock-html-502", openai.InternalServerError, 502),
        ("mock-html-200", openai.InternalServerError, 502),
        ("mock-reset", openai.InternalServerError, 502),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_upstream_failure_has_its_class(
    client: OpenAI, model: str, expected: type[openai.APIStatusError], status: int | None, stream: bool
):
    with pytest.raises(expected) as caught:
        client.chat.completions.create(model=model, messages=HELLO, stream=stream)
    assert status is None or caught.value.status_code == status
    assert caught.value.message
    if status == 429:
        assert caught.value.response.headers["retry-after"]


def test_what_an_upstream_says_about_its_own_key_stays_here(client: OpenAI):
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="mock-error-401", messages=HELLO)
    assert "sk-upstream" not in str(caught.value)


def test_the_sdks_own_time_limit(client: OpenAI, gateway: Instance):
    began = time.monotonic()
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.5).chat.completions.create(model="mock-stall-60000", messages=HELLO)
    assert time.monotonic() - began < 20, "of the 60 s that the upstream takes"
    rows = eventually(lambda: gateway.usage(model="mock-stall-60000"), bool, 40)
    assert [row["end"] for row in rows] == ["client_gone"], "the upstream call outlived its client"
    assert rows[0]["total_us"] < 20_000_000


def test_a_channels_time_limit_is_504(client: OpenAI, gateway: Instance, upstream: str):
    channel = gateway.add_channel(
        "hasty", upstream, {"hasty": "mock-stall-60000"}, settings={"first_byte_timeout_s": 0.5}
    )
    try:
        eventually(lambda: [row.id for row in client.models.list()], lambda names: "hasty" in names, 60)
        began = time.monotonic()
        with pytest.raises(openai.InternalServerError) as caught:
            client.chat.completions.create(model="hasty", messages=HELLO)
        assert caught.value.status_code == 504
        assert time.monotonic() - began < 20, "of the 60 s that the upstream takes"
    finally:
        gateway.call("DELETE", f"/channels/{channel}")


@pytest.mark.parametrize("model", ["mock-cut-6", "mock-fail-6"])
def test_a_stream_that_the_upstream_breaks_raises(client: OpenAI, gateway: Instance, model: str):
    raw = client.chat.completions.with_raw_response.create(model=model, messages=HELLO, stream=True)
    seen = 0
    with pytest.raises(openai.APIError) as caught:  # noqa: PT012  # what came before the error counts
        for chunk in raw.parse():
            seen += bool(chunk.choices and chunk.choices[0].delta.content)
    assert seen == 6, "what came before the break belongs to the client"
    assert not isinstance(caught.value, openai.APIConnectionError), "a clean error event, not a broken connection"
    request_id = raw.headers["x-request-id"]
    (record,) = gateway.usage_of({request_id}, request_id=request_id)
    assert record["end"] == ("upstream_cut" if model == "mock-cut-6" else "upstream_error")
    assert record["status"] == 200
    assert record["output_tokens"] > 0


async def test_a_stream_that_the_upstream_breaks_raises_async(aclient: AsyncOpenAI):
    stream = await aclient.chat.completions.create(model="mock-cut-6", messages=HELLO, stream=True)
    with pytest.raises(openai.APIError):
        [chunk async for chunk in stream]


def test_the_sdk_retries_what_can_be_retried(gateway: Instance, key: str):
    # Records of the tests before may arrive while this one waits for its own.
    began = datetime.now(UTC).isoformat()
    with (
        OpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=1, timeout=20) as client,
        pytest.raises(openai.RateLimitError),
    ):
        client.chat.completions.create(model="mock-error-429", messages=HELLO, user="sdk-retries")
    rows = eventually(lambda: gateway.usage(model="mock-error-429", since=began), lambda found: len(found) >= 2, 60)
    assert len(rows) == 2
    assert rows[0]["started_at"] - rows[1]["started_at"] > 400_000, "the SDK waited before it asked again"
