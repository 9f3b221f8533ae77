"""Model names and globs as channels and keys state them; owns their syntax, not what they match.

A glob holds `*` and no other wildcard, so that it means the same in every layer.
"""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

MAX_MODELS = 2000

# No spaces, no control characters, none of the other characters that some glob dialects give a meaning.
_MODEL = re.compile(r"[^\s\x00-\x1f\x7f\[\]?{}\"'`\\]{1,200}")


def _check(value: str, what: str) -> str:
    if not _MODEL.fullmatch(value) or not value.isprintable():
        raise ValueError(
            f"{what} must have 1 to 200 characters without spaces, quotes or brackets; the only wildcard is *"
        )
    return value


def check_pattern(value: str) -> str:
    """Return `value` when it is a model name or a glob such as `gpt-*`."""
    return _check(value, "a model name")


def check_upstream(value: str) -> str:
    """Return `value` when it can be the upstream's name of a model; "" stands for the same name."""
    if value == "":
        return value
    if "*" in value:
        raise ValueError(
            "an upstream model name must not contain *; leave it empty to keep the name that was asked for"
        )
    return _check(value, "an upstream model name")


def _as_mapping(value: object) -> object:
    """A list of names is short for a mapping of each to the same name."""
    if isinstance(value, list):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("every model name must be text")
        if len(set(value)) != len(value):
            raise ValueError("names a model twice")
        return dict.fromkeys(value, "")
    if isinstance(value, Mapping):
        return {name: "" if upstream is None else upstream for name, upstream in value.items()}
    return value


def _not_twice(value: list[str]) -> list[str]:
    if len(set(value)) != len(value):
        raise ValueError("names a model twice")
    return value


Pattern = Annotated[str, Field(strict=True), AfterValidator(check_pattern)]
Upstream = Annotated[str, Field(strict=True), AfterValidator(check_upstream)]

ModelMap = Annotated[
    dict[Pattern, Upstream],
    BeforeValidator(_as_mapping, json_schema_input_type=dict[str, str | None] | list[str]),
    Field(
        min_length=1,
        max_length=MAX_MODELS,
        description="Public name or glob -> upstream name; an empty upstream name keeps the name that was asked for. "
        "A list of names is accepted too.",
        examples=[{"gpt-5-mini": "", "fast": "gpt-5-nano"}],
    ),
]
ModelList = Annotated[
    list[Pattern],
    AfterValidator(_not_twice),
    Field(min_length=1, max_length=MAX_MODELS, examples=[["gpt-5-mini", "claude-*"]]),
]
