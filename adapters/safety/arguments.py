"""The texts in the arguments of a tool call: JSON as text or as a value, or free text.

In JSON the values are looked at, not the names; what is written with escapes is read as what it means. Nothing is
written anew where nothing is another afterwards.
"""

from collections.abc import Callable
from typing import Any

import msgspec

Change = Callable[[str], str]

_DEEP = 40
_decode = msgspec.json.Decoder(Any).decode
_encode = msgspec.json.Encoder().encode


def in_text(text: str, change: Change) -> str:
    """Arguments as text: JSON, or what is none (a custom tool's input, a call that was cut short) as it stands."""
    if not text:
        return text
    try:
        value = _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return change(text)
    after = in_value(value, change)
    return text if after is value else _encode(after).decode()


def in_value(value: Any, change: Change, depth: int = 0) -> Any:  # noqa: ANN401  # whatever JSON holds
    """Arguments as a value; the same object when nothing changed. Finds in numbers and far down become text."""
    if isinstance(value, str):
        after = change(value)
        return value if after == value else after
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        said = str(value)
        after = change(said)
        return value if after == said else after
    if depth > _DEEP:
        said = "\n".join(_texts(value))
        after = change(said)
        return value if after == said else after
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    changed = [(name, new) for name, old in items if (new := in_value(old, change, depth + 1)) is not old]
    if not changed:
        return value
    out = value.copy()
    for name, new in changed:
        out[name] = new
    return out


def _texts(value: Any) -> list[str]:  # noqa: ANN401  # whatever JSON holds
    """The texts and numbers in it, however deep, without recursion."""
    found: list[str] = []
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            left += reversed(list(one.values()) if isinstance(one, dict) else one)
        elif one is not None and not isinstance(one, bool):
            found.append(str(one))
    return found
