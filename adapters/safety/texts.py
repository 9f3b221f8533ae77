"""The texts in a request of any protocol, changed where they stand; everything else stays as it was.

What a model reads as text is looked at: turns, system text, arguments of tool calls and their results. What has a form
of its own is not: media, schemas, names, signatures, calls of the provider's own tools.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.head import Fields
from adapters.safety.arguments import Change, in_text, in_value

FIELDS = (
    "messages",
    "prompt",
    "input",
    "instructions",
    "system",
    "contents",
    "systemInstruction",
    "system_instruction",
)
"""Top-level fields that hold texts, in any protocol."""

_TEXT = frozenset(
    {"text", "content", "input", "instructions", "system", "prompt", "output", "refusal", "stdout", "stderr"}
)
_OWN_FORM = frozenset({
    "server_tool_use", "computer_call", "local_shell_call", "mcp_call",
    "web_search_call", "code_interpreter_call", "image_generation_call", "reasoning", "thinking", "redacted_thinking",
    "image", "image_url", "input_image", "input_audio", "input_file", "file", "item_reference", "compaction",
})  # fmt: skip
"""Types of items whose strings are not texts that a person wrote."""
_CALLS = frozenset({"tool_use", "function_call", "custom_tool_call"})
"""Types of items that call a tool of the client."""
_CALLED = frozenset({"functionCall", "function_call", "tool_calls"})
"""Fields that hold such calls."""
_CALL_DEEP = 4
"""No protocol has the arguments of a call further down; what is nested deeper is read whole."""
_ARGUMENTS = frozenset({"arguments", "args", "input"})
_OWN_FORM_KEYS = frozenset({
    "inlineData", "inline_data", "fileData", "file_data", "image_url",
    "input_audio", "file", "annotations", "citations", "logprobs", "cache_control", "signature", "thoughtSignature",
    "executableCode", "executable_code", "name", "id", "role", "type",
})  # fmt: skip
_RESULTS = frozenset({"functionResponse", "function_response"})
"""Fields that hold what a tool of the client answered, under names of its own."""
_DOCUMENTS = frozenset({"document", "search_result"})
"""Types of items whose title and context are read too."""
_DEEP = 40
"""No protocol nests its texts so deep: whatever is further down is read whole, as arguments are."""


class UnreadableError(ValueError):
    """A request is nested so deep that its texts cannot be read: no rule can say that it may pass."""


_decode = msgspec.json.Decoder(Any).decode
_encode = msgspec.json.Encoder().encode


def rewritten(fields: Mapping[str, msgspec.Raw], change: Change) -> Fields | None:
    """The fields with their texts changed, None when no text is another afterwards.

    Raises what `change` raises, and UnreadableError.
    """
    try:
        return _rewritten(fields, change)
    except RecursionError:
        raise UnreadableError from None


def _rewritten(fields: Mapping[str, msgspec.Raw], change: Change) -> Fields | None:
    changed: Fields | None = None
    for name in FIELDS:
        raw = fields.get(name)
        if raw is None:
            continue
        value = _decode(raw)
        after = change(value) if isinstance(value, str) else _visit(value, change, name, 0)
        if after is not value and after != value:
            changed = dict(fields) if changed is None else changed
            changed[name] = msgspec.Raw(_encode(after))
    return changed


def texts(fields: Mapping[str, msgspec.Raw]) -> list[str]:
    """All texts, in their order."""
    found: list[str] = []

    def see(text: str) -> str:
        found.append(text)
        return text

    rewritten(fields, see)
    return found


def _visit(node: Any, change: Change, key: str, depth: int) -> Any:  # noqa: ANN401  # whatever JSON holds
    if depth > _DEEP:
        return in_value(node, change, depth)
    if isinstance(node, list):
        return _items(node, change, key, depth)
    if not isinstance(node, dict):
        return node
    kind = node.get("type") if isinstance(node.get("type"), str) else ""
    if kind in _OWN_FORM:
        return node
    if kind in _CALLS:
        return _called(node, change)
    read = _TEXT
    if kind == "text" and isinstance(node.get("data"), str):  # a document that Messages takes as text
        read = _TEXT | {"data"}
    elif kind in _DOCUMENTS:
        read = _TEXT | {"title", "context"}
    return _members(node, change, key, depth, read)


def _members(node: dict[str, Any], change: Change, key: str, depth: int, read: frozenset[str]) -> dict[str, Any]:
    """An item with its texts changed: `read` are the names of those that stand in it."""
    out = node
    for name, value in node.items():
        if name in _OWN_FORM_KEYS:
            continue
        after = value
        if name == "response" and key in _RESULTS:
            after = in_value(value, change)  # under names of the tool's own; media beside it have a form of theirs
        elif isinstance(value, str):
            if name in read:
                after = change(value)
        elif name in _CALLED:
            after = _called(value, change)
        elif isinstance(value, dict | list):
            after = _visit(value, change, name, depth + 1)
        if after is not value:
            out = dict(out) if out is node else out
            out[name] = after
    return out


def _called(node: Any, change: Change, depth: int = 0) -> Any:  # noqa: ANN401  # whatever JSON holds
    """A call, or calls, with the texts of their arguments changed. Chat has these one deeper: `function`, `custom`."""
    if depth > _CALL_DEEP:
        return in_value(node, change)
    if isinstance(node, list):
        calls = [_called(each, change, depth + 1) for each in node]
        return calls if any(new is not old for new, old in zip(calls, node, strict=True)) else node
    if not isinstance(node, dict):
        return node
    out = node
    for name, value in node.items():
        after = value
        if name in _ARGUMENTS:
            after = in_text(value, change) if isinstance(value, str) else in_value(value, change)
        elif name in ("function", "custom"):
            after = _called(value, change, depth + 1)
        if after is not value:
            out = dict(out) if out is node else out
            out[name] = after
    return out


def _items(node: list[Any], change: Change, key: str, depth: int) -> list[Any]:
    out = node
    for place, value in enumerate(node):
        after = value
        if isinstance(value, str):
            after = change(value) if key in _TEXT else value
        elif isinstance(value, dict | list):
            after = _visit(value, change, key, depth + 1)
        if after is not value:
            out = list(out) if out is node else out
            out[place] = after
    return out
