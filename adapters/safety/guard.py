"""The rules of one request, put together: what they find in a text, and what then becomes of it.

Of several rules the strictest counts: one that blocks, blocks; what is masked is masked in one go.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from adapters.safety.arguments import in_text
from adapters.safety.find import Finder, Span, apart
from adapters.safety.rule import SafetyRule

DEFAULT_MESSAGE = "A safety rule of this gateway does not allow this content."


class Blocked(Exception):  # noqa: N818  # not an error of ours
    """A rule that blocks has found something."""

    def __init__(self, rule: SafetyRule) -> None:
        super().__init__(rule.name)
        self.rule = rule
        self.message = rule.message or DEFAULT_MESSAGE


class Ready(NamedTuple):
    """A rule and what finds for it."""

    rule: SafetyRule
    finder: Finder


class Found(Counter[tuple[str, str]]):
    """How often what was found: (name of the rule, action) -> number."""

    @property
    def words(self) -> str:
        """For records: "mask pii 3, log names 1"."""
        return ", ".join(f"{action} {name} {count}" for (name, action), count in sorted(self.items()))


class Hit(NamedTuple):
    """What a rule found from `start` to `end` of a text."""

    start: int
    end: int
    kind: str
    rule: SafetyRule


class Guard:
    """The rules for one stage of one request, or of many alike. Keeps nothing of what it sees."""

    __slots__ = ("_rules", "window")

    def __init__(self, rules: Sequence[Ready]) -> None:
        self._rules = rules
        self.window = max((each.rule.window for each in rules), default=0)

    def check(self, text: str, found: Found) -> str:
        """The text as it may go on. Raises Blocked. Counts what it finds."""
        hits = self.hits(text)
        return masked(text, settle(hits, found), 0, len(text)) if hits else text

    def check_call(self, arguments: str, found: Found) -> str:
        """As `check`, of a tool call's arguments: the texts in their JSON, or what is no JSON as it stands."""
        return in_text(arguments, lambda text: self.check(text, found))

    def hits(self, text: str) -> list[Hit]:
        """What the rules find, each for itself."""
        return [Hit(*span, rule) for rule, finder in self._rules for span in finder.spans(text)]

    def tail(self, text: str) -> int:
        """From where on the end of a stream's text has to be held back."""
        return min((each.finder.tail(text) for each in self._rules), default=len(text))


Mask = tuple[Span, str]
"""What is masked, and by what."""


def settle(hits: Sequence[Hit], found: Found) -> list[Mask]:
    """Count the hits; what is to be masked, in order and apart. Raises Blocked when one of them is of such a rule."""
    for hit in hits:
        found[hit.rule.name, hit.rule.action] += 1
    for hit in hits:
        if hit.rule.action == "block":
            raise Blocked(hit.rule)
    masks: dict[Span, str] = {}
    for hit in hits:
        if hit.rule.action == "mask":
            text = hit.rule.mask.replace("{rule}", hit.rule.name).replace("{kind}", hit.kind)
            masks.setdefault(Span(hit.start, hit.end, hit.kind), text)
    return [(span, masks[span]) for span in apart(sorted(masks))]


def masked(text: str, masks: Sequence[Mask], start: int, end: int) -> str:
    """The part of the text from `start` to `end` with what stands in for the spans in it."""
    pieces: list[str] = []
    at = start
    for span, mask in masks:
        pieces += (text[at : span.start], mask)
        at = span.end
    pieces.append(text[at:end])
    return "".join(pieces)
