"""Requests of /v1/responses: reading what routing needs, and the listed edits of a passthrough.

Nothing below the top level is parsed but, when a conversation carries reasoning of another provider, its items.
"""

import msgspec

from adapters.canonical.sealed import PREFIX
from adapters.head import NO_TARGET, Fields, Head, Target, check_start, read_fields, read_model, read_value
from adapters.protocols.responses.compaction import as_message
from adapters.unreadable import UNREADABLE

# https://platform.openai.com/docs/api-reference/responses/create (2026-11): each of these can stand for the input.
_INSTEAD_OF_INPUT = ("previous_response_id", "conversation", "prompt")
_MAXIMUM = "max_output_tokens"
_EMPTY = (b"", b"null")
_SEALED = b'"' + PREFIX.encode()

_flag = msgspec.json.Decoder(bool | None)
_count = msgspec.json.Decoder(int)
_items = msgspec.json.Decoder(list[msgspec.Raw])
_encode = msgspec.json.encode


class _Carrier(msgspec.Struct):
    encrypted_content: str | None = None


_carrier = msgspec.json.Decoder(_Carrier)


def parse(operation: str, body: bytes, target: Target = NO_TARGET) -> Head:  # noqa: ARG001  # one signature for all
    """Read a request body. Raises ClientError (400) with a message that names the field."""
    fields = read_fields(body)
    model = read_model(fields)
    if "input" in fields or not any(given(fields, name) for name in _INSTEAD_OF_INPUT):
        words = "a string or an array of items"
        check_start(fields, "input", b'"[' if operation == "chat" else b'"[n', words)
    stream = False
    raw = fields.get("stream")
    if raw is not None and operation == "chat":
        stream = bool(read_value(_flag, raw, "stream", "a boolean"))
    return Head(
        "responses", operation, model, stream, wants_usage=True, fields=fields, size=len(body), max_output=_most(fields)
    )


def encode(head: Head, upstream_model: str, *, force_usage: bool, most: int | None = None) -> bytes:  # noqa: ARG001
    """The body for the upstream, as it came but for the model's name and the maximum of output.

    Usage is in every answer of this protocol: there is nothing to force. Reasoning that another provider gave earlier
    in the conversation is left out, for this one cannot read it; what the gateway summed up stands there in words.
    """
    edits: Fields = {}
    if upstream_model != head.model:
        edits["model"] = msgspec.Raw(_encode(upstream_model))
    if most is not None and head.operation == "chat":
        edits[_MAXIMUM] = msgspec.Raw(b"%d" % most)
    items = head.fields.get("input")
    if items is not None and _SEALED in bytes(items):
        edits["input"] = _without_sealed(items)
    return _encode({**head.fields, **edits} if edits else head.fields)


def given(fields: Fields, name: str) -> bool:
    """Whether a field is there and not null."""
    raw = fields.get(name)
    return raw is not None and bytes(raw).strip() not in _EMPTY


def _without_sealed(raw: msgspec.Raw) -> msgspec.Raw:
    try:
        items = _items.decode(raw)
    except UNREADABLE:
        return raw
    return msgspec.Raw(_encode([own for item in items if (own := _own(item)) is not None]))


def _own(item: msgspec.Raw) -> msgspec.Raw | None:
    """The item; notes of the gateway's own as words, and None for what another provider made."""
    if _SEALED not in bytes(item):
        return item
    try:
        encrypted = _carrier.decode(item).encrypted_content or ""
    except UNREADABLE:
        return item
    return as_message(encrypted) if encrypted.startswith(PREFIX) else item


def _most(fields: Fields) -> int | None:
    """The output tokens that the client allows; what is no number is the provider's to refuse."""
    raw = fields.get(_MAXIMUM)
    if raw is None:
        return None
    try:
        return max(_count.decode(raw), 0)
    except UNREADABLE:
        return None
