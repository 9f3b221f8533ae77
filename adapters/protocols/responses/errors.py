"""Errors of Responses: an answer has OpenAI's usual shape, a stream has an event of its own.

https://platform.openai.com/docs/api-reference/responses-streaming/error (2026-11).
"""

import msgspec

from adapters.errors import GatewayError
from adapters.protocols.responses.usage import write_usage
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage

_KINDS = {401: "authentication_error", 403: "permission_error", 404: "invalid_request_error", 429: "rate_limit_error"}

# Codes that a failed response may have (openai 3.54, types/responses/response_error.py) by our own status.
_CODES = {429: "rate_limit_exceeded", 400: "invalid_prompt"}


class _Said(msgspec.Struct):
    message: str | None = None
    type: str | None = None
    code: str | int | None = None


class _Body(msgspec.Struct):
    error: _Said | str | None = None


_body = msgspec.json.Decoder(_Body)


def render(error: GatewayError, request_id: str = "") -> bytes:
    """The JSON body of an error answer.

    An upstream's own error body, where it may be shown and is of this shape, is passed on as it came.
    """
    body = getattr(error, "body", None)
    if isinstance(body, bytes) and _said(body) is not None:
        return body
    return msgspec.json.encode({"error": _fields(error, request_id)})


def render_event(error: GatewayError, request_id: str = "") -> bytes:
    """The event that tells a client of a stream that it ends here.

    The fields stand at the top, where the official SDKs' type has them, and in `error`, where OpenAI writes them
    (recorded 2025-11) and which makes these SDKs raise an APIError.
    """
    return event(error, request_id, 0)


def event(error: GatewayError, request_id: str, number: int) -> bytes:
    """The same with the `sequence_number` that it has in its stream."""
    whole = {
        "type": "error",
        "sequence_number": number,
        "code": error.code,
        "message": error.message,
        "param": error.param,
        "error": _fields(error, request_id),
    }
    return b"event: error\ndata: " + msgspec.json.encode(whole) + b"\n\n"


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


def code_of(error: GatewayError) -> str:
    """The code that a failed response has for this error."""
    return _CODES.get(error.status, "server_error")


def render_length(operation: str, model: str, request_id: str) -> bytes:  # noqa: ARG001  # one signature for all
    """The end of a stream that reached the tokens paid for: an incomplete response.

    `request_id` is the id of the response. Its output is what the client has seen: without a value for it the SDKs put
    that together themselves. What was counted is not known here, and some clients insist on numbers.
    """
    response = {
        "id": request_id,
        "object": "response",
        "created_at": 0,
        "status": "incomplete",
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"},
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": None,
        "parallel_tool_calls": True,
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "usage": msgspec.Raw(write_usage(Usage())),
    }
    whole = {"type": "response.incomplete", "sequence_number": 0, "response": response}
    return b"event: response.incomplete\ndata: " + msgspec.json.encode(whole) + b"\n\n"


def read_error(status: int, body: bytes) -> tuple[str, str]:
    """Kind and message of an upstream's error answer; the kind by the status where the body says none."""
    kind = _KINDS.get(status, "api_error" if status >= 500 else "invalid_request_error")
    said = _said(body)
    if said is None:
        return kind, ""
    return said.type or str(said.code or "") or kind, said.message or ""


def _said(body: bytes) -> _Said | None:
    """What an error body says, where it is one."""
    try:
        found = _body.decode(body)
    except UNREADABLE:
        return None
    return _Said(found.error) if isinstance(found.error, str) else found.error
