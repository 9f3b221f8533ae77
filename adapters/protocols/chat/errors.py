"""Errors in OpenAI's shape: https://platform.openai.com/docs/guides/error-codes (2026-11)."""

import msgspec

from adapters.errors import GatewayError
from adapters.unreadable import UNREADABLE
from adapters.utf8 import mended

_KINDS = {401: "authentication_error", 403: "permission_error", 404: "invalid_request_error", 429: "rate_limit_error"}


def render(error: GatewayError, request_id: str = "") -> bytes:
    """The JSON body of an error answer.

    An upstream's own error body, where it may be shown, is passed on as it came.
    """
    body = getattr(error, "body", None)
    if isinstance(body, bytes):
        return body
    return msgspec.json.encode({"error": _fields(error, request_id)})


def render_event(error: GatewayError, request_id: str = "") -> bytes:
    """The event that tells a client of a stream that it ends here; the official SDKs raise it as an APIError."""
    return b"data: " + msgspec.json.encode({"error": _fields(error, request_id)}) + b"\n\n"


def render_length(operation: str, model: str, request_id: str) -> bytes:
    """The end of a stream that reached the tokens paid for: finish reason "length", and [DONE]."""
    choice: dict[str, object] = {"index": 0, "finish_reason": "length"}
    if operation == "chat":
        kind, choice["delta"] = "chat.completion.chunk", {}
    else:
        kind, choice["text"] = "text_completion", ""
    event = {"id": request_id, "object": kind, "created": 0, "model": model, "choices": [choice]}
    return b"data: " + msgspec.json.encode(event) + b"\n\ndata: [DONE]\n\n"


class _Error(msgspec.Struct, gc=False):
    type: str | int | None = None
    code: str | int | None = None
    status: str | int | None = None
    message: str | None = None


class _Body(msgspec.Struct, gc=False):
    error: _Error | str | None = None
    type: str | None = None
    code: str | int | None = None
    message: str | None = None
    detail: str | None = None


_body = msgspec.json.Decoder(_Body)
_bodies = msgspec.json.Decoder(list[_Body])


def read_error(status: int, body: bytes) -> tuple[str, str]:
    """Kind and message of an upstream's error, in any spelling of this wire's servers.

    ("", "") when it says neither. The message is the upstream's own and not for a client without errors.classify.
    """
    body = mended(body)
    try:
        # Google's compatible address wraps its errors in a list.
        found = _bodies.decode(body)[0] if body.lstrip()[:1] == b"[" else _body.decode(body)
    except (*UNREADABLE, IndexError):
        return "", ""
    error = found.error
    if isinstance(error, _Error):
        return str(error.type or error.status or error.code or status), error.message or ""
    return str(found.type or found.code or status), error or found.message or found.detail or ""


def _fields(error: GatewayError, request_id: str) -> dict[str, str | None]:
    fields = {
        "message": error.message,
        "type": _KINDS.get(error.status, error.kind),
        "param": error.param,
        "code": error.code,
    }
    if request_id:
        fields["request_id"] = request_id
    return fields
