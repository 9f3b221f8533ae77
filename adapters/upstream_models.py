"""The list of models that an upstream says it has: where it is asked for, and the names in the answer. Pure."""

from typing import Any

import msgspec

MAX_NAMES = 5000
_LONGEST = 200

# https://platform.openai.com/docs/api-reference/models/list, https://platform.claude.com/docs/en/api/models-list and
# https://ai.google.dev/api/models#method:-models.list (2026-11)
_PATHS = {
    "chat": "/models",
    "responses": "/models",
    "messages": "/models?limit=1000",
    "gemini": "/models?pageSize=1000",
}


class ModelListError(ValueError):
    """The answer is no list of models."""


def path(protocol: str, after: str = "") -> str | None:
    """What is asked under a protocol's address; `after` is where the page before ended. None: it has no such list."""
    first = _PATHS.get(protocol)
    if first is None or not after:
        return first
    if protocol == "messages":
        return f"{first}&after_id={after}"
    return f"{first}&pageToken={after}" if protocol == "gemini" else None


def names(protocol: str, body: bytes) -> tuple[list[str], str]:
    """The names in an answer, and where the next page begins ("": there is none). Raises ModelListError."""
    try:
        answer: Any = msgspec.json.decode(body)
        if protocol == "gemini":
            found = [str(one["name"]).removeprefix("models/") for one in answer["models"]]
            following = str(answer.get("nextPageToken") or "")
        else:
            # Together and some self-hosted servers answer with the bare list.
            items = answer if isinstance(answer, list) else answer["data"]
            found = [str(one["id"]) for one in items]
            more = isinstance(answer, dict) and protocol == "messages" and answer.get("has_more")
            following = str(answer.get("last_id") or "") if more else ""
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        raise ModelListError("the provider's answer is no list of models") from None
    usable = [name for name in found if 0 < len(name) <= _LONGEST and name.isprintable() and " " not in name]
    if not following.isascii() or len(following) > 500 or any(sign in following for sign in " &?#/\r\n"):
        following = ""
    return list(dict.fromkeys(usable))[:MAX_NAMES], following
