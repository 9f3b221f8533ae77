"""Elements of arrays chosen by one of their fields: tools.#(type=="function").name, as New API's rules write it.

A subset of GJSON's queries: one comparison of a field with a JSON value; `)` takes the first element, `)#` all of them.
"""

import re
from typing import Any

import msgspec

from adapters.overrides.problem import OverrideError

_QUERY = re.compile(r"#\(\s*([^=!<>%()\"]+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*\)(#?)")
_KNOWN = "==, !=, <, <=, > and >="


class Query(msgspec.Struct, frozen=True):
    """`field` may be dotted; a field that is not there compares as null."""

    field: tuple[str, ...]
    compare: str
    value: Any
    every: bool

    def keys(self, container: list[Any]) -> list[int]:
        """Indexes of the elements that it chooses."""
        found = [index for index, item in enumerate(container) if self._holds(item)]
        return found if self.every else found[:1]

    def _holds(self, item: Any) -> bool:  # noqa: ANN401  # any JSON
        for name in self.field:
            item = item.get(name) if isinstance(item, dict) else None
        if self.compare in ("==", "!="):
            return _same(item, self.value) is (self.compare == "==")
        if not _ordered(item, self.value):
            return False
        match self.compare:
            case "<":
                return bool(item < self.value)
            case "<=":
                return bool(item <= self.value)
            case ">":
                return bool(item > self.value)
        return bool(item >= self.value)


def parse_query(text: str, place: str) -> Query:
    """A segment that begins with #(. Raises OverrideError."""
    found = _QUERY.fullmatch(text)
    if found is None:
        raise OverrideError(place, f'has a query that is not understood; write #(field=="value"), with one of {_KNOWN}')
    try:
        value = msgspec.json.decode(found[3])
    except msgspec.DecodeError:
        value = found[3]  # a word without quotation marks
    return Query(tuple(found[1].split(".")), found[2], value, every=found[4] == "#")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(left: object, right: object) -> bool:
    return left == right and (type(left) is type(right) or (_number(left) and _number(right)))


def _ordered(left: object, right: object) -> bool:
    return (_number(left) and _number(right)) or (isinstance(left, str) and isinstance(right, str))
