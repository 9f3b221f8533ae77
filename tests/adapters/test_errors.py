"""How an upstream's error answer becomes ours, and what of it a client may see."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import ClientError, GatewayFault, UpstreamError, classify
from adapters.protocols.chat.errors import render, render_event

JSON = "application/json; charset=utf-8"


def error_body(message: str, **fields: str | int | None) -> bytes:
    return msgspec.json.encode({"error": {"message": message, **fields}})


@pytest.mark.parametrize(
    ("status", "ours", "klass", "retryable"),
    [
        (400, 400, "upstream_invalid", False),
        (401, 502, "upstream_auth", True),
        (402, 502, "upstream_credit", True),
        (403, 502, "upstream_auth", True),
        (404, 404, "upstream_not_found", True),
        (407, 502, "upstream_auth", True),  # of the channel's own proxy
        (408, 504, "upstream_timeout", True),
        (413, 413, "upstream_invalid", False),
        (422, 422, "upstream_invalid", False),
        (429, 429, "upstream_rate_limit", True),
        (500, 502, "upstream_error", True),
        (501, 502, "upstream_error", True),
        (502, 502, "upstream_error", True),
        (503, 503, "upstream_overloaded", True),
        (504, 504, "upstream_timeout", True),
        (524, 504, "upstream_timeout", True),
        (529, 503, "upstream_overloaded", True),
        (301, 502, "upstream_error", True),
    ],
)
def test_status_decides(status: int, ours: int, klass: str, retryable: bool) -> None:
    error = classify(status, JSON, error_body("no"))
    assert (error.status, error.klass, error.retryable, error.code) == (ours, klass, retryable, klass)


def test_body_about_the_request_is_shown_as_it_came() -> None:
    body = error_body("Unsupported value: 'temperature'.", type="invalid_request_error", param="temperature")
    error = classify(400, JSON, body)
    assert error.body == body
    assert render(error, "req_1") == body


def test_body_that_is_not_json_is_not_shown() -> None:
    error = classify(400, "text/html", b"<html>upstream-7.internal</html>")
    assert error.body is None
    assert b"internal" not in render(error, "req_1")


SECRETS = [
    "Incorrect API key provided: sk-proj-abc123",
    "Your key sk-abc123 is not active",
    "No such organization: org-abc123",
    "Project proj_abc123 was archived",
    "Your billing hard limit has been reached",
    "This account abc123 is not active",
    "You exceeded your current quota, abc123",
    "Bearer abc123 was refused",
    "unauthorised for abc123",
]


@pytest.mark.parametrize("message", SECRETS)
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 429, 500, 503])
def test_nothing_about_the_account_is_shown(message: str, status: int) -> None:
    answer = render(classify(status, JSON, error_body(message)), "req_1") + render_event(
        classify(status, JSON, error_body(message))
    )
    assert b"abc123" not in answer
    assert b"limit has" not in answer


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":{"message":"see http://10.0.0.7:8000/v1/chat \\"here\\"","code":null}}',
        b'{"error":{"message":"see https:\\/\\/internal.example\\/v1?key=1\\n","code":null}}',
        b'{"error":{"message":"HTTPS://internal.example","code":null}}',
    ],
)
def test_addresses_are_taken_out_and_the_json_stays_whole(body: bytes) -> None:
    shown = classify(400, JSON, body).body
    assert shown is not None
    message = msgspec.json.decode(shown)["error"]["message"]
    assert "[address]" in message
    assert b"internal" not in shown
    assert b"10.0.0.7" not in shown
    assert b"key=1" not in shown


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":{"message":"API key not valid.","code":"invalid_api_key"}}',
        b'[{"error":{"code":400,"message":"API key not valid.","details":[{"reason": "API_KEY_INVALID"}]}}]',
        b'{"type":"error","error":{"type":"authentication_error","message":"credential"}}',
    ],
)
def test_400_that_means_the_key_blames_the_channel(body: bytes) -> None:
    assert classify(400, JSON, body).klass == "upstream_auth"


@pytest.mark.parametrize("words", ["invalid_api_key", '"code":"invalid_api_key"', "billing", "my account", "API key"])
def test_a_caller_whose_words_are_repeated_puts_no_blame_on_the_channel(words: str) -> None:
    error = classify(400, JSON, error_body(f"Invalid value: '{words}'.", code="invalid_value"))
    assert (error.status, error.klass, error.retryable) == (400, "upstream_invalid", False)


CONTENT = {
    # The shape that https://openrouter.ai/docs/api-reference/errors documents (2026-11).
    "openrouter": b'{"error":{"code":403,"message":"Your input was flagged.","metadata":'
    b'{"reasons":["violence"],"flagged_input":"how to ...","provider_name":"OpenAI","model_slug":"openai/gpt-x"}}}',
    "by code": error_body("Rejected.", type="invalid_request_error", code="content_policy_violation"),
    "by type": error_body("no", type="content_filter", code=None),
    "azure": b'{"error":{"code":"content_filter","message":"The response was filtered.","status":400,"innererror":'
    b'{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true}}}}}',
    "dashscope": error_body("Input data may contain inappropriate content.", code="data_inspection_failed"),
    "dashscope, its own shape": b'{"code":"DataInspectionFailed","message":"Input data may contain ..."}',
}


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("status", [400, 403, 422])
def test_a_refusal_for_what_the_prompt_says_blames_no_channel(name: str, status: int) -> None:
    error = classify(status, JSON, CONTENT[name])
    assert (error.status, error.klass, error.retryable) == (status, "upstream_content_policy", False)
    assert render(error, "req_1") == CONTENT[name]


@pytest.mark.parametrize("code", ["permission-denied", "The caller does not have permission to execute the operation"])
def test_xai_says_it_with_the_code_of_a_missing_permission_and_names_the_account(code: str) -> None:
    text = "Content violates usage guidelines. Team: abc123, API key ID: abc123, Failed check: SAFETY_CHECK_TYPE_BIO"
    error = classify(403, JSON, msgspec.json.encode({"code": code, "error": text}))
    assert (error.status, error.klass, error.retryable) == (403, "upstream_content_policy", False)
    shown = render(error, "req_1")
    assert b"abc123" not in shown
    assert b"for its content" in shown
    denied = msgspec.json.encode({"code": code, "error": "Access to the chat endpoint is denied."})
    assert classify(403, JSON, denied).klass == "upstream_auth"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>403 Forbidden</html>",
        error_body("Country, region, or territory not supported", code="unsupported_country_region_territory"),
        error_body("Project does not have access to the model", type="invalid_request_error", code="model_not_found"),
        error_body("You are not allowed to sample from this model", type="permission_error", code=None),
        error_body("Access denied by security policy", code=403),
        # Who was suspended for a violation is the account, not this prompt.
        error_body("Suspended after violations of content policy.", type="policy_violation", code="account_suspended"),
        error_body("Suspended account.", type="content_policy_violation", code="account_suspended"),
        # What a caller wrote, repeated in a message.
        error_body('Not allowed: "code":"content_policy_violation", "flagged_input": "x"'),
        error_body('"error":"Content violates usage guidelines"'),
    ],
)
def test_other_403_concern_the_channel(body: bytes) -> None:
    error = classify(403, JSON, body)
    assert (error.status, error.klass, error.retryable, error.body) == (502, "upstream_auth", True, None)


def test_retry_after_is_kept_where_it_helps() -> None:
    assert classify(429, JSON, b"", "7").retry_after == "7"
    assert classify(503, JSON, b"", "7").retry_after == "7"
    assert classify(400, JSON, b"", "7").retry_after is None


def test_render_says_who_is_to_blame() -> None:
    def fields(error: Exception) -> dict[str, str | None]:
        decoded: dict[str, dict[str, str | None]] = msgspec.json.decode(render(error, "req_9"))  # type: ignore[arg-type]
        return decoded["error"]

    assert fields(ClientError(400, "no", code="c", param="p")) == {
        "message": "no",
        "type": "invalid_request_error",
        "param": "p",
        "code": "c",
        "request_id": "req_9",
    }
    assert fields(ClientError(401, "no"))["type"] == "authentication_error"
    assert fields(ClientError(403, "no"))["type"] == "permission_error"
    assert fields(GatewayFault(503, "no"))["type"] == "api_error"
    assert fields(UpstreamError(502, "no", klass="upstream_cut"))["type"] == "upstream_error"
    assert fields(UpstreamError(429, "no", klass="upstream_rate_limit"))["type"] == "rate_limit_error"


def test_an_event_is_one_frame_without_an_id_when_there_is_none() -> None:
    event = render_event(GatewayFault(500, "a\nb"))
    assert event.startswith(b"data: {")
    assert event.endswith(b"}\n\n")
    assert event.count(b"\n") == 2
    assert b"request_id" not in event


@given(st.integers(100, 999), st.text(max_size=40), st.binary(max_size=300), st.none() | st.text(max_size=20))
def test_any_answer_is_classified(status: int, kind: str, body: bytes, retry_after: str | None) -> None:
    error = classify(status, kind, body, retry_after)
    assert 400 <= error.status < 600
    assert isinstance(render(error, "req_1"), bytes)
