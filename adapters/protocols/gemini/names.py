"""Two spellings of each name, and values where an array is meant.

Google's servers read proto JSON: https://protobuf.dev/programming-guides/json/ (2026-11). A field may be spelled in
camelCase or snake_case, a number of 64 bits may be a string, and one object stands for an array of one. Nothing is
known here of any message.
"""

from typing import TypeAlias

import msgspec

Fields: TypeAlias = dict[str, msgspec.Raw]

_fields = msgspec.json.Decoder(Fields)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_KNOWN: dict[str, str] = {}


def camel(name: str) -> str:
    """The camelCase of a name in either spelling."""
    if "_" not in name:
        return name
    found = _KNOWN.get(name)
    if found is None:
        head, *rest = name.split("_")
        found = head + "".join(part[:1].upper() + part[1:] for part in rest)
        if len(_KNOWN) < 4096:
            _KNOWN[name] = found
    return found


def fields(raw: msgspec.Raw | bytes) -> Fields:
    """The members of an object by their camelCase names, without those that are null.

    Raises msgspec.DecodeError when it is none.
    """
    found = _fields.decode(raw)
    plain = True
    for name, value in found.items():
        if "_" in name or value == _NULL:
            plain = False
            break
    return found if plain else {camel(name): value for name, value in found.items() if value != _NULL}


def items(raw: msgspec.Raw) -> list[msgspec.Raw]:
    """The elements of an array; an object counts as an array of one. Raises msgspec.DecodeError."""
    return [raw] if bytes(memoryview(raw)[:1]) == b"{" else _list.decode(raw)


def is_null(raw: msgspec.Raw | None) -> bool:
    """Whether a field is absent, null or empty."""
    return raw is None or bytes(memoryview(raw)[:8]).strip() in {b"", b"null"}


_NULL = msgspec.Raw(b"null")
