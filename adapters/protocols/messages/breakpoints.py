"""Cache breakpoints of requests that were another protocol's: Anthropic takes four in one request.

"A maximum of 4 blocks with cache_control may be provided": docs.claude.com/en/docs/build-with-claude/prompt-caching
(2026-11). Other protocols have no such bound.
"""

from collections.abc import Iterator
from typing import Any

from adapters.canonical.loss import Losses

MOST = 4
_MARK = "cache_control"


def bound_breakpoints(fields: dict[str, Any], losses: Losses) -> None:
    """Take the marks that are too many out of a request's fields, which the caller has made.

    The first stays, which most requests share, and the last, behind which each mark finds what is cached before it.
    """
    room = MOST - (_MARK in fields)
    marked = [block for name in ("tools", "system") for block in _marked(fields.get(name))]
    marked += [block for message in fields["messages"] for block in _marked(message["content"])]
    if len(marked) <= room:
        return
    for block in marked[1 : len(marked) - room + 1]:
        del block[_MARK]
    losses.knob(_MARK, f"at most {MOST} breakpoints: {len(marked) - room} in the middle are left out")


def _marked(content: object) -> Iterator[dict[str, Any]]:
    """The blocks with a mark, and those inside results of tools, in the order in which they are cached."""
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict):
            if block.get("type") == "tool_result":
                yield from _marked(block.get("content"))
            if _MARK in block:
                yield block
