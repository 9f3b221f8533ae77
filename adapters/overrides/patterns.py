"""Regular expressions in rules: RE2, so that no pattern and no text can hold up a replica.

RE2 matches in time linear in the text, and its syntax is that of Go, which rules written for New API are in. What is
left to bound is how often a pattern is looked for: a work budget for each request (docs/overrides.md, "Bounds").
"""

import re
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import re2

from adapters.errors import ClientError
from adapters.overrides.problem import OverrideError

MAX_PATTERN = 512
MAX_TEMPLATE = 1024
MAX_PROGRAM = 10_000
"""Instructions of a compiled pattern: repetitions of repetitions reach it."""
MAX_TEXT = 4_000_000
"""Characters of one text that a pattern is looked for in."""
MAX_MATCHES = 20_000
MAX_SCANNED = 500_000_000
"""Characters that may be looked at in one request, counting a text once for each match in it: two seconds at worst."""
MAX_OUTPUT = 16_000_000
"""Characters that replacing may make in one request."""

_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")


class _Match(Protocol):
    def group(self, *groups: int | str) -> str | None: ...  # of re2, which ships no types
    def start(self) -> int: ...
    def end(self) -> int: ...


class _Regexp(Protocol):
    groups: int
    groupindex: dict[str, int]
    programsize: int

    def search(self, text: str) -> _Match | None: ...
    def sub(self, repl: Callable[[_Match], str], text: str) -> str: ...


class Work:
    """What is left to spend on patterns in one request. Raises ClientError (400) when it is spent."""

    __slots__ = ("matches", "output", "scanned")

    def __init__(self) -> None:
        self.matches = MAX_MATCHES
        self.scanned = MAX_SCANNED
        self.output = MAX_OUTPUT

    def spend(self, *, scanned: int, output: int = 0, matches: int = 0) -> None:
        """Take off what one step costs."""
        self.scanned -= scanned
        self.output -= output
        self.matches -= matches
        if self.scanned < 0 or self.output < 0 or self.matches < 0:
            raise ClientError(
                400, "The request is too long for the rules that this model has here.", code="override_limit"
            )


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_regexp", "text")

    def __init__(self, text: object, place: str) -> None:
        if not isinstance(text, str) or not 0 < len(text) <= MAX_PATTERN:
            raise OverrideError(place, f"must be a pattern of 1 to {MAX_PATTERN} characters")
        self.text = text
        options = re2.Options()
        options.max_mem = 1 << 21
        options.log_errors = False
        try:
            self._regexp = cast("_Regexp", re2.compile(text, options))
        except re2.error as error:
            said = error.args[0] if error.args else b""
            words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            raise OverrideError(place, f"is not a pattern of RE2: {words}") from None
        if self._regexp.programsize > MAX_PROGRAM:
            raise OverrideError(place, "is too large a pattern; use fewer repetitions of repetitions")

    def found_in(self, text: str, work: Work) -> bool:
        """Whether it is somewhere in a text."""
        work.spend(scanned=len(text))
        return self._regexp.search(text) is not None

    def template(self, text: object, place: str) -> "Template":
        """A replacement with $1, ${1}, ${name} and $$. Raises OverrideError for a group that the pattern lacks."""
        if not isinstance(text, str) or len(text) > MAX_TEMPLATE:
            raise OverrideError(place, f"must be a text of at most {MAX_TEMPLATE} characters")
        pieces: list[str | int] = []
        at = 0
        for found in _REFERENCE.finditer(text):
            pieces.append(text[at : found.start()])
            at = found.end()
            name = found[1] or found[2]
            if name is None:
                pieces.append("$")
                continue
            group = int(name) if name.isdecimal() else self._regexp.groupindex.get(name, -1)
            if not 0 <= group <= self._regexp.groups:
                raise OverrideError(place, f"names the group {name}, which the pattern does not have")
            pieces.append(group)
        return Template([*pieces, text[at:]])

    def replace(self, text: str, template: "Template", work: Work) -> str:
        """The text with every match replaced."""
        size = len(text)
        if size > MAX_TEXT:
            work.spend(scanned=MAX_SCANNED + 1)
        work.spend(scanned=size)

        def once(match: _Match) -> str:
            out = template.expand(match)
            work.spend(scanned=size, output=len(out), matches=1)
            return out

        return self._regexp.sub(once, text)


class Template:
    """A replacement: texts and numbers of groups."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: Sequence[str | int]) -> None:
        self._pieces = [piece for piece in pieces if piece != ""]

    def expand(self, match: _Match) -> str:
        """What stands in for a match."""
        return "".join(piece if isinstance(piece, str) else match.group(piece) or "" for piece in self._pieces)
