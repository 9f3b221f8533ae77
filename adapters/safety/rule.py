"""A safety rule as it travels to the replicas, and what is wrong with one. Finds nothing itself: see find.py."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["words", "patterns", "detectors", "webhook"]
Action: TypeAlias = Literal["block", "mask", "log"]
Stage: TypeAlias = Literal["input", "output"]

KINDS: Sequence[str] = ("words", "patterns", "detectors", "webhook")
ACTIONS: Sequence[str] = ("block", "mask", "log")
STAGES: Sequence[str] = ("input", "output")

MAX_WORDS = 200_000
MAX_WORD = 200
MAX_PATTERNS = 100
DEFAULT_WINDOW = 128
MAX_WINDOW = 2048


class SafetyRule(msgspec.Struct, frozen=True, array_like=True):
    """One rule. Of `models` (globs), `groups`, `key_ids` and `organisation_ids` None means every one.

    `window` is the most characters of a stream that are held back for it. `mask` stands in for what was found, `{rule}`
    and `{kind}` in it for the rule's and the finding's names. `message` is what a client reads of a block. `url`,
    `secret` (sealed), `timeout_s` and `fail_open` are of a webhook.
    """

    id: int
    name: str
    kind: str
    action: str
    stages: list[str]
    words: list[str] = []
    whole_words: bool = False
    patterns: list[str] = []
    detectors: list[str] = []
    mask: str = "[{kind}]"
    message: str = ""
    window: int = DEFAULT_WINDOW
    models: list[str] | None = None
    groups: list[str] | None = None
    key_ids: list[int] | None = None
    organisation_ids: list[int] | None = None
    url: str = ""
    secret: bytes = b""
    timeout_s: float = 2.0
    fail_open: bool = False


class RuleError(ValueError):
    """A rule cannot be followed; `field` is which of its fields is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
