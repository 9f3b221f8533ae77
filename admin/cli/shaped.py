"""What a command is about to send, held against the generated client's shapes: a wrong field is named before it goes.

The gateway checks everything again and knows more (who may, what there is); here it is only names, kinds and choices.
"""

import importlib
import pkgutil
import typing
from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, TypeVar, Union, cast, get_args, get_origin, is_typeddict

from admin.cli.errors import FailureError, misuse
from admin.client import shapes

T = TypeVar("T")
Wrong = list[tuple[str, str]]
"""(path of a field, what is the matter)"""

_PLAIN: dict[object, tuple[tuple[type, ...], str]] = {
    str: ((str,), "text"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
    NoneType: ((NoneType,), "null"),
}


def shaped(shape: type[T], value: object) -> T:
    """The value as the shape, a TypedDict of the client. Raises FailureError (usage) that names each wrong field."""
    wrong = _problems(shape, value, "")
    if wrong:
        raise FailureError("Nothing was sent: what was given is not acceptable.", code=2, fields=wrong)
    return cast("T", value)


def one_of(call: Callable[..., object], parameter: str, value: object, option: str) -> Any:  # noqa: ANN401
    """The value as the parameter of an operation wants it. Raises FailureError (usage) that names the option."""
    # Of this parameter alone: those of the others may name what is imported for type checkers only.
    alone = type("Alone", (), {"__annotations__": {parameter: call.__annotations__[parameter]}})
    wanted = typing.get_type_hints(alone, globalns=vars(typing))[parameter]
    wrong = _problems(wanted, value, "")
    if wrong:
        raise misuse(f"{option}: {wrong[0][1]}")
    return value


def _problems(wanted: Any, value: object, path: str) -> Wrong:  # noqa: ANN401  # any annotation
    if is_typeddict(wanted):
        return _of_object(wanted, value, path)
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin in {Union, UnionType}:
        return _of_union(parts, value, path)
    if origin is Literal:
        choices = ", ".join(str(part) for part in parts)
        return [] if value in parts else [(path, f"is {_short(value)} and may be {choices}.")]
    if origin is dict:
        found = list(value.items()) if isinstance(value, dict) else None
        return _of_each(parts[-1], found, path, "names with values")
    if origin is list:
        found = list(enumerate(value)) if isinstance(value, list) else None
        return _of_each(parts[0], found, path, "a list")
    kinds, name = _PLAIN.get(wanted, ((object,), ""))
    fits = isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds or object in kinds)
    return [] if fits else [(path, f"is {_short(value)} and is to be {name}.")]


def _of_each(wanted: Any, found: list[tuple[Any, Any]] | None, path: str, name: str) -> Wrong:  # noqa: ANN401
    if found is None:
        return [(path, f"is to be {name}.")]
    return [one for key, value in found for one in _problems(wanted, value, _below(path, key))]


def _of_union(parts: tuple[Any, ...], value: object, path: str) -> Wrong:
    tries = [_problems(part, value, path) for part in parts]
    if not all(tries):
        return []
    # What came furthest was meant: an object with one wrong field is told of the field.
    return max(tries, key=lambda wrong: max(len(where) for where, _ in wrong))


def _of_object(shape: Any, value: object, path: str) -> Wrong:  # noqa: ANN401  # a TypedDict's class
    if not isinstance(value, dict):
        return [(path, "is to be an object.")]
    hints = _hints(shape)
    wrong = [(_below(path, name), "there is no such field.") for name in value if name not in hints]
    for name, wanted in hints.items():
        optional = get_origin(wanted) is NotRequired
        if name in value:
            wrong += _problems(get_args(wanted)[0] if optional else wanted, value[name], _below(path, name))
        elif not optional:
            wrong.append((_below(path, name), "is required."))
    return wrong


@cache
def _hints(shape: type[object]) -> dict[str, Any]:
    """The fields of a shape. Shapes of other modules are imported for type checkers only: they are found by name."""
    try:
        return typing.get_type_hints(shape, include_extras=True)
    except NameError:
        return typing.get_type_hints(shape, localns=_every_shape(), include_extras=True)


@cache
def _every_shape() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(shapes.__path__, f"{shapes.__name__}."):
        known = vars(importlib.import_module(module.name))
        found |= {name: value for name, value in known.items() if is_typeddict(value)}
    return found


def _below(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
