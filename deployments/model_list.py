"""The models that a key may use, in the shape that the asker's official client reads. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

# https://platform.openai.com/docs/api-reference/models, https://docs.claude.com/en/api/models-list,
# https://ai.google.dev/api/models (2026-11). What a vendor says of its own models beside the name is not known here.
_CREATED = "1970-01-01T00:00:00Z"
_METHODS = ("generateContent", "streamGenerateContent", "countTokens")


def one(protocol: str, name: str, owner: str) -> bytes:
    """A single model; `owner` is the provider of its first channel."""
    return msgspec.json.encode(_model(protocol, name, owner))


def many(protocol: str, models: Sequence[tuple[str, str]], query: Mapping[str, str]) -> bytes:
    """A list of (name, owner). Anthropic's and Google's clients may ask for it in pages."""
    if protocol == "messages":
        return _anthropic(models, query)
    if protocol == "gemini":
        return _gemini(models, query)
    listed = [_model("chat", name, owner) for name, owner in models]
    return msgspec.json.encode({"object": "list", "data": listed})


def _anthropic(models: Sequence[tuple[str, str]], query: Mapping[str, str]) -> bytes:
    names = [name for name, _ in models]
    start = names.index(query["after_id"]) + 1 if query.get("after_id") in names else 0
    end = names.index(query["before_id"]) if query.get("before_id") in names else len(names)
    limit = _count(query.get("limit"), 1000)
    page = models[start:end][:limit]
    body = {
        "data": [_model("messages", name, owner) for name, owner in page],
        "first_id": page[0][0] if page else None,
        "last_id": page[-1][0] if page else None,
        "has_more": start + len(page) < end,
    }
    return msgspec.json.encode(body)


def _gemini(models: Sequence[tuple[str, str]], query: Mapping[str, str]) -> bytes:
    token = query.get("pageToken", "")
    start = int(token) if token.isascii() and token.isdecimal() and len(token) < 9 else 0
    size = _count(query.get("pageSize"), 1000)
    body: dict[str, Any] = {"models": [_model("gemini", *each) for each in models[start : start + size]]}
    if start + size < len(models):
        body["nextPageToken"] = str(start + size)
    return msgspec.json.encode(body)


def _count(given: str | None, most: int) -> int:
    number = int(given) if given and given.isascii() and given.isdecimal() and len(given) < 9 else most
    return min(max(number, 1), most)


def _model(protocol: str, name: str, owner: str) -> dict[str, Any]:
    if protocol == "messages":
        return {"type": "model", "id": name, "display_name": name, "created_at": _CREATED}
    if protocol == "gemini":
        return {
            "name": f"models/{name}",
            "baseModelId": name,
            "version": "",
            "displayName": name,
            "supportedGenerationMethods": _METHODS,
        }
    return {"id": name, "object": "model", "created": 0, "owned_by": owner}
