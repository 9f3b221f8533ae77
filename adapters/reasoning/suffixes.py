"""Suffixes of model names that ask for thinking or search, as users of New API know them: gpt-5-high, *-thinking-2048.

A name that a channel serves as it is, is never taken apart: many real names end like a suffix. What a suffix means is
written into the upstream's request by edit.py.
"""

import fnmatch
import re
from collections.abc import Mapping, Sequence

import msgspec

from adapters.canonical.request import Reasoning
from adapters.overrides.problem import OverrideError
from adapters.reasoning.claude import claude, is_claude

KEEP = (
    "kimi-k2-thinking*", "qwen*-thinking*", "doubao*-thinking*", "glm-4.1v*-thinking",
    "gpt-5.1-codex-max", "gemini-2.0-flash-thinking-exp*", "*:thinking",
    "sonar*", "*-deep-research*", "gpt-4o-*search*", "gpt-5-search*", "*-search-preview*",
)  # fmt: skip
"""Names that end like a suffix and are whole; a vendor before a slash does not count."""

MAX_KEPT = 200
MAX_BUDGET = 1_000_000


class Suffixed(msgspec.Struct, frozen=True):
    """A name taken apart: `base` is the model, `reasoning` what the suffix asks for, `search`: a web search."""

    base: str
    suffix: str
    reasoning: Reasoning | None = None
    search: bool = False


class Row(msgspec.Struct, frozen=True):
    """Models whose name `pattern` matches from the start take these suffixes."""

    family: str
    pattern: str
    suffixes: tuple[str, ...]


_ALL = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_THINKING = ("thinking", "thinking-N", "nothinking")

TABLE = (
    Row("OpenAI o series, gpt-5 and gpt-oss", r"(o[1-9]|gpt-5|gpt-oss)", _ALL),
    Row("Claude", r".*claude", (*_ALL, *_THINKING)),
    Row("Gemini", r"gemini", ("minimal", "low", "medium", "high", "xhigh", *_THINKING)),
    Row("DeepSeek", r"deepseek", ("none", "low", "high", "max", *_THINKING)),
    Row("Grok", r"grok", ("none", "low", "medium", "high", "search")),
    Row("GLM", r"glm-", _THINKING),
    Row("Kimi", r"kimi-k2\.", _THINKING),
    Row("Doubao", r"(doubao|seed)", ("minimal", "low", "medium", "high", "nothinking")),
    Row("Qwen", r"(qwen|qwq)", ("nothinking", "search")),
    Row("ERNIE", r"ernie", ("search",)),
)
"""Families and the suffixes that they take; the first row that matches counts."""

_COMPILED = [(re.compile(row.pattern), frozenset(row.suffixes)) for row in TABLE]
_SUFFIX = re.compile(r"-(thinking-\d{1,7}|nothinking|thinking|search|none|minimal|low|medium|high|xhigh|max)$")


def parse(model: str, keep: Sequence[str] = ()) -> Suffixed | None:
    """The parts of a name; None when it has no suffix, or is one of KEEP or `keep` (globs)."""
    bare = model.lower().rpartition("/")[2]
    found = _SUFFIX.search(bare)
    if found is None or any(fnmatch.fnmatchcase(bare, glob) for glob in (*KEEP, *keep)):
        return None
    suffix = found[1]
    kind = "thinking-N" if suffix.startswith("thinking-") else suffix
    stem = bare[: found.start()]
    taken = next((suffixes for pattern, suffixes in _COMPILED if pattern.match(stem)), frozenset[str]())
    if not stem or kind not in taken:
        return None
    base = model[: len(model) - len(suffix) - 1]
    if kind == "search":
        return Suffixed(base, suffix, None, search=True)
    return Suffixed(base, suffix, _reasoning(kind, suffix, stem))


def _reasoning(kind: str, suffix: str, stem: str) -> Reasoning:
    if kind == "thinking-N":
        budget = min(int(suffix.rpartition("-")[2]), MAX_BUDGET)
        return Reasoning(enabled=budget > 0, budget=budget, include=budget > 0)
    if kind in ("nothinking", "none"):
        return Reasoning(enabled=False, effort="none")
    if kind == "thinking":
        if is_claude(stem) and not claude(stem).adaptive:
            return Reasoning(enabled=True, effort="high", include=True)
        return Reasoning(enabled=True, adaptive=True, include=True)
    return Reasoning(enabled=True, effort=kind, include=True)


class SuffixPolicy:
    """The setting suffixes: absent or true, false (names are never taken apart), or {keep: [globs]}."""

    __slots__ = ("_keep", "on")

    def __init__(self, given: object = None) -> None:
        if given is not None and not isinstance(given, bool | Mapping):
            raise OverrideError("suffixes", "must be true, false, or an object with keep")
        self.on = given is not False
        keep = given.get("keep", []) if isinstance(given, Mapping) else []
        if isinstance(given, Mapping) and given.keys() - {"keep"}:
            raise OverrideError("suffixes", "must be true, false, or an object with keep")
        if not isinstance(keep, list) or len(keep) > MAX_KEPT or not all(isinstance(one, str) for one in keep):
            raise OverrideError("suffixes.keep", f"must be a list of at most {MAX_KEPT} names or globs")
        self._keep = tuple(one.lower() for one in keep)

    def parse(self, model: str) -> Suffixed | None:
        """As parse, as far as the channel wants it."""
        return parse(model, self._keep) if self.on else None
