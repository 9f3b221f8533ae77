"""Safety: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class DetectorList(TypedDict):
    """All detectors."""

    items: list[DetectorOut]


class DetectorOut(TypedDict):
    """Something that detectors know."""

    name: str
    about: str


class Finding(TypedDict):
    """What was found, `start` to `end` in characters."""

    rule: str
    action: Literal["block", "mask", "log"]
    kind: str
    start: int
    end: int


class ListedSafetyRuleOut(TypedDict):
    """ListedSafetyRuleOut of the document."""

    items: list[SafetyRuleOut]
    next: NotRequired[str | None]


class SafetyRuleBulk(TypedDict):
    """Switch on or off, or remove."""

    ids: NotRequired[list[int]]
    dry_run: NotRequired[bool]
    action: Literal["enable", "disable", "delete"]


class SafetyRuleCreate(TypedDict):
    """A new rule."""

    stages: NotRequired[list[Literal["input", "output"]]]
    words: NotRequired[list[str]]
    whole_words: NotRequired[bool]
    patterns: NotRequired[list[str]]
    detectors: NotRequired[
        list[
            Literal[
                "email",
                "phone",
                "credit_card",
                "iban",
                "us_ssn",
                "cn_id",
                "ip_address",
                "aws_key",
                "api_key",
                "google_key",
                "github_token",
                "slack_token",
                "jwt",
                "private_key",
            ]
        ]
    ]
    mask: NotRequired[str]
    message: NotRequired[str]
    window: NotRequired[int]
    models: NotRequired[list[str] | None]
    groups: NotRequired[list[str] | None]
    key_ids: NotRequired[list[int] | None]
    organisation_ids: NotRequired[list[int] | None]
    url: NotRequired[str | None]
    timeout_s: NotRequired[float]
    fail_open: NotRequired[bool]
    name: str
    kind: Literal["words", "patterns", "detectors", "webhook"]
    action: Literal["block", "mask", "log"]
    position: NotRequired[int]
    enabled: NotRequired[bool]
    secret: NotRequired[str | None]


class SafetyRuleOut(TypedDict):
    """A rule."""

    stages: NotRequired[list[Literal["input", "output"]]]
    words: NotRequired[list[str]]
    whole_words: NotRequired[bool]
    patterns: NotRequired[list[str]]
    detectors: NotRequired[
        list[
            Literal[
                "email",
                "phone",
                "credit_card",
                "iban",
                "us_ssn",
                "cn_id",
                "ip_address",
                "aws_key",
                "api_key",
                "google_key",
                "github_token",
                "slack_token",
                "jwt",
                "private_key",
            ]
        ]
    ]
    mask: NotRequired[str]
    message: NotRequired[str]
    window: NotRequired[int]
    models: NotRequired[list[str] | None]
    groups: NotRequired[list[str] | None]
    key_ids: NotRequired[list[int] | None]
    organisation_ids: NotRequired[list[int] | None]
    url: NotRequired[str | None]
    timeout_s: NotRequired[float]
    fail_open: NotRequired[bool]
    id: int
    name: str
    kind: Literal["words", "patterns", "detectors", "webhook"]
    action: Literal["block", "mask", "log"]
    position: int
    enabled: bool
    has_secret: bool
    word_count: int
    created_at: str
    updated_at: str


class SafetyRulePatch(TypedDict):
    """A partial change: absent fields stay."""

    name: NotRequired[str]
    action: NotRequired[Literal["block", "mask", "log"]]
    position: NotRequired[int]
    enabled: NotRequired[bool]
    secret: NotRequired[str | None]
    stages: NotRequired[list[Literal["input", "output"]]]
    words: NotRequired[list[str]]
    whole_words: NotRequired[bool]
    patterns: NotRequired[list[str]]
    detectors: NotRequired[
        list[
            Literal[
                "email",
                "phone",
                "credit_card",
                "iban",
                "us_ssn",
                "cn_id",
                "ip_address",
                "aws_key",
                "api_key",
                "google_key",
                "github_token",
                "slack_token",
                "jwt",
                "private_key",
            ]
        ]
    ]
    mask: NotRequired[str]
    message: NotRequired[str]
    window: NotRequired[int]
    models: NotRequired[list[str] | None]
    groups: NotRequired[list[str] | None]
    key_ids: NotRequired[list[int] | None]
    organisation_ids: NotRequired[list[int] | None]
    url: NotRequired[str | None]
    timeout_s: NotRequired[float]
    fail_open: NotRequired[bool]


class Tried(TypedDict):
    """What would become of the text; `text` is null when it is blocked."""

    blocked_by: str | None
    message: str
    text: str | None
    findings: list[Finding]


class TryIt(TypedDict):
    """A text that rules are tried on: those that are stored and enabled, or one that ..."""

    text: str
    stage: NotRequired[Literal["input", "output"]]
    rule: NotRequired[SafetyRuleCreate | None]
