"""Conversations that the gateway has summed up: the answer of /v1/responses/compact, and its item when it comes back.

https://platform.openai.com/docs/api-reference/responses/compact (2026-11): "all user messages, followed by a single
compaction item". The item's `encrypted_content` holds the notes under a mark (canonical/sealed.py); OpenAI's own stays
as it is. Nothing in it is secret to the client.
"""

from typing import Any

import msgspec

from adapters.canonical import compaction
from adapters.canonical.blocks import Refusal, Text
from adapters.canonical.context import Client
from adapters.canonical.request import Turn
from adapters.canonical.response import Candidate, Response
from adapters.canonical.sealed import Sealed, seal, unseal
from adapters.protocols.responses.usage import write_usage
from adapters.unreadable import UNREADABLE

_GATEWAY = "gateway"
_ROLES = (b'"user"',)
_items = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_string = msgspec.json.Decoder(str)
_encode = msgspec.json.encode


def write_compacted(response: Response, client: Client) -> bytes:
    """The answer. Raises ValueError when the model wrote nothing, or did not come to its end."""
    first = response.candidates[0] if response.candidates else Candidate()
    text = "".join(block.text for block in first.blocks if isinstance(block, Text))
    refused = any(isinstance(block, Refusal) for block in first.blocks)
    if not text.strip() or refused or first.finish not in (None, "stop", "stop_sequence", "other"):
        raise ValueError("the conversation was not summed up")
    item = {
        "id": f"cmp_{client.request_id}",
        "type": "compaction",
        "encrypted_content": seal(Sealed(_GATEWAY, "compaction", "", text)),
    }
    body = {
        "id": f"resp_{client.request_id}",
        "object": "response.compaction",
        "created_at": response.created or client.created,
        "output": [*_said(client), item],
        "usage": msgspec.Raw(write_usage(response.usage)),
    }
    return _encode(body)


def opened(encrypted: str) -> Turn | None:
    """The notes of an item that this gateway made; None for any other."""
    sealed = unseal(encrypted)
    if sealed is None or sealed.protocol != _GATEWAY or not sealed.encrypted:
        return None
    return compaction.notes(sealed.encrypted)


def as_message(encrypted: str) -> msgspec.Raw | None:
    """The same as an item that any provider of this protocol reads."""
    turn = opened(encrypted)
    if turn is None:
        return None
    words = "".join(block.text for block in turn.blocks if isinstance(block, Text))
    return msgspec.Raw(_encode({"type": "message", "role": turn.role, "content": words}))


def _said(client: Client) -> list[dict[str, Any]]:
    """What users said, as they said it."""
    raw = client.fields.get("input", msgspec.Raw(b"[]"))
    try:
        if bytes(raw).lstrip().startswith(b'"'):
            return [_message({"content": raw}, client, 0)]
        items = _items.decode(raw)
    except UNREADABLE:
        return []
    found = [item for item in items if bytes(item.get("role", b"")) in _ROLES]
    return [_message(item, client, number) for number, item in enumerate(found)]


def _message(item: dict[str, msgspec.Raw], client: Client, number: int) -> dict[str, Any]:
    content: object = item.get("content", msgspec.Raw(b"[]"))
    if bytes(item.get("content", b"")).lstrip().startswith(b'"'):
        content = [{"type": "input_text", "text": _string.decode(item["content"])}]
    own = item.get("id", f"msg_{client.request_id}_{number}")
    return {"id": own, "type": "message", "status": "completed", "role": "user", "content": content}
