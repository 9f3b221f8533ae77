"""When a rule applies: comparisons of fields and variables, joined by AND or OR."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from adapters.overrides import paths
from adapters.overrides.context import MISSING, Context
from adapters.overrides.document import Document
from adapters.overrides.patterns import Pattern, Work
from adapters.overrides.problem import OverrideError

MODES: dict[str, str] = {
    "full": 'equal, as JSON: 1 and 1.0 are, 1 and "1" are not (the default)',
    "prefix": "begins with the text",
    "suffix": "ends with the text",
    "contains": "has the text in it",
    "regex": "matches the pattern somewhere",
    "in": "is one of the values of the list",
    "exists": "is there, whatever it is; takes no value",
    "gt": "is a number above",
    "gte": "is a number not below",
    "lt": "is a number below",
    "lte": "is a number not above",
}  # fmt: skip
MAX_CONDITIONS = 32

_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "contains": str.__contains__,
}
_FIELDS = {"path", "mode", "value", "invert", "pass_missing_key"}


def number(value: object) -> bool:
    """True for JSON numbers; booleans are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(left: object, right: object) -> bool:
    """Equality of JSON values."""
    if number(left) and number(right):
        return left == right
    return type(left) is type(right) and left == right


def as_text(value: object) -> str:
    """A text as it is, anything else as its JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


class Condition:
    """One comparison."""

    __slots__ = ("_invert", "_mode", "_name", "_pass_missing", "_path", "_pattern", "_value")

    def __init__(self, given: object, place: str) -> None:
        if not isinstance(given, Mapping) or not given.keys() <= _FIELDS:
            raise OverrideError(place, f"must be an object of {', '.join(sorted(_FIELDS))}")
        self._name = str(given.get("path", ""))
        self._path = paths.parse(given.get("path"), f"{place}.path")
        self._mode = given.get("mode", "full")
        self._value = given.get("value")
        self._invert = _flag(given, "invert", place)
        self._pass_missing = _flag(given, "pass_missing_key", place)
        self._pattern: Pattern | None = None
        self._check(f"{place}.value", place)

    def _check(self, at: str, place: str) -> None:
        if not isinstance(self._mode, str) or self._mode not in MODES:
            raise OverrideError(f"{place}.mode", f"must be one of {', '.join(MODES)}")
        if self._mode == "regex":
            self._pattern = Pattern(self._value, at)
        elif self._mode == "in" and not isinstance(self._value, list):
            raise OverrideError(at, "must be a list")
        elif self._mode in _NUMBERS and not number(self._value):
            raise OverrideError(at, "must be a number")
        elif self._mode in _TEXTS and isinstance(self._value, dict | list | None):
            raise OverrideError(at, "must be a text")

    def holds(self, document: Document, context: Context | None, work: Work) -> bool:
        """Whether it does; of several values under a path with *, one is enough. Without a context: no variables."""
        values: list[Any] = [container[key] for container, key in document.places(self._path)]
        if not values and context is not None:
            variable = context.variable(self._name)
            values = [] if variable is MISSING else [variable]
        if self._mode == "exists":
            return bool(values) is not self._invert
        if not values:
            return self._pass_missing
        return any(self._compare(value, work) for value in values) is not self._invert

    def _compare(self, value: Any, work: Work) -> bool:  # noqa: ANN401  # any JSON
        if self._mode == "full":
            return same(value, self._value)
        if self._mode == "in":
            return any(same(value, one) for one in self._value)  # type: ignore[union-attr]  # checked above
        compare = _NUMBERS.get(self._mode)
        if compare is not None:
            return number(value) and compare(value, self._value)  # type: ignore[arg-type]  # checked above
        text = as_text(value)
        if self._pattern is not None:
            return self._pattern.found_in(text, work)
        return _TEXTS[self._mode](text, as_text(self._value))


class Conditions:
    """Conditions of one rule; none always hold."""

    __slots__ = ("_all", "_every")

    def __init__(self, given: object, logic: object, place: str) -> None:
        if isinstance(given, Mapping):  # New API's older form: {"model": "gpt-4"} means equal
            given = [{"path": path, "value": value} for path, value in given.items()]
        if not isinstance(given, list) or len(given) > MAX_CONDITIONS:
            raise OverrideError(f"{place}.conditions", f"must be a list of at most {MAX_CONDITIONS}")
        if logic not in ("AND", "OR"):
            raise OverrideError(f"{place}.logic", "must be AND or OR")
        self._all = logic == "AND"
        self._every = [Condition(one, f"{place}.conditions.{number}") for number, one in enumerate(given)]

    def hold(self, document: Document, context: Context | None, work: Work) -> bool:
        """Whether the rule applies. Without a context there are no variables."""
        if not self._every:
            return True
        found = (one.holds(document, context, work) for one in self._every)
        return all(found) if self._all else any(found)


def _flag(given: Mapping[str, Any], name: str, place: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise OverrideError(f"{place}.{name}", "must be true or false")
    return value
