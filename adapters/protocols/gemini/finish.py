"""Why an answer ended: https://ai.google.dev/api/generate-content#FinishReason (2026-11)."""

from adapters.canonical.response import Finish

_READ: dict[str, Finish] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "LANGUAGE": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
    "ESCALATION": "content_filter",
    "MODEL_ARMOR": "content_filter",
}
_WRITTEN = {
    "stop": "STOP",
    "stop_sequence": "STOP",
    "tool_calls": "STOP",
    "length": "MAX_TOKENS",
    "context": "MAX_TOKENS",
    "content_filter": "SAFETY",
    "refusal": "SAFETY",
}
BROKEN_CALL = "MALFORMED_FUNCTION_CALL"
UNKNOWN = "FINISH_REASON_UNSPECIFIED"

NAMES = frozenset(
    {
        *_READ, "OTHER", "MALFORMED_FUNCTION_CALL", "IMAGE_OTHER", "NO_IMAGE", "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE", "PUP_LIMITED_DISABLED", UNKNOWN,
    }
)  # fmt: skip
"""Every FinishReason of google-genai 3.4."""


def read_finish(reason: str | None, *, called: bool) -> Finish | None:
    """Google says STOP also where the client's functions are called; `called` says that they are."""
    if not reason or reason == UNKNOWN:
        return None
    finish = _READ.get(reason, "other")
    return "tool_calls" if finish == "stop" and called else finish


def write_finish(finish: str | None, raw: str = "") -> str:
    """Google's word; its own, where it said one. Clients take an answer without a word for one that was cut off."""
    return raw if raw in NAMES else _WRITTEN.get(finish or "", "OTHER")
