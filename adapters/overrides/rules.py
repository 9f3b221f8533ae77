"""param_override: a list of operations, checked and compiled.

Three spellings are read: a list of operations; an object {"operations": [...]}, which is New API's; and a plain object,
whose fields are set one by one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.overrides.conditions import Conditions
from adapters.overrides.operations import OPERATIONS, Operation, Run
from adapters.overrides.paths import EVERY, parse
from adapters.overrides.problem import OverrideError

MAX_RULES = 100

PROTECTED = {
    "model": "the model's name is what the channel's `models` map it to: routes and prices hang on it",
    "stream": "whether an answer is a stream is the client's to say",
}
"""Top-level fields that no rule writes, and why."""

_COMMON = {"mode", "op", "conditions", "logic", "description"}


class Compiled:
    """One operation with its conditions."""

    __slots__ = ("_act", "_conditions", "mode", "path")

    def __init__(self, given: object, place: str) -> None:
        if not isinstance(given, Mapping):
            raise OverrideError(place, "must be an object with a mode")
        self.mode = given.get("mode", given.get("op"))
        row = OPERATIONS.get(self.mode) if isinstance(self.mode, str) else None
        if row is None:
            raise OverrideError(f"{place}.mode", f"must be one of {', '.join(OPERATIONS)}")
        _check_fields(given, row, place)
        self.path = _place_of(given)
        logic = str(given.get("logic") or "OR").upper()
        self._conditions = Conditions(given.get("conditions") or [], logic, place)
        self._act: Callable[[Run], None] = row.prepare(given, place)

    def run(self, run: Run) -> bool:
        """Apply it when its conditions hold; whether they did."""
        if not self._conditions.hold(run.document, run.context, run.work):
            return False
        self._act(run)
        return True

    @property
    def words(self) -> str:
        """For the preview: "set temperature"."""
        return f"{self.mode} {self.path}".strip()


def _place_of(given: Mapping[str, Any]) -> str:
    if given.get("path"):
        return str(given["path"])
    ends = [str(given[name]) for name in ("from", "to") if isinstance(given.get(name), str)]
    return " to ".join(ends)


def _check_fields(given: Mapping[str, Any], row: Operation, place: str) -> None:
    # New API's editor leaves empty fields behind that an operation has no use for; they say nothing.
    empty = {name for name, value in given.items() if value in ("", None, False)}
    unknown = given.keys() - {*row.takes, *row.may, *_COMMON} - empty
    if unknown:
        raise OverrideError(place, f"{given.get('mode', given.get('op'))} does not know {', '.join(sorted(unknown))}")
    for name in row.takes:
        if name not in given:
            raise OverrideError(f"{place}.{name}", "is required")
    for name in row.writes:
        text = given.get(name)
        if isinstance(text, str) and not text.startswith("header:"):
            _check_free(str(parse(text.removeprefix("json:"), f"{place}.{name}")[0]), f"{place}.{name}")


def _check_free(field: str, place: str) -> None:
    if field in PROTECTED:
        raise OverrideError(place, f"must not change `{field}`: {PROTECTED[field]}")
    if field == EVERY:
        raise OverrideError(place, "must name a top-level field, not *")


def compile_rules(given: object, place: str = "param_override") -> tuple[Compiled, ...]:
    """The operations in order. Raises OverrideError."""
    if isinstance(given, Mapping):
        fields = {str(name): value for name, value in given.items() if name != "operations"}
        for name in fields:
            _check_free(name, f"{place}.{name}")
        sets = [{"mode": "set", "path": name.replace(".", "\\."), "value": value} for name, value in fields.items()]
        if "operations" not in given:
            given = sets
        elif isinstance(given["operations"], list):
            place = f"{place}.operations"
            first = [Compiled(one, place) for one in sets]
            return (*first, *_compiled(given["operations"], place))
        else:
            given, place = given["operations"], f"{place}.operations"
    return _compiled(given, place)


def _compiled(given: object, place: str) -> tuple[Compiled, ...]:
    if not isinstance(given, list) or len(given) > MAX_RULES:
        raise OverrideError(place, f"must be a list of at most {MAX_RULES} operations")
    return tuple(Compiled(one, f"{place}.{number}") for number, one in enumerate(given))
