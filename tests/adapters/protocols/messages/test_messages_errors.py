"""Errors in Anthropic's shape, as its SDK reads them."""

import msgspec
import pytest
from anthropic.types import ErrorResponse
from pydantic import ValidationError

from adapters.errors import ClientError, GatewayFault, UpstreamError
from adapters.protocols.messages.errors import read_error, render, render_event, render_length


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (502, "api_error"),
        (503, "overloaded_error"),
        (504, "timeout_error"),
    ],
)
def test_kinds(status: int, kind: str) -> None:
    body = render(GatewayFault(status, "No."), "req-1")
    assert msgspec.json.decode(body) == {
        "type": "error",
        "error": {"type": kind, "message": "No."},
        "request_id": "req-1",
    }
    ErrorResponse.model_validate_json(body, strict=True)


def test_too_large_has_a_name_of_its_own() -> None:
    body = render(ClientError(413, "Too large."))
    assert read_error(413, body) == ("request_too_large", "Too large.")
    with pytest.raises(ValidationError):  # the documentation has it, the SDK's types do not
        ErrorResponse.model_validate_json(body)


def test_an_upstreams_own_body_is_shown_where_it_is_of_this_shape() -> None:
    own = b'{"type":"error","error":{"type":"invalid_request_error","message":"messages: too short"}}'
    assert render(UpstreamError(400, "x", klass="upstream_invalid", body=own)) == own
    other = b'{"error":{"message":"of another shape"}}'
    assert b"No shape." in render(UpstreamError(400, "No shape.", klass="upstream_invalid", body=other))


def test_the_end_of_a_stream() -> None:
    event = render_event(ClientError(429, "Slower."), "r")
    assert event.startswith(b"event: error\ndata: {")
    assert event.endswith(b"\n\n")
    frames = render_length("chat", "m", "r").split(b"\n\n")
    assert [frame.partition(b"\n")[0] for frame in frames] == [b"event: message_delta", b"event: message_stop", b""]


def test_reading() -> None:
    assert read_error(529, b"<html>") == ("overloaded_error", "")
    assert read_error(418, b'{"type":"error"}') == ("api_error", "")
    assert read_error(400, b'{"type":"error","error":{"message":"m"}}') == ("invalid_request_error", "m")


@pytest.mark.parametrize(("param", "details"), [("thread", "thread_unsupported_request"), ("tools.0", None)])
def test_a_thread_that_cannot_be_had_is_said_so_that_clients_go_on_without(param: str, details: str | None) -> None:
    body = render(ClientError(400, "No.", code="not_convertible", param=param), "req-1")
    ErrorResponse.model_validate_json(body, strict=True)
    assert msgspec.json.decode(body)["error"].get("details", {}).get("error_code") == details
