"""A request body that rules work on: top-level values are read only when a rule names them.

What no rule names goes out byte for byte. The fields that it is made from are never changed.
"""

from typing import Any

import msgspec

from adapters.errors import ClientError
from adapters.head import Fields
from adapters.overrides import paths
from adapters.overrides.context import MISSING
from adapters.overrides.paths import Path
from adapters.unreadable import UNREADABLE

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.encode


class Document:
    """One body. `fields()` is the result."""

    __slots__ = ("_changed", "_fields", "_root")

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._root: dict[str, Any] = {}
        self._changed: set[str] = set()

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Document":
        """An object that is read already, to be looked at."""
        document = cls({})
        document._root = item
        return document

    def value(self, path: Path) -> Any:  # noqa: ANN401  # any JSON
        """The first value under a path, MISSING when nothing is there. Not to be changed."""
        for container, key in self.places(path):
            return container[key]
        return MISSING

    def places(self, path: Path, *, change: bool = False) -> list[tuple[Any, Any]]:
        """(container, key) of everything under a path; with `change` they may be written to."""
        self._open(str(path[0]), change=change)
        return list(paths.places(self._root, path))

    def put(self, path: Path, value: Any) -> None:  # noqa: ANN401  # any JSON
        """See paths.put."""
        name = str(path[0])  # never a query: see paths.parse
        self._open(name, change=True)
        if name != paths.EVERY:
            self._changed.add(name)
        paths.put(self._root, path, value)

    def delete(self, path: Path) -> None:
        """Take away what is there under a path."""
        for container, key in reversed(self.places(path, change=True)):
            del container[key]

    def fields(self) -> Fields:
        """The top level with its changes, in its order."""
        if not self._changed:
            return self._fields
        found: Fields = {}
        for name in (*self._fields, *self._root):
            if name not in self._changed:
                found[name] = self._fields[name]
            elif name in self._root and name not in found:
                found[name] = msgspec.Raw(_encode(self._root[name]))
        return found

    def _open(self, name: str, *, change: bool) -> None:
        names = list(self._fields) if name == paths.EVERY else [name]
        for each in names:
            if each in self._fields:
                if each not in self._root and each not in self._changed:
                    self._root[each] = read(each, self._fields[each])
                if change:
                    self._changed.add(each)


def read(name: str, raw: msgspec.Raw) -> Any:  # noqa: ANN401  # any JSON
    """A top-level value. Raises ClientError (400): JSON can say what no number or text here can hold."""
    try:
        return _decode(raw)
    except UNREADABLE as error:
        raise ClientError(
            400, f"The field '{name}' cannot be read: {error}.", code="invalid_json", param=name
        ) from None
