"""What a rule finds in a text, as spans, and how much of a stream's end it has to see more of before it can tell.

One class for each kind of rule that finds by itself; all have the interface of Finder.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, cast

import ahocorasick_rs
import re2

from adapters.safety import detectors
from adapters.safety.folding import fold
from adapters.safety.rule import MAX_PATTERNS, MAX_WORD, MAX_WORDS, RuleError, SafetyRule

MAX_PATTERN = 1000
MAX_PROGRAM = 10_000
MAX_PREFIXES = 4_000_000


class Span(NamedTuple):
    """Found text from `start` to `end`; `kind` says what: a detector's name, else "word" or "pattern"."""

    start: int
    end: int
    kind: str


class Finder(Protocol):
    """Finds in texts."""

    def spans(self, text: str) -> Iterator[Span]:
        """What is found, in order and without overlaps."""

    def tail(self, text: str) -> int:
        """From where on the text may be the beginning of something to be found; its length when nothing is."""


class Words:
    """A list of words and phrases."""

    def __init__(self, words: list[str], *, whole: bool, window: int) -> None:
        folded = {fold(word.strip()).text for word in words}
        folded.discard("")
        if not folded:
            raise RuleError("words", "must hold at least one word")
        if len(folded) > MAX_WORDS:
            raise RuleError("words", f"must hold at most {MAX_WORDS} words")
        self._longest = max(map(len, folded))
        if self._longest > MAX_WORD:
            raise RuleError("words", f"must hold no word of more than {MAX_WORD} characters")
        self._whole = whole
        self._window = window
        self._automaton = ahocorasick_rs.AhoCorasick(
            sorted(folded), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
        )
        # The beginnings of words: what the end of a stream's text is compared with. Too many: the longest word's
        # length is held back instead.
        self._beginnings: frozenset[str] | None = None
        if sum(map(len, folded)) <= MAX_PREFIXES:
            self._beginnings = frozenset(word[:size] for word in folded for size in range(1, len(word)))

    def spans(self, text: str) -> Iterator[Span]:
        """See Finder."""
        folded = fold(text)
        for _, start, end in self._automaton.find_matches_as_indexes(folded.text):
            if self._whole and not _alone(folded.text, start, end):
                continue
            yield Span(folded.start(start), folded.end(end), "word")

    def tail(self, text: str) -> int:
        """See Finder."""
        folded = fold(text[-2 * MAX_WORD :])
        skipped = max(0, len(text) - 2 * MAX_WORD)
        size = len(folded.text)
        first = max(0, size - self._longest)
        if self._beginnings is None:
            return skipped + (folded.start(first) if first < size else size)
        for start in range(first, size):
            if folded.text[start:] in self._beginnings:
                return skipped + folded.start(start)
        if self._whole and size and folded.text[-1].isalnum():  # the next character says whether a word ends here
            start = size
            while start > first and folded.text[start - 1].isalnum():
                start -= 1
            return skipped + folded.start(start)
        return len(text)


class Patterns:
    """Regular expressions of an operator, in RE2's syntax."""

    def __init__(self, patterns: list[str], *, window: int) -> None:
        if not 0 < len(patterns) <= MAX_PATTERNS:
            raise RuleError("patterns", f"must be 1 to {MAX_PATTERNS} patterns")
        self._window = window
        self._compiled = [_compiled(pattern, f"patterns.{number}") for number, pattern in enumerate(patterns)]

    def spans(self, text: str) -> Iterator[Span]:
        """See Finder."""
        found = (
            Span(match.start(), match.end(), "pattern")
            for regexp in self._compiled
            for match in regexp.finditer(text)
            if match.end() > match.start()
        )
        yield from apart(sorted(found))

    def tail(self, text: str) -> int:
        """See Finder. What a pattern may begin with is not known: the whole window."""
        return max(0, len(text) - self._window)


class Detectors:
    """Personal data and secrets by their form, and by their check digits where they have some."""

    def __init__(self, names: list[str], *, window: int) -> None:
        unknown = [name for name in names if name not in detectors.DETECTORS]
        if unknown or not names:
            raise RuleError("detectors", f"must be of {', '.join(detectors.DETECTORS)}")
        self._wanted = [detectors.DETECTORS[name] for name in names]
        self._window = window
        self._spaced = any(each.spaced for each in self._wanted)

    def spans(self, text: str) -> Iterator[Span]:
        """See Finder."""
        found = (Span(start, end, each.name) for each in self._wanted for start, end in each.find(text))
        yield from apart(sorted(found))

    def tail(self, text: str) -> int:
        """See Finder. Nothing that is detected holds white space, but numbers in groups."""
        end = text[-self._window :]
        match = (_NUMBERS if self._spaced else _WORD).search(end)
        return len(text) - len(end) + (match.start() if match is not None else len(end))


_WORD = re.compile(r"\S+\Z")
_NUMBERS = re.compile(r"(?:[+(]?\d[\d ()./-]*|[A-Za-z]{2}\d\d[A-Za-z\d ]*|\S+)\Z|\S+\Z")


def finder(rule: SafetyRule) -> Finder:
    """What finds for a rule that is no webhook. Raises RuleError."""
    if rule.kind == "words":
        return Words(rule.words, whole=rule.whole_words, window=rule.window)
    if rule.kind == "patterns":
        return Patterns(rule.patterns, window=rule.window)
    if rule.kind == "detectors":
        return Detectors(rule.detectors, window=rule.window)
    raise RuleError("kind", "finds nothing by itself")


def apart(spans: list[Span]) -> Iterator[Span]:
    """Sorted spans, of those that overlap the first and then the longest; of two of the same text the first."""
    best: Span | None = None
    for span in spans:
        if best is None or span.start >= best.end:
            if best is not None:
                yield best
            best = span
        elif span.start == best.start and span.end > best.end:
            best = span
    if best is not None:
        yield best


def _alone(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit stands directly before or behind."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    behind = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not before and not behind


def _compiled(pattern: str, field: str) -> Any:  # noqa: ANN401  # re2 ships no types
    if not 0 < len(pattern) <= MAX_PATTERN:
        raise RuleError(field, f"must be 1 to {MAX_PATTERN} characters")
    options = re2.Options()
    options.max_mem = 1 << 21
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise RuleError(field, f"is not a pattern of RE2: {words}") from None
    if cast("int", compiled.programsize) > MAX_PROGRAM:
        raise RuleError(field, "is too large a pattern; use fewer repetitions of repetitions")
    return compiled
