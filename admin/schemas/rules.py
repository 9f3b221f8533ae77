"""The settings of a channel that change requests and answers; owns that they can be stored and followed.

What they mean is adapters/overrides (docs/overrides.md); nothing of it is repeated here.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from pydantic import AfterValidator, Field

from adapters.overrides import OverrideError, compile_overrides
from adapters.overrides.channel import SETTINGS

MAX_BYTES = 262_144
MAX_DEPTH = 40

# PostgreSQL stores neither NUL nor half a character of UTF-16.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _storable(value: object, depth: int = MAX_DEPTH) -> None:
    if depth == 0:
        raise ValueError(f"must not be nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise ValueError("must not contain NUL or half characters")
    if isinstance(value, dict):
        for name, below in value.items():
            _storable(name, depth)
            _storable(below, depth - 1)
    elif isinstance(value, list):
        for below in value:
            _storable(below, depth - 1)


def _checked(name: str) -> Callable[[Any], Any]:
    """A validator that compiles the one setting, and says in whose place what is wrong."""

    def check(value: Any) -> Any:  # noqa: ANN401  # any JSON
        if value is None:
            return value
        _storable(value)
        try:
            if len(msgspec.json.encode(value)) > MAX_BYTES:
                raise ValueError(f"must be at most {MAX_BYTES} bytes of JSON")
            compile_overrides({name: value})
        except OverflowError:
            raise ValueError("must not hold whole numbers of more than 64 bits") from None
        except OverrideError as error:
            place = error.path.removeprefix(name).lstrip(".")
            raise ValueError(f"{place}: {error.message}" if place else error.message) from None
        return value

    return check


def _setting(name: str, examples: list[Any]) -> Any:  # noqa: ANN401  # what Annotated takes
    return Field(default=None, description=SETTINGS[name], examples=examples)


Object = dict[str, Any]

ParamOverride = Annotated[
    Object | list[Any] | None,
    AfterValidator(_checked("param_override")),
    _setting("param_override", [[{"mode": "default", "path": "temperature", "value": 0.7}]]),
]
HeaderOverride = Annotated[
    Object | None,
    AfterValidator(_checked("header_override")),
    _setting("header_override", [{"X-Session": "{client_header:x-session}"}]),
]
SystemPrompt = Annotated[
    str | Object | None,
    AfterValidator(_checked("system_prompt")),
    _setting("system_prompt", [{"text": "Answer in English.", "mode": "prepend"}]),
]
Privacy = Annotated[
    bool | list[str] | Object | None,
    AfterValidator(_checked("privacy")),
    _setting("privacy", [{"standard": True, "remove": ["user"]}]),
]
StatusMap = Annotated[
    dict[str, int | str] | None,
    AfterValidator(_checked("status_map")),
    _setting("status_map", [{"429": 503}]),
]
ThinkTags = Annotated[bool | str | None, AfterValidator(_checked("think_tags")), _setting("think_tags", [True])]
Suffixes = Annotated[
    bool | Object | None, AfterValidator(_checked("suffixes")), _setting("suffixes", [{"keep": ["my-model-high"]}])
]
