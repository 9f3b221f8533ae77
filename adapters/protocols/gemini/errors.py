"""Errors in Google's shape: https://cloud.google.com/apis/design/errors (2026-11)."""

import msgspec

from adapters.errors import GatewayError
from adapters.protocols.gemini.finish import write_finish
from adapters.unreadable import UNREADABLE

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "INVALID_ARGUMENT",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    412: "FAILED_PRECONDITION",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    422: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
    529: "UNAVAILABLE",
}


def render(error: GatewayError, request_id: str = "") -> bytes:
    """The JSON body of an error answer.

    An upstream's own error body, where it may be shown, is passed on as it came.
    """
    body = getattr(error, "body", None)
    return body if isinstance(body, bytes) else msgspec.json.encode(_body(error, request_id))


def render_event(error: GatewayError, request_id: str = "") -> bytes:
    """The end of a stream that failed.

    Twice: google-genai for Python (3.4) raises for either form, that for JavaScript reads over an error in an event and
    fails for JSON that is no event and has no blank line after it, as Google's servers send it.
    """
    body = msgspec.json.encode(_body(error, request_id))
    return b"data: " + body + b"\r\n\r\n" + body


def render_array_event(error: GatewayError, request_id: str = "", *, first: bool = False) -> bytes:
    """The same for a stream that is a JSON array; `first`: nothing of it was sent yet."""
    return (b"[" if first else b",\r\n") + msgspec.json.encode(_body(error, request_id)) + b"]"


def render_length(operation: str, model: str, request_id: str) -> bytes:  # noqa: ARG001  # one signature for all
    """The end of a stream that reached the tokens paid for."""
    return b"data: " + _length(model, request_id) + b"\r\n\r\n"


def render_array_length(operation: str, model: str, request_id: str, *, first: bool = False) -> bytes:  # noqa: ARG001
    """The same for a stream that is a JSON array."""
    return (b"[" if first else b",\r\n") + _length(model, request_id) + b"]"


def _length(model: str, request_id: str) -> bytes:
    candidate = {
        "content": {"parts": [{"text": ""}], "role": "model"},
        "finishReason": write_finish("length"),
        "index": 0,
    }
    return msgspec.json.encode({"candidates": [candidate], "modelVersion": model, "responseId": request_id})


def _body(error: GatewayError, request_id: str) -> dict[str, object]:
    details: list[dict[str, object]] = []
    if error.code:
        # https://cloud.google.com/apis/design/errors#error_info (2026-11)
        info: dict[str, object] = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": error.code.upper()}
        if error.param:
            info["metadata"] = {"field": error.param}
        details.append(info)
    if request_id:
        details.append({"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": request_id})
    if error.retry_after and error.retry_after.isdecimal():
        delay = f"{error.retry_after}s"
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay})
    body: dict[str, object] = {
        "code": error.status,
        "message": error.message,
        "status": _STATUS.get(error.status, "INTERNAL" if error.status >= 500 else "INVALID_ARGUMENT"),
    }
    if details:
        body["details"] = details
    return {"error": body}


class Error(msgspec.Struct):
    """What is under "error"; the JSON array of a stream has it in its only element."""

    code: int | str | None = None
    message: str | None = None
    status: str | None = None


class _Body(msgspec.Struct):
    error: Error | None = None


_one = msgspec.json.Decoder(_Body)
_many = msgspec.json.Decoder(list[_Body])


def read_error(status: int, body: bytes) -> tuple[str, str]:
    """(Kind, message) of an upstream's error body; the status' own name where the body says none."""
    kind = _STATUS.get(status, "")
    try:
        found = _many.decode(body)[0] if body.lstrip()[:1] == b"[" else _one.decode(body)
    except (*UNREADABLE, IndexError):
        return kind, ""
    error = found.error or Error()
    return error.status or kind, error.message or ""
