"""Arguments of a call that come in pieces, each with its place in the object: Vertex AI's streamFunctionCallArguments.

https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc (2026-11).
"""

import re
from itertools import pairwise
from typing import Any, Literal

import msgspec

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[['\"]([^'\"]*)['\"]\]")
_MOST = 10_000
"""Elements of an array: a place beyond is nonsense, and must not take memory."""


class PartialArg(msgspec.Struct, rename="camel", gc=False):
    """A piece of one value; a text continues where `will_continue` was said before."""

    json_path: str = ""
    string_value: str | None = None
    number_value: int | float | None = None
    bool_value: bool | None = None
    null_value: Literal["NULL_VALUE"] | None = None
    will_continue: bool | None = None

    @property
    def value(self) -> Any:  # noqa: ANN401  # a JSON value
        """What it says."""
        return next((one for one in (self.string_value, self.number_value, self.bool_value) if one is not None), None)


class PartialArgs:
    """Puts the pieces together."""

    __slots__ = ("_args", "_open")

    def __init__(self) -> None:
        self._args: dict[str, Any] = {}
        self._open = ""

    def begin(self, args: dict[str, Any]) -> None:
        """What is known from the start."""
        self._args.update(args)

    def add(self, pieces: list[PartialArg]) -> None:
        """More of the arguments."""
        for piece in pieces:
            self._set(piece)
            self._open = piece.json_path if piece.will_continue else ""

    def text(self) -> str:
        """The arguments as JSON."""
        return msgspec.json.encode(self._args).decode()

    def _set(self, piece: PartialArg) -> None:
        steps: list[str | int] = [
            int(found[2]) if found[2] is not None else found[1] or found[3] or ""
            for found in _STEP.finditer(piece.json_path.removeprefix("$"))
        ]
        if not steps or not isinstance(steps[0], str):
            return
        place: Any = self._args
        for step, following in pairwise(steps):
            place = _child(place, step, [] if isinstance(following, int) else {})
            if place is None:
                return
        last = steps[-1]
        value = piece.value
        if piece.json_path == self._open and isinstance(value, str):
            before = _child(place, last, "")
            value = before + value if isinstance(before, str) else value
        _put(place, last, value)


def _child(place: Any, step: str | int, new: Any) -> Any:  # noqa: ANN401  # JSON values
    """What is at a step, made where there is nothing; None where the step does not fit."""
    if isinstance(place, dict) and isinstance(step, str):
        return place.setdefault(step, new)
    if isinstance(place, list) and isinstance(step, int) and step < _MOST:
        _put(place, step, place[step] if step < len(place) and place[step] is not None else new)
        return place[step]
    return None


def _put(place: Any, step: str | int, value: Any) -> None:  # noqa: ANN401  # JSON values
    if isinstance(place, dict) and isinstance(step, str):
        place[step] = value
    elif isinstance(place, list) and isinstance(step, int) and step < _MOST:
        place.extend([None] * (step + 1 - len(place)))
        place[step] = value
