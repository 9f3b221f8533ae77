"""From a sentence to its code and what was filled in, so that a client can say it in another language.

`problems.json` has the sentences; `problem_catalogue.py` writes it. A sentence that is not in it has no code.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

FILE = Path(__file__).with_name("problems.json")

_PLACE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_SHOWN = {
    "gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "actual_length", "expected", "field_type",
    "max_digits", "decimal_places", "whole_digits", "expected_schemes", "expected_tags", "class_name",
}  # fmt: skip
"""What pydantic tells of a refusal that is the schema's: nothing of the input, no pattern, which says little."""


class Said(NamedTuple):
    """`code` is "" for a sentence that nobody knows."""

    code: str
    params: dict[str, str | int | float]


NOTHING = Said("", {})


class Catalogue(msgspec.Struct):
    """The file."""

    slugs: dict[str, list[int]]
    kinds: list[str]
    sentences: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    checks: list[dict[str, Any]]


@cache
def catalogue() -> Catalogue:
    """What the API may answer."""
    return msgspec.json.decode(FILE.read_bytes(), type=Catalogue)


class Texts:
    """Sentences of one kind: those without places by their text, the others as patterns, the longest first."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._exact = {_plain(one["text"]): str(one["code"]) for one in entries if not one["params"]}
        places = sorted((one for one in entries if one["params"]), key=lambda one: -len(_PLACE.sub("", one["text"])))
        self._patterns = [(_pattern(one["text"]), str(one["code"])) for one in places]

    def find(self, text: str) -> Said:
        """The code and what was filled in."""
        code = self._exact.get(text)
        if code is not None:
            return Said(code, {})
        for pattern, code in self._patterns:
            if (match := pattern.fullmatch(text)) is not None:
                return Said(code, {name: _bare(value) for name, value in match.groupdict().items()})
        return NOTHING


def _plain(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PLACE.split(text)
    # Every second part is the name of a place.
    made = [f"(?P<{part}>.+?)" if index % 2 else re.escape(_plain(part)) for index, part in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)


def _bare(value: str) -> str:
    """Without the quotes that a name is shown in."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


@cache
def _sentences() -> Texts:
    return Texts(catalogue().sentences)


@cache
def _fields() -> Texts:
    return Texts(catalogue().fields)


def sentence(text: str) -> Said:
    """Of a problem's detail."""
    return _sentences().find(text)


def field(text: str) -> Said:
    """Of what is said about a field."""
    return _fields().find(text)


def check(error: Mapping[str, Any], text: str) -> Said:
    """Of an error of pydantic's; `text` is what is said of it."""
    kind = str(error.get("type", ""))
    if kind in {"value_error", "assertion_error"}:
        return field(text)
    given = error.get("ctx") or {}
    return Said(kind, {name: _simple(value) for name, value in given.items() if name in _SHOWN})


def _simple(value: object) -> str | int | float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)[:200]
