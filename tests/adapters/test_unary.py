"""What a whole answer says."""

import pytest

from adapters.protocols.chat.tap import Unary
from adapters.usage import Usage


def test_a_chat_completion() -> None:
    seen = Unary(
        b' {"model":"m-1","choices":[{"message":{"content":"x"},"finish_reason":"stop"}],'
        b'"usage":{"prompt_tokens":3,"completion_tokens":2}}'
    )
    assert (seen.valid, seen.model, seen.finish_reason) == (True, "m-1", "stop")
    assert seen.usage == Usage(3, 2, source="upstream")


def test_embeddings() -> None:
    seen = Unary(b'{"object":"list","data":[{"embedding":[0.1]}],"usage":{"prompt_tokens":8,"total_tokens":8}}')
    assert (seen.valid, seen.finish_reason) == (True, "")
    assert seen.usage == Usage(8, source="upstream")


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"model":null,"choices":null,"usage":null}',
        b'{"model":7}',
        b'{"usage":"none"}',
        b'{"choices":[{"finish_reason":7}]}',
        b'{"choices":[]}',
        b'{"choices":[{"finish_reason":null}]}',
    ],
)
def test_what_is_missing_or_strange_is_the_clients_business(body: bytes) -> None:
    seen = Unary(body)
    assert seen.valid
    assert (seen.model, seen.finish_reason, seen.usage) == ("", "", Usage())


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[1]", b"{", b'"x"', b"null", b'{"a":1} x', b"{" + b'"a":[' * 100_000]
)
def test_what_is_no_json_object(body: bytes) -> None:
    assert not Unary(body).valid


def test_names_are_bounded() -> None:
    seen = Unary(b'{"model":"%b","choices":[{"finish_reason":"%b"}]}' % (b"m" * 1000, b"f" * 1000))
    assert (len(seen.model), len(seen.finish_reason)) == (200, 40)
