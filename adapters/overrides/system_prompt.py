"""A system prompt that a channel adds, in the form of the upstream's protocol. Earlier turns are not parsed."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from adapters.head import Fields
from adapters.overrides.document import read
from adapters.overrides.problem import OverrideError
from adapters.unreadable import UNREADABLE

MAX_CHARS = 100_000

MODES: dict[str, str] = {
    "fill": "only when the client sends none (the default)",
    "prepend": "before the client's, or alone",
    "append": "behind the client's, or alone",
    "replace": "in place of the client's",
}
_BETWEEN = "\n\n"
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode = msgspec.json.encode
_OPERATIONS = frozenset({"chat", "count_tokens", "compact"})
_SYSTEM = ("system", "developer")


class SystemPrompt:
    """The setting system_prompt: a text, or {text, mode}."""

    __slots__ = ("_mode", "_text")

    def __init__(self, given: object, place: str = "system_prompt") -> None:
        if isinstance(given, str):
            given = {"text": given}
        if not isinstance(given, Mapping) or not given.keys() <= {"text", "mode"}:
            raise OverrideError(place, "must be a text, or text and mode")
        text, mode = given.get("text"), given.get("mode", "fill")
        if not isinstance(text, str) or not 0 < len(text) <= MAX_CHARS:
            raise OverrideError(f"{place}.text", f"must be a text of 1 to {MAX_CHARS} characters")
        if mode not in MODES:
            raise OverrideError(f"{place}.mode", f"must be one of {', '.join(MODES)}")
        self._text = text
        self._mode = mode

    def apply(self, fields: Fields, protocol: str, operation: str) -> Fields:
        """The fields with it; those given are not changed. Requests that have no turns are left alone."""
        place = _PLACES.get(protocol)
        if operation not in _OPERATIONS or place is None:
            return fields
        return place(self, fields)

    def joined(self, old: str) -> str | None:
        """The client's text with ours; None: it stays as it is."""
        if not old.strip() or self._mode == "replace":
            return self._text
        if self._mode == "fill":
            return None
        return f"{self._text}{_BETWEEN}{old}" if self._mode == "prepend" else f"{old}{_BETWEEN}{self._text}"

    def content(self, old: Any, part: Callable[[str], dict[str, Any]]) -> Any:  # noqa: ANN401  # any JSON
        """The same for a content of text or parts; `part` makes one of ours. None: it stays."""
        if isinstance(old, list) and old:
            if self._mode == "fill":
                return None
            if self._mode == "replace":
                return [part(self._text)]
            return [part(self._text), *old] if self._mode == "prepend" else [*old, part(self._text)]
        return self.joined(old if isinstance(old, str) else "")


def _text_part(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _chat(prompt: SystemPrompt, fields: Fields) -> Fields:
    if "messages" not in fields:
        return fields
    try:
        turns = _decode_list(fields["messages"])
    except UNREADABLE:
        return fields  # no list: the provider says so
    for place, raw in enumerate(turns):
        turn = read("messages", raw)
        if not isinstance(turn, dict) or turn.get("role") not in _SYSTEM:
            break
        content = prompt.content(turn.get("content"), _text_part)
        if content is None:
            return fields
        turns[place] = msgspec.Raw(_encode({**turn, "content": content}))
        return {**fields, "messages": msgspec.Raw(_encode(turns))}
    ours = msgspec.Raw(_encode({"role": "system", "content": prompt.joined("")}))
    return {**fields, "messages": msgspec.Raw(_encode([ours, *turns]))}


def _responses(prompt: SystemPrompt, fields: Fields) -> Fields:
    old = read("instructions", fields["instructions"]) if "instructions" in fields else None
    new = prompt.content(old, _text_part)
    return fields if new is None else {**fields, "instructions": msgspec.Raw(_encode(new))}


def _messages(prompt: SystemPrompt, fields: Fields) -> Fields:
    old = read("system", fields["system"]) if "system" in fields else None
    new = prompt.content(old, _text_part)
    return fields if new is None else {**fields, "system": msgspec.Raw(_encode(new))}


def _gemini(prompt: SystemPrompt, fields: Fields) -> Fields:
    name = "system_instruction" if "system_instruction" in fields else "systemInstruction"
    old = read(name, fields[name]) if name in fields else None
    parts = old.get("parts") if isinstance(old, dict) else None
    new = prompt.content([parts] if isinstance(parts, dict) else parts, lambda text: {"text": text})
    if new is None:
        return fields
    kept = old if isinstance(old, dict) else {}
    parts = [{"text": new}] if isinstance(new, str) else new
    return {**fields, name: msgspec.Raw(_encode({**kept, "parts": parts}))}


_PLACES: dict[str, Callable[[SystemPrompt, Fields], Fields]] = {
    "chat": _chat,
    "responses": _responses,
    "messages": _messages,
    "gemini": _gemini,
}
