"""Taking out of a kept text what must not be kept: members by their name, words by a pattern. Pure.

Works on JSON and on streams of events as JSON. What it cannot read it does not let pass: the caller keeps nothing then.
Patterns are RE2, whose time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import re2

MARK = "[redacted]"
MAX_FIELDS = 100
MAX_PATTERNS = 50
MAX_PATTERN_CHARS = 1000
_MAX_DEPTH = 200


class RedactionError(ValueError):
    """A rule that cannot be followed; the message says which and why."""


class UnreadableError(ValueError):
    """A text that is no JSON, so that nothing can be taken out of it."""


class Redactor:
    """`fields`: names of members whose value goes, at any depth; `patterns`: what goes out of every text.

    Raises RedactionError.
    """

    __slots__ = ("_fields", "_patterns")

    def __init__(self, rules: Mapping[str, Any]) -> None:
        if not rules.keys() <= {"fields", "patterns"}:
            raise RedactionError("only 'fields' and 'patterns' can be given")
        self._fields = frozenset(_texts(rules, "fields", MAX_FIELDS))
        self._patterns = []
        for pattern in _texts(rules, "patterns", MAX_PATTERNS):
            try:
                self._patterns.append(re2.compile(pattern))
            except re2.error as error:
                raise RedactionError(f"the pattern {pattern[:80]!r} is not valid: {error}") from None

    def __bool__(self) -> bool:
        return bool(self._fields or self._patterns)

    @property
    def needs_whole_texts(self) -> bool:
        """Whether a text that is in pieces has to be put together first: a pattern does not match across pieces."""
        return bool(self._patterns)

    def json(self, body: bytes) -> tuple[bytes, int]:
        """The body without what is to go, and how often something went. Raises UnreadableError."""
        try:
            value = msgspec.json.decode(body)
            found = [0]
            changed = self._value(value, found, 0)
            return (msgspec.json.encode(changed) if found[0] else body), found[0]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableError("not readable as JSON") from error

    def events(self, body: bytes) -> tuple[bytes, int]:
        """A stream of events, each one's data by itself. Raises UnreadableError."""
        lines = body.split(b"\n")
        total = 0
        for place, line in enumerate(lines):
            field, colon, rest = line.partition(b":")
            data = rest.strip()
            if not colon or field.strip() != b"data" or data == b"[DONE]" or not data:
                continue
            changed, found = self.json(data)
            total += found
            if found:
                lines[place] = b"data: " + changed
        return b"\n".join(lines), total

    def _value(self, value: Any, found: list[int], depth: int) -> Any:  # noqa: ANN401  # JSON
        if depth > _MAX_DEPTH:
            raise UnreadableError("nested too deeply")
        if isinstance(value, str):
            return self._text(value, found)
        if isinstance(value, list):
            return [self._value(each, found, depth + 1) for each in value]
        if isinstance(value, dict):
            return {self._text(name, found): self._member(name, each, found, depth) for name, each in value.items()}
        return value

    def _member(self, name: str, value: Any, found: list[int], depth: int) -> Any:  # noqa: ANN401  # JSON
        if name in self._fields:
            found[0] += 1
            return MARK
        return self._value(value, found, depth + 1)

    def _text(self, text: str, found: list[int]) -> str:
        for pattern in self._patterns:
            text, times = pattern.subn(MARK, text)
            found[0] += times
        return text


def _texts(rules: Mapping[str, Any], name: str, most: int) -> list[str]:
    given = rules.get(name) or []
    if not isinstance(given, list) or len(given) > most:
        raise RedactionError(f"{name!r} must be a list of at most {most}")
    if not all(isinstance(each, str) and 0 < len(each) <= MAX_PATTERN_CHARS for each in given):
        raise RedactionError(f"{name!r} must hold texts of 1 to {MAX_PATTERN_CHARS} characters")
    return given
