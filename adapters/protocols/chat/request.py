"""Requests of the chat completions family: reading what routing needs, and the listed edits of a passthrough.

The body is kept as raw JSON values by top-level key; nothing below the top level is parsed. Duplicate top-level keys
collapse to the last one before routing sees them, so that the gateway and the upstream can never read two different
models out of one body.
"""

from typing import TypeAlias, TypeVar

import msgspec

from adapters.errors import ClientError
from adapters.usage import Usage
from adapters.usage import estimate as estimate_usage

Fields: TypeAlias = dict[str, msgspec.Raw]
T = TypeVar("T")

_MAXIMA = ("max_completion_tokens", "max_tokens")
_MAXIMUM = {"chat": "max_completion_tokens", "text_completion": "max_tokens"}

MAX_MODEL_CHARS = 200
"""Longer names, and control characters in them, are refused: the name goes into records, headers and log lines."""

_fields = msgspec.json.Decoder(Fields)
_options = msgspec.json.Decoder(Fields)
_string = msgspec.json.Decoder(str)
_count = msgspec.json.Decoder(int)
_flag = msgspec.json.Decoder(bool | None)
_encode = msgspec.json.encode

_TRUE = msgspec.Raw(b"true")
_INCLUDE_USAGE = msgspec.Raw(b'{"include_usage":true}')
_EMPTY = (b"", b"null")

# Operation -> (required key, what its JSON value may begin with, in words). Empty tuple: any value.
_REQUIRED = {
    "chat": ("messages", b"[", "an array of messages"),
    "text_completion": ("prompt", b'"[', "a string or an array"),
    "embeddings": ("input", b'"[', "a string or an array"),
}


class Head(msgspec.Struct, gc=False):
    """What the gateway knows of a request.

    `fields` are the raw top-level values; never mutated, a retry starts from them.

    `wants_usage`: the client itself asked for the usage event of a stream. `max_output`: the output tokens it allows.
    """

    operation: str
    model: str
    stream: bool
    wants_usage: bool
    fields: Fields
    size: int
    max_output: int | None = None


def parse(operation: str, body: bytes) -> Head:
    """Read a request body. Raises ClientError (400) with a message that names the field."""
    try:
        fields = _fields.decode(body)
        body.decode()
    except UnicodeDecodeError as error:
        raise ClientError(
            400, f"The request body is not valid UTF-8 (byte {error.start}).", code="invalid_utf8"
        ) from None
    except msgspec.ValidationError:
        raise ClientError(400, "The request body must be a JSON object.", code="invalid_json") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ClientError(400, f"The request body is not valid JSON: {error}.", code="invalid_json") from None
    raw = fields.get("model")
    if raw is None:
        raise ClientError(400, "The field 'model' is required.", param="model", code="missing_required_parameter")
    model = _read(_string, raw, "model", "a string")
    if not model or len(model) > MAX_MODEL_CHARS or not model.isprintable():
        message = f"The field 'model' must be 1 to {MAX_MODEL_CHARS} printable characters."
        raise ClientError(400, message, param="model", code="invalid_value")
    name, starts, words = _REQUIRED[operation]
    # Only the first byte is looked at: the value may be megabytes.
    value = memoryview(fields[name])[:64].tobytes().lstrip(b" \t\r\n")[:1] if name in fields else b""
    if not value:
        raise ClientError(400, f"The field '{name}' is required.", param=name, code="missing_required_parameter")
    if value not in starts:
        raise ClientError(400, f"The field '{name}' must be {words}.", param=name, code="invalid_type")
    stream = False
    wants_usage = False
    raw = fields.get("stream")
    if raw is not None and operation != "embeddings":
        stream = bool(_read(_flag, raw, "stream", "a boolean"))
        raw = fields.get("stream_options")
        if stream and raw is not None and bytes(raw).strip() not in _EMPTY:
            options = _read(_options, raw, "stream_options", "an object")
            wants_usage = bytes(options.get("include_usage", b"")).strip() == b"true"
    return Head(operation, model, stream, wants_usage, fields, len(body), _most(fields))


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


def estimate(head: Head, answer_bytes: int) -> Usage:
    """Usage of a whole answer whose provider counted nothing; embeddings have no output."""
    return estimate_usage(head.size, 0, 0 if head.operation == "embeddings" else answer_bytes)


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
            except msgspec.DecodeError:
                continue
    return most


def _read(decoder: "msgspec.json.Decoder[T]", raw: msgspec.Raw, name: str, words: str) -> T:
    try:
        return decoder.decode(raw)
    except msgspec.DecodeError:
        raise ClientError(400, f"The field '{name}' must be {words}.", param=name, code="invalid_type") from None
