"""Configuration as text: YAML or JSON <-> plain values. Knows no noun.

A text comes over the network: it may not name values twice, refer to others (which could make little text large), or be
of types that JSON does not have.
"""

import json
from datetime import date
from typing import Any

import yaml

from admin.problems import Problem

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 50


class _Loader(yaml.CSafeLoader):
    """YAML's safe loader, which refuses a key that is there twice in place of forgetting the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """As the safe loader, after a look at the keys."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there twice", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(text: str) -> Any:  # noqa: ANN401  # what a text says may be anything
    """What the text says. Raises a Problem (422) with the line of what cannot be read."""
    try:
        if text.lstrip()[:1] == "{":
            return json.loads(text, object_pairs_hook=_named_once)
        _look_over(text)
        # The loader is a safe one.
        return _plain(yaml.load(text, Loader=_Loader))  # noqa: S506  # nosec B506
    except _TwiceError as error:
        raise _unreadable(f"{error.args[0]!r} is there twice"[:200]) from None
    except json.JSONDecodeError as error:
        raise _unreadable(f"line {error.lineno}, column {error.colno}: this is not JSON") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _unreadable(f"{where}{error.problem or 'this is not YAML'}"[:200]) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise _unreadable("this is neither YAML nor JSON") from None


def refuse_twice(body: bytes) -> None:
    """Raise a Problem (422) that names a member which an object of a JSON body has twice; any other body is fine."""
    try:
        json.loads(body, object_pairs_hook=_named_once)
    except _TwiceError as error:
        raise _unreadable(f"{error.args[0]!r} is there twice"[:200]) from None
    except (ValueError, RecursionError):
        return  # who reads it says what is wrong


class _TwiceError(ValueError):
    """An object has two members of that name."""


def _named_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            raise _TwiceError(name)
        found[name] = value
    return found


def _look_over(text: str) -> None:
    """What reading it must not run into, before it is read. Raises a Problem, or an error of the parser."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _unreadable("it refers to other places of itself (*name); write the values out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _unreadable("it is nested too deeply")


def write(values: Any, head: str) -> str:  # noqa: ANN401  # of plain values
    """The values as YAML below a comment."""
    text: str = yaml.dump(values, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=1000)
    return "".join(f"# {line}\n" for line in head.splitlines()) + text


def _plain(value: Any) -> Any:  # noqa: ANN401  # as above
    if isinstance(value, dict):
        return {str(name): _plain(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_plain(below) for below in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(type(value).__name__)


def _unreadable(why: str) -> Problem:
    return Problem(422, f"The text cannot be read: {why}.", slug="invalid")
