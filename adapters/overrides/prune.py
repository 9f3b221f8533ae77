"""Taking objects out of arrays, at any depth."""

from collections.abc import Callable
from typing import Any

MAX_DEPTH = 64


def prune(
    value: Any,  # noqa: ANN401  # any JSON
    goes: Callable[[dict[str, Any]], bool],
    *,
    recursive: bool,
    depth: int = MAX_DEPTH,
) -> Any:  # noqa: ANN401  # any JSON
    """The value without the objects in its arrays that `goes` is true for; what lies deeper than `depth` stays."""
    if depth <= 0:
        return value
    if isinstance(value, list):
        kept = [item for item in value if not (isinstance(item, dict) and goes(item))]
        return [prune(item, goes, recursive=True, depth=depth - 1) for item in kept] if recursive else kept
    if isinstance(value, dict) and recursive:
        return {key: prune(item, goes, recursive=True, depth=depth - 1) for key, item in value.items()}
    return value
