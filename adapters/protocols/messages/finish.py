"""Why an answer ended, both ways: https://docs.claude.com/en/api/handling-stop-reasons (2026-11)."""

from adapters.canonical.response import Finish

_READ: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop_sequence",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "pause_turn": "pause",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
}
_WRITTEN: dict[str, str] = {
    "stop": "end_turn",
    "stop_sequence": "stop_sequence",
    "length": "max_tokens",
    "pause": "pause_turn",
    "refusal": "refusal",
    "content_filter": "refusal",
    "context": "model_context_window_exceeded",
}


def read_finish(stop_reason: str | None) -> Finish | None:
    """The common word; "other" for one that is not known here."""
    return None if stop_reason is None else _READ.get(stop_reason, "other")


def write_finish(finish: str | None, *, calls: bool) -> str:
    """`stop_reason`. `calls`: there are calls of the client's tools in the answer, which only one word goes with."""
    if finish in (None, "stop", "tool_calls", "other"):
        return "tool_use" if calls else "end_turn"
    return _WRITTEN.get(finish or "", "end_turn")
