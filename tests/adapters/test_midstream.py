"""Errors inside streams: what of them is for the client."""

from typing import Any

import msgspec
import pytest

from adapters.midstream import KLASS, reported, shown
from tests.golden.matrix import asker, conversion

TOOLS = b'event: error\ndata: {"error":{"message":"Tool choice is required","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}\n\n'  # fmt: skip  # noqa: E501  # recorded at Groq, 2026-02
REQUEST: dict[str, Any] = {"type": "invalid_request_error", "message": "prompt is too long: 9 tokens"}


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "error": REQUEST},
        {"error": {"code": 400, "message": REQUEST["message"], "status": "INVALID_ARGUMENT"}},
        {"type": "error", "code": "context_length_exceeded", "message": REQUEST["message"], "param": None},
        {"type": "response.failed", "response": {"error": {"code": "invalid_prompt", "message": REQUEST["message"]}}},
        {"error": {"code": 422, "message": REQUEST["message"]}},
    ],
)
def test_what_is_about_the_request_is_said_in_the_providers_words(event):
    error = reported(b"data: " + msgspec.json.encode(event) + b"\n\n")
    assert error.message == REQUEST["message"]
    assert error.status in (400, 422)
    assert not error.retryable


@pytest.mark.parametrize(
    ("event", "status", "words"),
    [
        ({"error": {"type": "overloaded_error", "message": "Overloaded in eu-1"}}, 503, "overloaded"),
        ({"error": {"code": 429, "message": "org-abc is over its quota"}}, 429, "limiting"),
        ({"error": {"type": "authentication_error", "message": "sk-abc is revoked"}}, 502, "credentials"),
        ({"error": {"type": "api_error", "message": "node 10.0.0.7 died"}}, 502, "in the middle"),
        ({"error": "no"}, 502, "in the middle"),
        ({"error": {"type": ["x"], "code": 12, "message": 5}}, 502, "in the middle"),
    ],
)
def test_what_is_about_the_provider_in_ours(event, status, words):
    error = reported(msgspec.json.encode(event))
    assert (error.status, error.klass, error.retryable) == (status, KLASS, True)
    assert words in error.message
    assert not shown(msgspec.json.encode(event))


def test_what_speaks_of_the_account_is_never_shown():
    said = {"error": {"type": "invalid_request_error", "message": "Your organization org-1 has no access"}}
    error = reported(msgspec.json.encode(said))
    assert error.message == "The provider refused the request."
    assert not shown(msgspec.json.encode(said))


def test_addresses_are_taken_out():
    said = {"error": {**REQUEST, "message": "see https://eu.internal/x for more"}}
    assert reported(msgspec.json.encode(said)).message == "see [address] for more"
    assert not shown(msgspec.json.encode(said))


@pytest.mark.parametrize("failure", [b"", b"data: {", b"data: [1]", b'{"error":' + b"[" * 2000, b"{" + b"x" * 70_000])
def test_what_cannot_be_read(failure):
    assert reported(failure).klass == KLASS
    assert not shown(failure)


def test_the_event_itself_may_be_shown():
    assert shown(TOOLS)
    assert reported(TOOLS).message == "Tool choice is required"


@pytest.mark.parametrize("client", ["chat", "responses", "messages", "gemini"])
def test_the_client_of_another_protocol_reads_it(client):
    reader = conversion("chat").reader()
    (failed,) = [event for event in reader.feed(TOOLS) if hasattr(event, "json")]
    error = reported(failed.json)
    assert error.message == "Tool choice is required"
    assert conversion(client).writer(asker(client)).finish() is not None
