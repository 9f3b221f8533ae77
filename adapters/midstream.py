"""An error that a provider reports inside a stream that it began with 200: what a client is told of it.

The rules are those of error answers (errors.classify): what speaks of the caller's request is shown in the provider's
own words, what concerns the channel's account or health in ours. Knows every protocol's way of saying it.
"""

import msgspec

from adapters.errors import UpstreamError, classify
from adapters.unreadable import UNREADABLE

MAX_BYTES = 65_536
KLASS = "upstream_error_event"

_NUMBERS = ("status_code", "code", "status")
_WORDS = ("type", "code", "status")
_STATUSES = {
    # Anthropic, docs.claude.com/en/api/errors; Google, google.rpc.Code; OpenAI and servers like it (all 2026-11).
    "invalid_request_error": 400, "request_too_large": 413, "not_found_error": 404, "authentication_error": 401,
    "permission_error": 403, "billing_error": 402, "rate_limit_error": 429, "overloaded_error": 529,
    "timeout_error": 504, "api_error": 500, "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "OUT_OF_RANGE": 400,
    "NOT_FOUND": 404, "PERMISSION_DENIED": 403, "UNAUTHENTICATED": 401, "RESOURCE_EXHAUSTED": 429, "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504, "INTERNAL": 500, "invalid_prompt": 400, "context_length_exceeded": 400,
    "tool_use_failed": 400, "json_validate_failed": 400, "content_filter": 400, "rate_limit_exceeded": 429,
    "insufficient_quota": 402, "server_error": 500,
}  # fmt: skip

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_value = msgspec.json.Decoder()


def reported(failure: bytes) -> UpstreamError:
    """The error of a stream whose error event (or the JSON in it) is `failure`; b"" where nothing is known of it."""
    fields = _error(failure)
    body = msgspec.json.encode({"error": fields})
    found = classify(_status(fields), "application/json", body)
    if found.body is not None:
        message = _text(_fields.decode(_fields.decode(found.body)["error"]), "message") or found.message
        return UpstreamError(found.status, message[:4000], klass=found.klass if not found.retryable else KLASS,
                             retryable=found.retryable)  # fmt: skip
    message = found.message
    if found.klass == "upstream_error":
        message = "The provider reported an error in the middle of its answer."
    return UpstreamError(found.status, message, klass=KLASS, retryable=found.retryable)


def shown(failure: bytes) -> bool:
    """Whether a client of the provider's own protocol may have the whole event as it came."""
    fields = _error(failure)
    found = classify(_status(fields), "application/json", failure)
    return bool(fields) and found.body == failure


def _error(failure: bytes) -> dict[str, msgspec.Raw]:
    """The members of the error; none for what cannot be read."""
    begin = failure.find(b"{")
    if begin < 0 or len(failure) > MAX_BYTES:
        return {}
    try:
        top = _fields.decode(failure[begin:])
        if "response" in top:
            top = _fields.decode(top["response"])
        inner = bytes(top.get("error", b"null"))
        if inner.startswith(b'"'):
            return {"message": msgspec.Raw(inner)}
        return _fields.decode(inner) if inner.startswith(b"{") else top
    except UNREADABLE:
        return {}


def _status(fields: dict[str, msgspec.Raw]) -> int:
    for name in _NUMBERS:
        number = _read(fields, name)
        if isinstance(number, int) and 400 <= number < 600:
            return number
    return next((_STATUSES[word] for name in _WORDS if (word := _text(fields, name)) in _STATUSES), 500)


def _read(fields: dict[str, msgspec.Raw], name: str) -> object:
    try:
        return _value.decode(fields[name]) if name in fields else None
    except UNREADABLE:
        return None


def _text(fields: dict[str, msgspec.Raw], name: str) -> str:
    value = _read(fields, name)
    return value if isinstance(value, str) else ""
