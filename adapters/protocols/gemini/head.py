"""Requests of the Gemini API: reading what routing needs, and the listed edits of a passthrough.

The model and what is asked of it stand in the path. The body is kept as raw values by top-level key; below it only the
maximum of output tokens is looked at.
"""

import msgspec

from adapters.errors import ClientError
from adapters.head import NO_TARGET, Fields, Head, Target, check_model, check_start, read_fields
from adapters.protocols.gemini.names import camel
from adapters.protocols.gemini.own_contents import SEALED, own_contents
from adapters.unreadable import UNREADABLE

_fields = msgspec.json.Decoder(Fields)
_list = msgspec.json.Decoder(list[Fields])
_count = msgspec.json.Decoder(int | float | str)
_encode = msgspec.json.encode

# Verb of the path -> (required key, what its JSON value may begin with, in words).
_REQUIRED = {
    "generateContent": ("contents", b"[{", "an array of contents"),
    "streamGenerateContent": ("contents", b"[{", "an array of contents"),
    "embedContent": ("content", b"{", "an object"),
    "batchEmbedContents": ("requests", b"[", "an array of requests"),
}
_VERBS = {"chat": "generateContent", "count_tokens": "countTokens", "embeddings": "batchEmbedContents"}
MAXIMUM = "maxOutputTokens"
CONFIG = "generationConfig"
NESTED = "generateContentRequest"
"""countTokens takes either `contents` or a whole request under this name."""


def parse(operation: str, body: bytes, target: Target = NO_TARGET) -> Head:
    """Read a request body; the model is the path's. Raises ClientError (400) with a message that names the field."""
    fields = read_fields(body)
    model = check_model(target.model.removeprefix("models/"))
    verb = target.verb or _VERBS[operation]
    required = _REQUIRED.get(verb)
    if required is not None:
        check_start(fields, *required)
    elif _spelled(fields, NESTED) is None:
        check_start(fields, *_REQUIRED["generateContent"])
    stream = verb == "streamGenerateContent"
    return Head(
        "gemini",
        operation,
        model,
        stream,
        True,
        fields,
        len(body),
        _most(fields) if operation == "chat" else None,
        path_model=True,
        array=stream and target.array,
    )


def encode(head: Head, upstream_model: str, *, force_usage: bool, most: int | None = None) -> bytes:  # noqa: ARG001
    """The body for the upstream.

    As it came but for the model's name where the body repeats it, and for what another provider made (own_contents.py).
    Usage is in every stream, so that `force_usage` asks
    for nothing. `most` is what the output is cut to: it replaces the client's maximum, or becomes one.
    """
    fields = head.fields
    edits: Fields = {}
    if upstream_model != head.model:
        edits.update(_renamed(fields, upstream_model))
    if most is not None:
        name = _spelled(fields, CONFIG) or CONFIG
        config = _object(fields[name]) if name in fields else {}
        kept = {key: value for key, value in config.items() if camel(key) != MAXIMUM}
        edits[name] = msgspec.Raw(_encode({**kept, MAXIMUM: msgspec.Raw(b"%d" % most)}))
    body = _encode({**fields, **edits} if edits else fields)
    if SEALED in body and "contents" in fields:
        body = _encode({**fields, **edits, "contents": own_contents(fields["contents"])})
    return body


def _renamed(fields: Fields, model: str) -> Fields:
    """The places where a body says the model again: there it must be that of the path."""
    named = msgspec.Raw(_encode(f"models/{model}"))
    edits: Fields = {}
    if "model" in fields:
        edits["model"] = named
    try:
        nested = _spelled(fields, NESTED)
        if nested is not None:
            edits[nested] = msgspec.Raw(_encode({**_fields.decode(fields[nested]), "model": named}))
        if "requests" in fields:
            listed = _list.decode(fields["requests"])
            requests = [{**each, "model": named} if "model" in each else each for each in listed]
            edits["requests"] = msgspec.Raw(_encode(requests))
    except UNREADABLE as error:
        raise ClientError(400, f"The request body is not what it should be: {error}.", code="invalid_type") from None
    return edits


def _spelled(fields: Fields, name: str) -> str | None:
    """The key as the client spelled it, None: it is not there."""
    return name if name in fields else next((key for key in fields if "_" in key and camel(key) == name), None)


def _object(raw: msgspec.Raw) -> Fields:
    """The members of an object, none where it is something else: the provider refuses that."""
    try:
        return _fields.decode(raw)
    except UNREADABLE:
        return {}


def _most(fields: Fields) -> int | None:
    """The output tokens that the client allows, the largest where it names several."""
    most: int | None = None
    for key, raw in fields.items():
        if camel(key) != CONFIG:
            continue
        for name, value in _object(raw).items():
            if camel(name) == MAXIMUM:
                try:
                    most = max(int(_count.decode(value)), most or 0)
                except (msgspec.DecodeError, ValueError, OverflowError):
                    continue
    return most
