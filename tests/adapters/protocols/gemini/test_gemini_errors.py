"""Errors in Google's shape, and as google-genai takes them."""

import httpx
import msgspec
import pytest
from google.genai import errors as sdk

from adapters.errors import ClientError, UpstreamError
from adapters.protocols.gemini import errors


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "INVALID_ARGUMENT"),
        (401, "UNAUTHENTICATED"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (429, "RESOURCE_EXHAUSTED"),
        (500, "INTERNAL"),
        (503, "UNAVAILABLE"),
        (504, "DEADLINE_EXCEEDED"),
        (418, "INVALID_ARGUMENT"),
        (599, "INTERNAL"),
    ],
)
def test_every_status_has_its_name(status: int, name: str) -> None:
    body = errors.render(ClientError(status, "It is so.", code="a_code", param="a.b", retry_after="7"), "req_1")
    found = msgspec.json.decode(body)["error"]
    assert (found["code"], found["message"], found["status"]) == (status, "It is so.", name)
    assert [one["@type"].rpartition(".")[2] for one in found["details"]] == ["ErrorInfo", "RequestInfo", "RetryInfo"]
    kind = sdk.ClientError if status < 500 else sdk.ServerError
    with pytest.raises(kind) as caught:
        sdk.APIError.raise_for_response(httpx.Response(status, content=body))
    assert (caught.value.code, caught.value.status, caught.value.message) == (status, name, "It is so.")


def test_an_upstreams_own_body_goes_through() -> None:
    error = UpstreamError(400, "x", klass="upstream_invalid", body=b'{"error":{}}')
    assert errors.render(error, "req_1") == b'{"error":{}}'


def test_plain_errors_have_no_details() -> None:
    assert errors.render(UpstreamError(503, "x", klass="")) == (
        b'{"error":{"code":503,"message":"x","status":"UNAVAILABLE"}}'
    )


def test_ends_of_streams() -> None:
    error = UpstreamError(503, "x", klass="y")
    event, _, rest = errors.render_event(error, "req_1").partition(b"\r\n\r\n")
    assert event == b"data: " + rest
    assert b"\n" not in rest
    assert msgspec.json.decode(b"[{}" + errors.render_array_event(error, "r"))[1]["error"]["code"] == 503
    assert msgspec.json.decode(errors.render_array_event(error, "r", first=True))[0]["error"]["code"] == 503
    length = msgspec.json.decode(errors.render_length("chat", "m", "r")[6:])
    assert length["candidates"][0]["finishReason"] == "MAX_TOKENS"
    assert msgspec.json.decode(b"[{}" + errors.render_array_length("chat", "m", "r"))[1] == length
    assert msgspec.json.decode(errors.render_array_length("chat", "m", "r", first=True))[0] == length


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}', ("RESOURCE_EXHAUSTED", "slow")),
        (b'[{"error":{"message":"slow"}}]', ("INVALID_ARGUMENT", "slow")),
        (b"{}", ("INVALID_ARGUMENT", "")),
        (b"[]", ("INVALID_ARGUMENT", "")),
        (b"<html>", ("INVALID_ARGUMENT", "")),
    ],
)
def test_errors_of_an_upstream(body: bytes, expected: tuple[str, str]) -> None:
    assert errors.read_error(400, body) == expected
