"""Taking fields out of an item, one by one, so that what nobody took is still there to be given back.

Every reader of this folder works on fresh dictionaries of raw values. A null stays where it is: it differs from absent.
"""

from typing import TypeVar

import msgspec

from adapters.errors import ClientError
from adapters.head import Fields
from adapters.unreadable import UNREADABLE

T = TypeVar("T")

PROTOCOL = "responses"

Raws = msgspec.json.Decoder(list[msgspec.Raw])
Objects = msgspec.json.Decoder(list[Fields])
Object = msgspec.json.Decoder(Fields)
Text = msgspec.json.Decoder(str)
MaybeText = msgspec.json.Decoder(str | None)
MaybeFlag = msgspec.json.Decoder(bool | None)
MaybeCount = msgspec.json.Decoder(int | None)
MaybeNumber = msgspec.json.Decoder(float | None)
MaybeObject = msgspec.json.Decoder(Fields | None)
MaybeObjects = msgspec.json.Decoder(list[Fields] | None)
MaybeTexts = msgspec.json.Decoder(list[str] | None)

encode = msgspec.json.encode

_EMPTY = frozenset({b"null", b'""'})


def raw(value: object) -> msgspec.Raw:
    """A value as JSON text."""
    return msgspec.Raw(encode(value))


def wrong(where: str, words: str) -> ClientError:
    """The error of a field that is not what it must be."""
    return ClientError(400, f"The field '{where}' must be {words}.", param=where, code="invalid_type")


def missing(where: str) -> ClientError:
    """The error of a field that must be there."""
    return ClientError(400, f"The field '{where}' is required.", param=where, code="missing_required_parameter")


def read(decoder: "msgspec.json.Decoder[T]", value: msgspec.Raw, where: str, words: str) -> T:
    """One value. Raises ClientError (400) that names the field."""
    try:
        return decoder.decode(value)
    except UNREADABLE:
        raise wrong(where, words) from None


def take(
    fields: Fields, name: str, decoder: "msgspec.json.Decoder[T | None]", where: str, words: str = "a string"
) -> T | None:
    """A field's value, which is then gone from `fields`; None, and nothing gone, where it is absent or null."""
    value = fields.get(name)
    if value is None:
        return None
    found = read(decoder, value, f"{where}.{name}" if where else name, words)
    if found is not None:
        del fields[name]
    return found


def take_text(fields: Fields, name: str, where: str) -> str:
    """A string that may be missing or null, then it is empty; an empty one stays where it is too."""
    value = fields.get(name)
    if value is None:
        return ""
    found = read(MaybeText, value, f"{where}.{name}", "a string")
    if found:
        del fields[name]
    return found or ""


def need_text(fields: Fields, name: str, where: str) -> str:
    """A string that must be there."""
    found: str | None = take(fields, name, MaybeText, where)
    if found is None:
        raise missing(f"{where}.{name}")
    return found


def starts(value: msgspec.Raw) -> bytes:
    """The first byte of a JSON value, which says its type. Empty for no value."""
    first: bytes = memoryview(value)[:64].tobytes().lstrip(b" \t\r\n")[:1]
    return first


def split(fields: Fields, names: frozenset[str]) -> tuple[Fields | None, Fields | None]:
    """What is left of an item: what says nothing to others (these names, nulls, empty texts), and what others lose."""
    if not fields:
        return None, None
    exact = {name: value for name, value in fields.items() if name in names or bytes(value) in _EMPTY}
    if len(exact) == len(fields):
        return exact, None
    return exact or None, {name: value for name, value in fields.items() if name not in exact}
