"""Embeddings between Google's form and OpenAI's."""

from typing import Any

import msgspec
import pytest
from google.genai import types
from openai.types import CreateEmbeddingResponse

from adapters.canonical.context import Client, Upstream
from adapters.canonical.loss import Losses
from adapters.errors import ClientError
from adapters.head import Target
from adapters.protocols.table import WIRES
from adapters.usage import Usage


def convert(body: dict[str, Any], client: str, upstream: str, verb: str = "batchEmbedContents") -> tuple[Any, Losses]:
    target = Target(model="m", verb=verb) if client == "gemini" else Target()
    head = WIRES[client].parse("embeddings", msgspec.json.encode(body), target)
    asked, sent = WIRES[client].conversion, WIRES[upstream].conversion
    assert asked is not None
    assert sent is not None
    losses = Losses()
    written = sent.write_request(asked.read_request(head), Upstream(model="up", operation="embeddings"), losses)
    return msgspec.json.decode(written), losses


def answer(body: bytes, upstream: str, client: str, **fields: bytes) -> Any:
    to = Client(
        request_id="r", created=1, model="m", operation="embeddings",
        fields={name: msgspec.Raw(value) for name, value in fields.items()},
    )  # fmt: skip
    sent, asked = WIRES[upstream].conversion, WIRES[client].conversion
    assert asked is not None
    assert sent is not None
    return msgspec.json.decode(asked.write_response(sent.read_response(body), to))


@pytest.mark.parametrize("given", ["a", ["a"], ["a", "b"]])
def test_openai_to_google(given: Any) -> None:
    sent, losses = convert({"model": "m", "input": given, "dimensions": 5, "user": "u", "x": 1}, "chat", "gemini")
    texts = [given] if isinstance(given, str) else given
    assert sent == {
        "requests": [
            {"model": "models/up", "outputDimensionality": 5, "content": {"parts": [{"text": text}]}} for text in texts
        ]
    }
    assert losses.names == "user,x"


def test_token_numbers_mean_nothing_elsewhere() -> None:
    for given in ([1, 2], [[1], [2]]):
        _, losses = convert({"model": "m", "input": given}, "chat", "gemini")
        assert [loss.field for loss in losses.content] == ["input"]
        assert convert({"model": "m", "input": given}, "chat", "chat")[0]["input"] == given
    with pytest.raises(ClientError):
        convert({"model": "m", "input": [{}]}, "chat", "gemini")


def test_google_to_openai() -> None:
    batch = {
        "requests": [
            {"model": "models/m", "content": {"parts": [{"text": "a"}, {"text": "b"}]}, "taskType": "CLUSTERING"},
            {"model": "models/m", "content": {"parts": [{"text": "c"}]}, "outputDimensionality": 5},
        ]
    }
    sent, losses = convert(batch, "gemini", "chat")
    assert sent == {"model": "up", "input": ["a\nb", "c"], "dimensions": 5}
    assert losses.names == "taskType"
    assert convert(batch, "gemini", "gemini")[0]["requests"][0]["taskType"] == "CLUSTERING"
    single, _ = convert({"content": {"parts": [{"text": "a"}]}}, "gemini", "chat", "embedContent")
    assert single == {"model": "up", "input": ["a"]}
    image = {"requests": [{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": "QUJD"}}]}}]}
    assert [loss.field for loss in convert(image, "gemini", "chat")[1].content] == ["input"]
    with pytest.raises(ClientError) as caught:
        convert({"requests": [{"content": {"parts": [{"text": 1}]}}]}, "gemini", "chat")
    assert caught.value.param == "requests[0].content"


OPENAI = (
    b'{"object":"list","data":[{"object":"embedding","index":1,"embedding":[0.25]},{"index":0,"embedding":"AACAPw=="}],'
    b'"model":"e","usage":{"prompt_tokens":4,"total_tokens":4}}'
)


def test_an_answer_of_openai_for_google() -> None:
    found = answer(OPENAI, "chat", "gemini")
    types.EmbedContentResponse.model_validate({"embeddings": found["embeddings"]})
    assert found["embeddings"] == [{"values": [1.0]}, {"values": [0.25]}]
    assert found["usageMetadata"]["promptTokenCount"] == 4
    one = b'{"data":[{"embedding":[1]}]}'
    assert answer(one, "chat", "gemini", content=b"{}") == {"embedding": {"values": [1]}}
    assert answer(one, "chat", "gemini", requests=b"[]") == {"embeddings": [{"values": [1]}]}


def test_an_answer_of_google_for_openai() -> None:
    body = b'{"embeddings":[{"values":[1,0.25]}],"usageMetadata":{"promptTokenCount":3}}'
    found = answer(body, "gemini", "chat")
    CreateEmbeddingResponse.model_validate(found, strict=True)
    assert found["data"] == [{"object": "embedding", "index": 0, "embedding": [1, 0.25]}]
    assert found["usage"] == {"prompt_tokens": 3, "total_tokens": 3}
    packed = answer(b'{"embedding":{"values":[1,0.25]}}', "gemini", "chat", encoding_format=b'"base64"')
    assert packed["data"][0]["embedding"] == "AACAPwAAgD4="


def test_what_is_no_answer() -> None:
    for upstream, body in (("chat", b'{"data":[{"embedding":"?"}]}'), ("gemini", b'{"embeddings":[1]}')):
        with pytest.raises((msgspec.DecodeError, ValueError)):
            answer(body, upstream, "chat")


def test_nothing_counted_is_zero() -> None:
    assert answer(b'{"embeddings":[]}', "gemini", "chat")["usage"]["prompt_tokens"] == Usage().input
