"""Dotted paths into JSON: messages.-1.content, tools.*.name. Before a dot inside a name stands a backslash."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from adapters.overrides.problem import OverrideError
from adapters.overrides.queries import Query, parse_query

Path: TypeAlias = tuple[str | Query, ...]

MAX_CHARS = 512
MAX_DEPTH = 32
EVERY = "*"

# A name with escaped dots, or a query with whatever dots.
_SEGMENT = re.compile(r'#\((?:[^()"]|"[^"]*")*\)#?|(?:\\.|[^.\\]|\\(?!\.))*')


def parse(text: object, place: str) -> Path:
    """The segments of a path. Raises OverrideError."""
    if not isinstance(text, str) or not text or len(text) > MAX_CHARS or "\0" in text:
        raise OverrideError(place, f"must be a path of 1 to {MAX_CHARS} characters, such as messages.-1.content")
    segments: list[str | Query] = []
    at = 0
    while at <= len(text):
        found = _SEGMENT.match(text, at)
        part = found[0] if found is not None else ""
        at += len(part) + 1
        if not part or len(segments) == MAX_DEPTH or (at <= len(text) and text[at - 1] != "."):
            raise OverrideError(place, f"must have 1 to {MAX_DEPTH} names between its dots, none of them empty")
        segments.append(_read(part, place))
    if not isinstance(segments[0], str):
        raise OverrideError(place, "must begin with a name")
    return tuple(segments)


def _read(part: str, place: str) -> str | Query:
    if part.startswith("#("):
        return parse_query(part, place)
    return EVERY if part == "#" else part.replace("\\.", ".")


def _index(segment: str, length: int) -> int:
    """Place in an array of `length`, -1 = none there. Negative numbers count from the end."""
    digits = segment.removeprefix("-")
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 9:
        return -1
    index = int(segment)
    index = index + length if index < 0 else index
    return index if 0 <= index < length else -1


def keys(container: Any, segment: str | Query) -> list[Any]:  # noqa: ANN401  # any JSON
    """Keys or indexes of what a segment names in a container, of what is there."""
    if isinstance(segment, Query):
        return segment.keys(container) if isinstance(container, list) else []
    if isinstance(container, dict):
        return list(container) if segment == EVERY else [segment] if segment in container else []
    if isinstance(container, list):
        if segment == EVERY:
            return list(range(len(container)))
        index = _index(segment, len(container))
        return [index] if index >= 0 else []
    return []


def places(root: Any, path: Path) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  # any JSON
    """(container, key) of everything that is there under a path, in order."""
    if len(path) == 1:
        for key in keys(root, path[0]):
            yield root, key
        return
    for key in keys(root, path[0]):
        yield from places(root[key], path[1:])


def put(root: Any, path: Path, value: Any) -> None:  # noqa: ANN401  # any JSON
    """Set what a path names; objects on the way are made where there is nothing.

    In an array only an element that is there is set, or the next one after the last. Does nothing where a text or
    number stands in the way.
    """
    head, rest = path[0], path[1:]
    if head == EVERY or isinstance(head, Query):
        for key in keys(root, head):
            if rest:
                put(root[key], rest, value)
            else:
                root[key] = value
    elif isinstance(root, dict):
        if not rest:
            root[head] = value
            return
        if root.get(head) is None:
            root[head] = {}
        put(root[head], rest, value)
    elif isinstance(root, list):
        index = _index(head, len(root))
        if index < 0 and head == str(len(root)):
            root.append({} if rest else value)
            index = len(root) - 1
        if index >= 0:
            if rest:
                put(root[index], rest, value)
            else:
                root[index] = value
