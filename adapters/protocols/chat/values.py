"""Taking typed values out of a request's raw JSON, with errors that name the field. Knows no field's meaning."""

import math
from typing import TypeAlias, TypeVar

import msgspec

from adapters.errors import ClientError
from adapters.unreadable import UNREADABLE

Raws: TypeAlias = dict[str, msgspec.Raw]
T = TypeVar("T")

NULL = msgspec.Raw(b"null")

_string = msgspec.json.Decoder(str)
_number = msgspec.json.Decoder(int | float)
_flag = msgspec.json.Decoder(bool)
_object = msgspec.json.Decoder(Raws)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_objects = msgspec.json.Decoder(list[Raws])
_strings = msgspec.json.Decoder(list[str])

_MOST = 1 << 62
"""Numbers are counts, seeds and tokens: what does not fit into 64 bits cannot be written again."""


def wrong(path: str, words: str) -> ClientError:
    """The error of a field whose value is not what it must be."""
    return ClientError(400, f"The field '{path}' must be {words}.", param=path, code="invalid_type")


class Values:
    """The fields of one JSON object, taken out one by one; `left` are those that nobody took.

    Null is absent; `nulls` names the fields that were null. Every method raises ClientError (400).
    """

    __slots__ = ("left", "nulls", "path")

    def __init__(self, fields: Raws, path: str = "") -> None:
        self.left = dict(fields)
        self.path = path
        self.nulls: list[str] = []

    def name(self, field: str) -> str:
        """The field as the client knows it, from the top."""
        return f"{self.path}.{field}" if self.path else field

    def raw(self, field: str) -> msgspec.Raw | None:
        """The JSON text of any value but null."""
        raw = self.left.pop(field, None)
        if raw is None:
            return None
        if raw == NULL:
            self.nulls.append(field)
            return None
        return raw

    def text(self, field: str) -> str | None:
        """A string."""
        return self._take(field, _string, "a string")

    def flag(self, field: str) -> bool | None:
        """True or false."""
        return self._take(field, _flag, "a boolean")

    def number(self, field: str) -> float | None:
        """A finite number."""
        value = self._take(field, _number, "a number")
        if value is not None and (not math.isfinite(value) or abs(value) > _MOST):
            raise wrong(self.name(field), "a number of at most 18 digits")
        return value

    def whole(self, field: str) -> int | None:
        """A whole number; 12.0 is one."""
        value = self.number(field)
        if value is None or isinstance(value, int):
            return value
        if not value.is_integer():
            raise wrong(self.name(field), "a whole number")
        return int(value)

    def object(self, field: str) -> Raws | None:
        """An object, its values raw."""
        return self._take(field, _object, "an object")

    def items(self, field: str) -> list[msgspec.Raw] | None:
        """An array, its values raw."""
        return self._take(field, _list, "an array")

    def objects(self, field: str) -> list[Raws] | None:
        """An array of objects, their values raw."""
        return self._take(field, _objects, "an array of objects")

    def texts(self, field: str) -> tuple[str, ...] | None:
        """An array of strings."""
        value = self._take(field, _strings, "an array of strings")
        return None if value is None else tuple(value)

    def inside(self, field: str) -> "Values | None":
        """The fields of an object inside."""
        value = self.object(field)
        return None if value is None else Values(value, self.name(field))

    def required(self, value: T | None, field: str) -> T:
        """`value` unless it is None: then the field is missing."""
        if value is None:
            path = self.name(field)
            raise ClientError(400, f"The field '{path}' is required.", param=path, code="missing_required_parameter")
        return value

    @property
    def extra(self) -> Raws | None:
        """What nobody took, without nulls; None when that is nothing."""
        return {name: raw for name, raw in self.left.items() if raw != NULL} or None if self.left else None

    def _take(self, field: str, decoder: "msgspec.json.Decoder[T]", words: str) -> T | None:
        raw = self.left.pop(field, None)
        if raw is None:
            return None
        if raw == NULL:
            self.nulls.append(field)
            return None
        try:
            return decoder.decode(raw)
        except UNREADABLE:
            raise wrong(self.name(field), words) from None


def is_text(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is a string. Only its first byte is looked at: it may be megabytes."""
    return memoryview(raw)[:1].tobytes() == b'"'


def is_object(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is an object."""
    return memoryview(raw)[:1].tobytes() == b"{"
