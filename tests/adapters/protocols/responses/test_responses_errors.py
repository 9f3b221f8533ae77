"""Errors as clients of this protocol expect them."""

import msgspec
import pydantic
import pytest
from openai.types.responses import ResponseErrorEvent, ResponseIncompleteEvent

from adapters.errors import ClientError, GatewayFault, UpstreamError
from adapters.protocols.responses.errors import code_of, read_error, render, render_event, render_length


def test_an_answer_has_openais_shape():
    error = ClientError(400, "The field 'input' is required.", code="missing_required_parameter", param="input")
    assert msgspec.json.decode(render(error, "req_1")) == {
        "error": {
            "message": "The field 'input' is required.",
            "type": "invalid_request_error",
            "param": "input",
            "code": "missing_required_parameter",
            "request_id": "req_1",
        }
    }


def test_an_upstreams_own_body_is_shown_only_in_this_shape():
    own = b'{"error":{"message":"m","type":"invalid_request_error"}}'
    assert render(UpstreamError(400, "x", klass="upstream_invalid", body=own)) == own
    for other in (b'{"type":"error","message":"m"}', b"oops", b'{"detail":[]}', b'{"error":7}'):
        rendered = msgspec.json.decode(render(UpstreamError(400, "x", klass="upstream_invalid", body=other)))
        assert rendered["error"]["message"] == "x"


def test_the_event_is_the_sdks_and_makes_it_raise():
    frame = render_event(GatewayFault(503, "no room", code="overloaded"), "req_1")
    assert frame.startswith(b"event: error\ndata: {")
    data = frame.removeprefix(b"event: error\ndata: ").strip()
    assert ResponseErrorEvent.model_validate_json(data, strict=True).message == "no room"
    assert msgspec.json.decode(data)["error"]["code"] == "overloaded"


def test_a_cut_stream_ends_incomplete():
    data = render_length("chat", "m", "resp_1").split(b"data: ")[1]
    event = msgspec.json.decode(data)
    assert event["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    # The SDK puts the output together from what it has seen where there is none.
    assert event["response"].pop("output", 0) is None
    event["response"]["output"] = []
    pydantic.TypeAdapter(ResponseIncompleteEvent).validate_json(msgspec.json.encode(event), strict=True)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            429,
            b'{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}',
            ("requests", "slow down"),
        ),
        (400, b'{"error":{"message":"bad","code":"invalid_value"}}', ("invalid_value", "bad")),
        (404, b'{"error":"no such model"}', ("invalid_request_error", "no such model")),
        (500, b"<html>", ("api_error", "")),
        (401, b"{}", ("authentication_error", "")),
        (400, b'{"error":{"message":null}}', ("invalid_request_error", "")),
    ],
)
def test_an_upstreams_error(status, body, expected):
    assert read_error(status, body) == expected


def test_codes_of_a_failed_response():
    assert code_of(UpstreamError(429, "x", klass="k")) == "rate_limit_exceeded"
    assert code_of(GatewayFault(503, "x")) == "server_error"
