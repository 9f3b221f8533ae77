"""Requests of the chat completions family: reading what routing needs, and the listed edits of a passthrough.

The body is kept as raw JSON values by top-level key; nothing below the top level is parsed. Duplicate top-level keys
collapse to the last one before routing sees them, so that the gateway and the upstream can never read two different
models out of one body.
"""

import msgspec

from adapters.head import NO_TARGET, Fields, Head, Target, check_start, read_fields, read_model, read_value
from adapters.unreadable import UNREADABLE

_MAXIMA = ("max_completion_tokens", "max_tokens")
_MAXIMUM = {"chat": "max_completion_tokens", "text_completion": "max_tokens"}

_options = msgspec.json.Decoder(Fields)
_count = msgspec.json.Decoder(int)
_flag = msgspec.json.Decoder(bool | None)
_encode = msgspec.json.encode

_TRUE = msgspec.Raw(b"true")
_INCLUDE_USAGE = msgspec.Raw(b'{"include_usage":true}')
_EMPTY = (b"", b"null")

# Operation -> (required key, what its JSON value may begin with, in words).
_REQUIRED = {
    "chat": ("messages", b"[", "an array of messages"),
    "text_completion": ("prompt", b'"[', "a string or an array"),
    "embeddings": ("input", b'"[', "a string or an array"),
}


def parse(operation: str, body: bytes, target: Target = NO_TARGET) -> Head:  # noqa: ARG001  # one signature for all
    """Read a request body. Raises ClientError (400) with a message that names the field."""
    fields = read_fields(body)
    model = read_model(fields)
    check_start(fields, *_REQUIRED[operation])
    stream = False
    wants_usage = False
    raw = fields.get("stream")
    if raw is not None and operation != "embeddings":
        stream = bool(read_value(_flag, raw, "stream", "a boolean"))
        raw = fields.get("stream_options")
        if stream and raw is not None and bytes(raw).strip() not in _EMPTY:
            options = read_value(_options, raw, "stream_options", "an object")
            wants_usage = bytes(options.get("include_usage", b"")).strip() == b"true"
    return Head("chat", operation, model, stream, wants_usage, fields, len(body), _most(fields))


def encode(head: Head, upstream_model: str, *, force_usage: bool, most: int | None = None) -> bytes:
    """The body for the upstream.

    As it came but for the model's name and, with `force_usage`, the request for usage in a stream. `most` is what the
    output is cut to: it replaces the client's maximum, or becomes one.
    """
    edits: Fields = {}
    if upstream_model != head.model:
        edits["model"] = msgspec.Raw(_encode(upstream_model))
    if force_usage and head.stream and not head.wants_usage:
        raw = head.fields.get("stream_options")
        if raw is None or bytes(raw).strip() in _EMPTY:
            edits["stream_options"] = _INCLUDE_USAGE
        else:
            edits["stream_options"] = msgspec.Raw(_encode({**_options.decode(raw), "include_usage": _TRUE}))
    if most is not None:
        named = [name for name in _MAXIMA if name in head.fields] or [_MAXIMUM[head.operation]]
        edits.update(dict.fromkeys(named, msgspec.Raw(b"%d" % most)))
    return _encode({**head.fields, **edits} if edits else head.fields)


def _most(fields: Fields) -> int | None:
    """The output tokens that the client allows, the largest where it names several.

    What is no number is the provider's to refuse.
    """
    most = None
    for name in _MAXIMA:
        raw = fields.get(name)
        if raw is not None:
            try:
                most = max(_count.decode(raw), most or 0)
            except UNREADABLE:
                continue
    return most
