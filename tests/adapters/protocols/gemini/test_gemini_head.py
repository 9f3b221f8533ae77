"""Heads of Gemini requests: the path names the model, the body repeats it in places."""

import msgspec
import pytest

from adapters.errors import ClientError
from adapters.head import Head, Target
from adapters.protocols.gemini.head import encode, parse

CHAT = b'{"contents":[{"parts":[{"text":"hi"}]}]%b}'


def head(body: bytes, verb: str = "generateContent", operation: str = "chat", **target: bool) -> Head:
    return parse(operation, body, Target(model="gemini-x", verb=verb, **target))  # type: ignore[arg-type]


def test_the_path_says_model_and_stream() -> None:
    found = head(CHAT % b"")
    assert (found.protocol, found.model, found.stream, found.path_model, found.array) == (
        "gemini", "gemini-x", False, True, False,
    )  # fmt: skip
    found = head(CHAT % b"", "streamGenerateContent", array=True)
    assert (found.stream, found.array, found.wants_usage) == (True, True, True)
    assert not head(CHAT % b"", array=True).array
    assert parse("chat", CHAT % b"", Target(model="models/gemini-x", verb="generateContent")).model == "gemini-x"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (b"", None),
        (b',"generationConfig":{"maxOutputTokens":100}', 100),
        (b',"generation_config":{"max_output_tokens":"200"}', 200),
        (b',"generationConfig":{"maxOutputTokens":5},"generation_config":{"max_output_tokens":7}', 7),
        (b',"generationConfig":{"maxOutputTokens":"many"}', None),
        (b',"generationConfig":{"maxOutputTokens":1e999}', None),
        (b',"generationConfig":[]', None),
    ],
)
def test_maximum(more: bytes, expected: int | None) -> None:
    assert head(CHAT % more).max_output == expected


@pytest.mark.parametrize(
    ("body", "verb", "field"),
    [
        (b"{}", "generateContent", "contents"),
        (b'{"contents":"hi"}', "generateContent", "contents"),
        (b"{}", "countTokens", "contents"),
        (b"{}", "embedContent", "content"),
        (b'{"requests":{}}', "batchEmbedContents", "requests"),
    ],
)
def test_what_is_missing_is_named(body: bytes, verb: str, field: str) -> None:
    with pytest.raises(ClientError) as caught:
        head(body, verb)
    assert (caught.value.status, caught.value.param) == (400, field)


def test_a_single_content_counts_as_a_list() -> None:
    assert head(b'{"contents":{"parts":{"text":"hi"}}}').operation == "chat"


def test_bytes_go_out_as_they_came() -> None:
    body = CHAT % b',"system_instruction":{"parts":[{"text":"a"}]},"x":1.50'
    assert encode(head(body), "gemini-x", force_usage=True) == body
    assert encode(head(body), "other", force_usage=True) == body


def test_the_model_is_renamed_where_the_body_says_it() -> None:
    sent = encode(head(CHAT % b',"model":"models/gemini-x"'), "up", force_usage=False)
    assert msgspec.json.decode(sent)["model"] == "models/up"
    batch = b'{"requests":[{"model":"models/gemini-x","content":{}},{"content":{}}]}'
    sent = encode(head(batch, "batchEmbedContents", "embeddings"), "up", force_usage=False)
    assert msgspec.json.decode(sent) == {"requests": [{"model": "models/up", "content": {}}, {"content": {}}]}
    counted = b'{"generateContentRequest":{"model":"models/gemini-x","contents":[]}}'
    sent = encode(head(counted, "countTokens", "count_tokens"), "up", force_usage=False)
    assert msgspec.json.decode(sent)["generateContentRequest"]["model"] == "models/up"
    with pytest.raises(ClientError):
        encode(head(b'{"requests":[1]}', "batchEmbedContents", "embeddings"), "up", force_usage=False)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (b"", "generationConfig"),
        (b',"generationConfig":{"temperature":1,"maxOutputTokens":900}', "generationConfig"),
        (b',"generation_config":{"temperature":1,"max_output_tokens":900}', "generation_config"),
    ],
)
def test_a_cut_replaces_the_maximum(more: bytes, key: str) -> None:
    sent = msgspec.json.decode(encode(head(CHAT % more), "gemini-x", force_usage=False, most=50))
    kept = {"temperature": 1} if more else {}
    assert sent[key] == {**kept, "maxOutputTokens": 50}
