"""The safety rules that a request falls under, by stage, and what they have found in it so far."""

from collections.abc import Sequence
from typing import NamedTuple

from adapters.safety.guard import Found, Guard, Ready
from adapters.safety.rule import SafetyRule

ANSWERED = frozenset({"chat", "text_completion"})
"""Operations whose answers hold text of a model."""


class Hook(NamedTuple):
    """A rule whose judge is elsewhere."""

    rule: SafetyRule
    secret: str


class Applied:
    """The rules that a request falls under. Shared by requests alike: what is found is kept in Checks."""

    __slots__ = ("input", "input_hooks", "output", "output_hooks")

    def __init__(self, rules: Sequence[Ready], hooks: Sequence[Hook]) -> None:
        self.input = _guard(rules, "input")
        self.output = _guard(rules, "output")
        self.input_hooks = [hook for hook in hooks if "input" in hook.rule.stages]
        self.output_hooks = [hook for hook in hooks if "output" in hook.rule.stages]

    @property
    def answers(self) -> bool:
        """Whether answers are looked at."""
        return self.output is not None or bool(self.output_hooks)


class Checks:
    """What one request has to do with rules."""

    __slots__ = ("applied", "found")

    def __init__(self, applied: Applied) -> None:
        self.applied = applied
        self.found = Found()


def _guard(rules: Sequence[Ready], stage: str) -> Guard | None:
    chosen = [each for each in rules if stage in each.rule.stages]
    return Guard(chosen) if chosen else None
