"""Captures: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class BodyOut(TypedDict):
    """A captured body. `text` is null where it is no UTF-8: then `base64` has it."""

    text: str | None
    base64: str | None
    content_type: str
    size: int
    cut: bool
    redacted: int
    note: str


class CaptureBulk(TypedDict):
    """Delete what was captured of each request, before its time."""

    request_ids: NotRequired[list[str]]
    action: Literal["delete"]
    dry_run: NotRequired[bool]


class CaptureOut(TypedDict):
    """What was captured of a request."""

    request_id: str
    started_at: int
    key_id: int
    user_id: int
    organisation_id: int
    rule_id: int
    expires_at: str
    request: BodyOut
    response: BodyOut


class CaptureRuleCreate(TypedDict):
    """A new rule: bodies of this key's requests, or of all of an organisation's keys ..."""

    scope: Literal["key", "organisation"]
    owner: str
    enabled: NotRequired[bool]
    max_bytes: NotRequired[int]
    keep_days: NotRequired[int]
    until: NotRequired[str | None]
    redact: NotRequired[Redact]
    note: NotRequired[str]


class CaptureRuleOut(TypedDict):
    """A rule."""

    id: int
    scope: Literal["key", "organisation"]
    owner: str
    owner_id: int
    enabled: bool
    max_bytes: int
    keep_days: int
    until: str | None
    redact: Redact
    note: str
    created_by: str
    created_at: str
    updated_at: str


class CaptureRulePatch(TypedDict):
    """What of a rule changes."""

    enabled: NotRequired[bool]
    max_bytes: NotRequired[int]
    keep_days: NotRequired[int]
    until: NotRequired[str | None]
    redact: NotRequired[Redact]
    note: NotRequired[str]


class CapturedItem(TypedDict):
    """A captured request without its bodies."""

    request_id: str
    started_at: int
    key_id: int
    user_id: int
    organisation_id: int
    rule_id: int
    request_bytes: int
    response_bytes: int
    expires_at: int


class ListedCapturedItem(TypedDict):
    """ListedCapturedItem of the document."""

    items: list[CapturedItem]
    next: NotRequired[str | None]


class NamedBulkDone(TypedDict):
    """As BulkDone, of objects whose ids are texts."""

    matched: int
    changed: int
    refused: int
    dry_run: bool
    results: list[NamedResult]


class NamedResult(TypedDict):
    """What became of one object whose id is a text."""

    ok: bool
    status: NotRequired[int]
    problem: NotRequired[str]
    code: NotRequired[str]
    params: NotRequired[dict[str, str | int | float]]
    id: str


class Redact(TypedDict):
    """What is taken out before anything is stored."""

    fields: NotRequired[list[str]]
    patterns: NotRequired[list[str]]


class RuleList(TypedDict):
    """All rules within reach."""

    items: list[CaptureRuleOut]
