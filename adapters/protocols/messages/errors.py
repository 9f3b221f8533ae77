"""Errors in Anthropic's shape: https://docs.claude.com/en/api/errors (2026-11)."""

import msgspec

from adapters.errors import GatewayError
from adapters.unreadable import UNREADABLE

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    415: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}

_LENGTH = (
    b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null}'
    b',"usage":{"output_tokens":0}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n'
)

_NO_THREADS = {"error_code": "thread_unsupported_request"}
"""What makes a client send the whole conversation instead: the tool runner of anthropic 2.12 asks for threads unasked
(types/thread_unsupported_request_error_details.py)."""


class _Said(msgspec.Struct):
    type: str = ""
    message: str = ""


class _Body(msgspec.Struct):
    type: str = ""
    error: _Said | None = None


_body = msgspec.json.Decoder(_Body)


def render(error: GatewayError, request_id: str = "") -> bytes:
    """The JSON body of an error answer.

    An upstream's own error body, where it may be shown and is of this shape, is passed on as it came.
    """
    body = getattr(error, "body", None)
    if isinstance(body, bytes) and _read(body) is not None:
        return body
    return msgspec.json.encode(_fields(error, request_id))


def render_event(error: GatewayError, request_id: str = "") -> bytes:
    """The event that tells a client of a stream that it ends here; the official SDKs raise it as an APIStatusError."""
    return b"event: error\ndata: " + msgspec.json.encode(_fields(error, request_id)) + b"\n\n"


def render_length(operation: str, model: str, request_id: str) -> bytes:  # noqa: ARG001  # one signature for all
    """The end of a stream that reached the tokens paid for: stop reason "max_tokens".

    The count is absent from what is known here; a client keeps the text that it has.
    """
    return _LENGTH


def read_error(status: int, body: bytes) -> tuple[str, str]:
    """Kind and message of an upstream's error answer; the kind by the status where the body says none."""
    said = _read(body)
    if said is None:
        return _KINDS.get(status, "api_error"), ""
    return said.type or _KINDS.get(status, "api_error"), said.message


def kind_of(status: int) -> str:
    """Anthropic's name for a status."""
    return _KINDS.get(status, "api_error")


def _read(body: bytes) -> _Said | None:
    try:
        answer = _body.decode(body)
    except UNREADABLE:
        return None
    return answer.error if answer.type == "error" else None


def _fields(error: GatewayError, request_id: str) -> dict[str, object]:
    said: dict[str, object] = {"type": kind_of(error.status), "message": error.message}
    if error.code == "not_convertible" and error.param == "thread":
        said["details"] = _NO_THREADS
    fields: dict[str, object] = {"type": "error", "error": said}
    if request_id:
        fields["request_id"] = request_id
    return fields
