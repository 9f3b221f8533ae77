"""What the gateway knows of a request of any protocol before it chooses a channel: its top level, raw.

Each protocol reads it in its own head.py. Nothing below the top level is parsed here.
"""

from typing import TypeAlias, TypeVar

import msgspec

from adapters.errors import ClientError
from adapters.unreadable import UNREADABLE
from adapters.usage import Usage
from adapters.usage import estimate as estimate_usage

Fields: TypeAlias = dict[str, msgspec.Raw]
T = TypeVar("T")

MAX_MODEL_CHARS = 200
"""Longer names, and control characters in them, are refused: the name goes into records, headers and log lines."""

SILENT = frozenset({"embeddings", "count_tokens"})
"""Operations whose answer has no output tokens."""

_fields = msgspec.json.Decoder(Fields)
_string = msgspec.json.Decoder(str)


class Target(msgspec.Struct, frozen=True):
    """What path, query and headers say of a request.

    `model` and `verb` are those of Gemini's paths ("streamGenerateContent"); `array`: a stream is wanted as a JSON
    array; `beta` is Anthropic's header of that name.
    """

    model: str = ""
    verb: str = ""
    array: bool = False
    beta: str = ""


NO_TARGET = Target()


class Head(msgspec.Struct, gc=False):
    """What the gateway knows of a request.

    `operation` is chat, text_completion, embeddings, count_tokens or compact, in every protocol. `fields` are the raw
    top-level values; never mutated, a retry starts from them. `size` is that of the body in bytes.

    `wants_usage`: the client itself asked for the usage event of a stream, or its protocol always has it.
    `max_output`: the output tokens that the client allows. `path_model`: the model is named by the path, not by a
    field; `array` and `beta` as in Target.
    """

    protocol: str
    operation: str
    model: str
    stream: bool
    wants_usage: bool
    fields: Fields
    size: int
    max_output: int | None = None
    path_model: bool = False
    array: bool = False
    beta: str = ""


def read_fields(body: bytes) -> Fields:
    """The top level of a JSON object. Duplicate keys collapse to the last one. Raises ClientError (400)."""
    try:
        fields = _fields.decode(body)
        body.decode()
    except UnicodeDecodeError as error:
        raise ClientError(
            400, f"The request body is not valid UTF-8 (byte {error.start}).", code="invalid_utf8"
        ) from None
    except msgspec.ValidationError:
        raise ClientError(400, "The request body must be a JSON object.", code="invalid_json") from None
    except UNREADABLE as error:
        raise ClientError(400, f"The request body is not valid JSON: {error}.", code="invalid_json") from None
    return fields


def read_model(fields: Fields) -> str:
    """The field "model". Raises ClientError (400)."""
    raw = fields.get("model")
    if raw is None:
        raise ClientError(400, "The field 'model' is required.", param="model", code="missing_required_parameter")
    try:
        model = _string.decode(raw)
    except msgspec.DecodeError:
        message = "The field 'model' must be a string."
        raise ClientError(400, message, param="model", code="invalid_type") from None
    return model if 0 < len(model) <= MAX_MODEL_CHARS and model.isprintable() else check_model(model)


def check_model(model: str) -> str:
    """A model's name as it may stand in records and headers. Raises ClientError (400)."""
    if not model or len(model) > MAX_MODEL_CHARS or not model.isprintable():
        message = f"The field 'model' must be 1 to {MAX_MODEL_CHARS} printable characters."
        raise ClientError(400, message, param="model", code="invalid_value")
    return model


def check_start(fields: Fields, name: str, starts: bytes, words: str) -> None:
    """A required field whose JSON value begins with one of the bytes `starts`. Raises ClientError (400)."""
    # Only the first byte is looked at: the value may be megabytes.
    raw = fields.get(name)
    if raw is not None and memoryview(raw)[0] in starts:
        return
    value = memoryview(raw)[:64].tobytes().lstrip(b" \t\r\n")[:1] if raw is not None else b""
    if not value:
        raise ClientError(400, f"The field '{name}' is required.", param=name, code="missing_required_parameter")
    if value not in starts:
        raise ClientError(400, f"The field '{name}' must be {words}.", param=name, code="invalid_type")


def read_value(decoder: "msgspec.json.Decoder[T]", raw: msgspec.Raw, name: str, words: str) -> T:
    """One field's value. Raises ClientError (400) that names it."""
    try:
        return decoder.decode(raw)
    except msgspec.DecodeError:
        raise ClientError(400, f"The field '{name}' must be {words}.", param=name, code="invalid_type") from None


def estimate(head: Head, answer_bytes: int) -> Usage:
    """Usage of a whole answer whose provider counted nothing; embeddings have no output."""
    return estimate_usage(head.size, 0, 0 if head.operation in SILENT else answer_bytes)
